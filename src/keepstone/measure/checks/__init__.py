"""What every part must do, whoever wrote it: run on the parts of the house by its tests, and on those of others by `keepstone check`."""
