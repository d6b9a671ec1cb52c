"""From what happened to a loss in [0, 1]. A metric has no side: the risk that it is read for has one."""
