"""The report: one page for people, one for a pull request, one screen for a terminal."""
