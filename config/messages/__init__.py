"""Message catalogues by language."""
