"""The six areas of security: harm that somebody intends (paper, section 5.2)."""
