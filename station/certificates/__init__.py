"""Health certificates: decode, verify, one result type."""
