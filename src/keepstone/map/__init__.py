"""MAP (NIST AI RMF): what the system is, what can go wrong with it, and what will be asked of it."""
