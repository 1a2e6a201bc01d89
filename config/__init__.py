"""What is set rather than programmed, and the small pure code that reads it."""
