"""Readers of other people's trust lists, one file per format."""
