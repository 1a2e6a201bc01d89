"""Traveller and officer screens."""
