"""What answers a conversation: scripted, a function, or a model behind an address."""
