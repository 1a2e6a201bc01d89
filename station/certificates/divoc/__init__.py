"""DIVOC: W3C verifiable credentials with a linked-data proof, zipped (India, Sri Lanka, Philippines, Indonesia)."""
