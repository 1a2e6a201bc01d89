"""Devices that speak the real bytes with no hardware."""
