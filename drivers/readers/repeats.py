"""One thing in front of a reader is one read: the same content again within a short time is dropped."""

import hashlib

from drivers.readers.reads import CodeRead, FailedRead, Read

REPEAT_SECONDS = 2.0
_KEPT = 32


class Repeats:
    """Remembers what was read last, as digests: the content itself is not kept.

    Args:
        seconds: a read is dropped when it begins within so many seconds of the end of the same read; a code that
            stays in front of the reader is one read however long it stays.
    """

    def __init__(self, seconds: float = REPEAT_SECONDS) -> None:
        self._seconds = seconds
        self._seen: dict[bytes, float] = {}

    def fresh(self, read: Read, began: float, ended: float) -> bool:
        """Whether this read is a new one.

        Args:
            read: what was read; a failed read is always new.
            began: when its first byte came, monotonic seconds; a long text on a slow line takes seconds to come.
            ended: when its last byte came.
        """
        if isinstance(read, FailedRead):
            return True
        content = read.data if isinstance(read, CodeRead) else "\n".join(read.lines).encode("ascii")
        digest = hashlib.sha256(content).digest()
        last = self._seen.pop(digest, None)
        self._seen[digest] = ended
        while len(self._seen) > _KEPT:
            del self._seen[next(iter(self._seen))]
        return last is None or began - last >= self._seconds
