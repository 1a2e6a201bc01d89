"""One thing that the doctor looked at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found."""

    what: str
    good: bool
    sentence: str
    """What was found and, when it is not good, what to do."""
