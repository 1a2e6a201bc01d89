"""A fault of ours, for a log: what kind and where, never the message, because it may quote a person's data."""

import traceback
from pathlib import Path

_PLACES = 3


def kind_and_place(error: BaseException) -> str:
    """The kind of an error and the innermost three places of its stack: `ValueError at a.py:7 f < b.py:3 g`."""
    frames = traceback.extract_tb(error.__traceback__)[-_PLACES:]
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places}"
