"""The gate for files of models: they are read by allow-lists and never loaded. What is not understood does not pass."""
