"""Evidence, the state machine as a table, and its runner."""
