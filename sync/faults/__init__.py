"""The fault kit: a link, a disk and a clock that misbehave on purpose, and a checker that says whether it mattered."""
