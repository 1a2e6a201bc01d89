"""Scenes without a machine-readable zone: what else comes before a camera at a counter."""
