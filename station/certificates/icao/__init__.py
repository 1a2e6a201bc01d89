"""ICAO's seals: VDS-NC, VDS and IDB."""
