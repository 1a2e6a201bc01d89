"""Reason codes, CertLogic and rule sets: the order of the day as data."""
