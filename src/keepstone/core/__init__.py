"""The nouns of Keepstone. Standard library only; numpy appears in annotations alone."""
