"""What every worker of the bench does: paths in on standard input, answers out on standard output, one JSON a line.

It runs in the reader's own environment and imports nothing but the standard library.
"""

import json
import os
import resource
import sys
from collections.abc import Callable


def cpu_ms() -> float:
    """CPU milliseconds that this process and its finished children (tesseract is one) have used."""
    mine, theirs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (mine.ru_utime + mine.ru_stime + theirs.ru_utime + theirs.ru_stime)


def serve(read: Callable[[dict], dict]) -> None:
    """Answers `{"path": …, "still": …}` with what `read` makes of it, `cpu_ms` and, where it threw, `error`.

    `read` gives `lines`, and `accepted` (None: whoever asked applies the rule of check digits). What the reader's
    libraries print goes to standard error.
    """
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        began = cpu_ms()
        try:
            answer = read(json.loads(line))
        except Exception as error:  # a reader that throws has not read this picture; the next one may go well
            answer = {"lines": [], "accepted": False, "error": type(error).__name__}
        print(json.dumps(answer | {"cpu_ms": cpu_ms() - began}), file=answers, flush=True)
