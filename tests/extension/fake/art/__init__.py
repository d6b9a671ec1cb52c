"""Stands in for ART where it is not installed: the same names, arguments and calls as the adapter uses, and the simplest attack that there is."""
