"""The only orders, the only pen, the only finder of parts: what happens when, and in which order."""
