"""A fault of ours, for the log: what kind and where, never the message, because it may quote a person's data."""

import logging
import traceback
from pathlib import Path


def log_fault(log: logging.Logger, doing: str, error: BaseException) -> None:
    """One line: what was being done, the kind of the error, and the innermost three places of the stack."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = " < ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames))
    log.error("%s: %s at %s", doing, type(error).__name__, places)
