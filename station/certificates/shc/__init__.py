"""SMART Health Cards."""
