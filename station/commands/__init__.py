"""The verbs of the command `station`, a module per kind of work."""
