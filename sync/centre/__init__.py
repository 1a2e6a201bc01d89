"""The receiving side at the Emergency Operations Centre."""
