"""What reads a reply and says whether it is so, and may err: a list of words, a function, a model behind an address."""
