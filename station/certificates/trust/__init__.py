"""Whom we believe, by certificate format."""
