"""Thermal scanners: codecs, the face region, the reading loop."""
