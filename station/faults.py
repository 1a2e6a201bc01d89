"""A fault of ours, for the log: what kind and where, never the message, because it may quote a person's data."""

import logging

from drivers.faults import kind_and_place


def log_fault(log: logging.Logger, doing: str, error: BaseException) -> None:
    """One line: what was being done, the kind of the error, and the innermost three places of the stack."""
    log.error("%s: %s", doing, kind_and_place(error))
