"""What a chat system is asked about."""
