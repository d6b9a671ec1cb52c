"""What was found, in the formats that other people's tools read: one file a format, each a function from a source to bytes."""
