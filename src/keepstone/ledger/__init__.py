"""Evidence: the one byte form, and the keys that sign it."""
