"""What is asked and answers, by interface, not by domain."""
