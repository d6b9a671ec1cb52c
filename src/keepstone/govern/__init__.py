"""GOVERN: what a result says to people and to other programs. Functions from a result to pages; nothing here writes a file."""
