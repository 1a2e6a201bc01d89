"""Room on a full disk (G8): a reserve is given up, then the oldest photographs; a record is never refused for them.

Order: photographs that are kept, then the photograph that comes with a record (the caller saves the record without
it), and only a disk that has neither photographs nor reserve left refuses a record, with a sentence.
"""

import os
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from station.journal.database import LOG_PAGES, checkpoint

RESERVE_BYTES = 2 * LOG_PAGES * 4096
"""Erasing a photograph writes too: when nothing is free, what lies in the log must find room in the file."""
A_RECORD = 2**16
"""Bytes that a record without photographs needs at most, with its share of the log."""
_OLDEST = "SELECT sha256, length(body) FROM picture ORDER BY recorded_at LIMIT 1"


def reserve_of(path: Path) -> Path:
    """The reserve beside a journal."""
    return path.with_suffix(".reserve")


def keep_reserve(path: Path) -> None:
    """Set the reserve aside, if it is not and the disk has plenty.

    Raises:
        OSError: the disk does not take it.
    """
    reserve = reserve_of(path)
    disk = os.statvfs(path.parent)
    if reserve.exists() or disk.f_bavail * disk.f_frsize < 8 * RESERVE_BYTES:
        return
    descriptor = os.open(reserve, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.posix_fallocate(descriptor, 0, RESERVE_BYTES)
    except OSError:
        reserve.unlink()
        raise
    finally:
        os.close(descriptor)


def make(engine: Engine, path: Path, needed: int, give_reserve: bool) -> tuple[bool, int]:
    """Free at least so many bytes, as far as there is something to give up.

    Args:
        engine: of the journal.
        path: of the journal.
        needed: bytes.
        give_reserve: for a record; a new photograph is not worth the reserve.

    Returns:
        Whether anything was freed, and how many photographs were erased.
    """
    freed = give_reserve and reserve_of(path).exists()
    if give_reserve:
        reserve_of(path).unlink(missing_ok=True)
    photographs = 0
    while needed > 0:
        try:
            with engine.begin() as connection:
                oldest = connection.exec_driver_sql(_OLDEST).first()
                if oldest is None:
                    break
                connection.exec_driver_sql("DELETE FROM picture WHERE sha256 = ?", (oldest[0],))
        except DatabaseError:
            break
        checkpoint(engine, "RESTART")  # the log starts anew from its beginning instead of growing
        needed -= oldest[1]
        photographs += 1
    return freed or photographs > 0, photographs
