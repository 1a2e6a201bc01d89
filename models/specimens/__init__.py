"""Draws invented documents and camera frames: for training, the demonstration and tests."""
