"""Trains the networks on drawn specimens; nothing at run time imports it."""
