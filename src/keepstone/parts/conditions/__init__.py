"""What befalls a target. The folder is the origin: a hazard cannot live among the threats."""
