"""DIVOC's verifiable credentials."""
