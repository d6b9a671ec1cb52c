"""The six areas of safety: harm that nobody intends (paper, section 5.1)."""
