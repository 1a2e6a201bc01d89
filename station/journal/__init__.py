"""The encrypted, append-only store of facts."""
