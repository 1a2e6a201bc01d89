"""The promises under faults: a real journal, a real uplink, a real centre, and everything that can go wrong."""
