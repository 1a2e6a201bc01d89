"""Devices: transports, byte codecs, thermal scanners, cameras, and their emulators."""
