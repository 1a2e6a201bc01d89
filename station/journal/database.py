"""Opens journal.db: SQLAlchemy on SQLCipher with a raw key, WAL, synchronous=FULL.

The only file that makes an engine. The kiosk opens it for writing; sync and the tools open it for reading.
"""

import fcntl
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from config.messages.said import say
from station.journal.errors import JournalBusy, JournalDamaged, JournalError, JournalFaulty, JournalFull, KeyLost

LOG_PAGES = 512
"""Pages of the write-ahead log before they go into the file: what a full disk must still have room for."""
_PLAIN_HEADER = b"SQLite format 3\x00"


def _connector(engine: Engine, key: bytes, *, read_only: bool) -> None:
    """Send the key before anything else, then the durability settings."""

    def connected(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA cipher_log_level = NONE")  # it would write to standard error; our errors say it
        cursor.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        cursor.execute("PRAGMA busy_timeout = 5000")
        if read_only:
            cursor.execute("PRAGMA query_only = ON")
        else:
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = FULL")
            cursor.execute("PRAGMA secure_delete = ON")
            cursor.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
        cursor.close()
        # SQLAlchemy opens transactions itself (see `began`), not the driver.
        connection.isolation_level = None

    def began(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", connected, insert=True)
    event.listen(engine, "begin", began)


def open_engine(path: Path, key: bytes, *, read_only: bool = False) -> Engine:
    """An engine on the encrypted file, migrated when it is opened for writing.

    Raises:
        KeyLost: the key is not the one of this file.
        JournalFaulty: the file is there and is not an encrypted journal.
    """
    existed = path.exists() and path.stat().st_size > 0
    if existed:
        with path.open("rb") as file:
            if file.read(16) == _PLAIN_HEADER:
                raise JournalFaulty(
                    say("{file} is not encrypted, so it is not a journal; set it aside", file=path.name)
                )
    elif read_only:
        raise JournalFaulty(say("there is no journal at {file} yet; start the kiosk first", file=path.name))
    else:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_engine(f"sqlite:///{path}", module=dbapi2, poolclass=QueuePool, hide_parameters=True)
    _connector(engine, key, read_only=read_only)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar()
    except DatabaseError as error:
        engine.dispose()
        raise _why(path, error) from error
    if not read_only:
        try:
            _migrate(engine)
        except DatabaseError as error:
            engine.dispose()
            raise _why(path, error) from error
        path.chmod(0o600)
    return engine


def checkpoint(engine: Engine, mode: str = "TRUNCATE") -> bool:
    """Bring the log into the file; whether all of it is there (a reader may hold it, or the disk be full)."""
    with engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        try:
            return int(raw.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()[0]) == 0
        except dbapi2.DatabaseError:
            return False


def rekey(path: Path, present: bytes, new: bytes) -> None:
    """Encrypt every page anew, in one transaction: cut off anywhere, the file opens with the one key or the other.

    Raises:
        KeyLost: `present` is not the key.
        JournalFull, JournalFaulty: it could not be done; the file keeps its key.
    """
    engine = open_engine(path, present)
    try:
        with engine.connect() as connection:
            raw: Any = connection.connection.dbapi_connection
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            raw.execute(f"PRAGMA rekey = \"x'{new.hex()}'\"")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the old pages are overwritten now, not some day
    except dbapi2.DatabaseError as error:
        full = "full" in str(error)
        raise (JournalFull if full else JournalFaulty)(
            "the disk did not take the journal under its new key; free space, then try again"
        ) from error
    finally:
        engine.dispose()
    open_engine(path, new, read_only=True).dispose()


def refusal(error: DatabaseError) -> JournalError:
    """Why a write was not taken."""
    if is_damage(error):
        return JournalDamaged(
            say("the journal is damaged, nothing was saved; start the kiosk again, it salvages the rest")
        )
    if not isinstance(error, OperationalError):
        return JournalFaulty(say("the journal did not take the record; run: station journal verify"))
    if "full" in str(error.orig):
        return JournalFull(say("the disk is full, nothing was saved; free space, then try again"))
    return JournalFaulty(say("the disk did not take the record, nothing was saved; see station doctor"))


def suspect(path: Path, error: DatabaseError) -> None:
    """Mark a journal whose pages fail, so that the next start of the kiosk looks at all of it and salvages it."""
    if is_damage(error):
        mark(path)


def mark(path: Path) -> None:
    """Mark it; a disk that does not take the mark has been told of already."""
    with suppress(OSError):
        mark_of(path).touch(mode=0o600)


def is_damage(error: DatabaseError) -> bool:
    """Whether pages of the file itself fail."""
    said = str(error.orig)
    return "malformed" in said or "not a database" in said


def mark_of(path: Path) -> Path:
    """The file beside a journal that marks it as suspect; it holds nothing."""
    return path.with_suffix(".suspect")


def _why(path: Path, error: DatabaseError) -> JournalError:
    """What is wrong with a journal that does not open: only a wrong key makes a page that is no database."""
    said = str(error.orig)
    if "not a database" in said:
        return KeyLost(
            say(
                "{file} does not open with this key; put the right key file back, or set the journal aside to start a "
                "new one",
                file=path.name,
            )
        )
    if is_damage(error):
        return JournalDamaged(
            say("{file} is damaged; start the kiosk again, it salvages what can be read", file=path.name)
        )
    if "full" in said:
        return JournalFull(
            say("the disk is full, {file} cannot be opened; free space, then start again", file=path.name)
        )
    return JournalFaulty(
        say("{file} cannot be opened now ({why}); see station doctor, nothing of it is lost", file=path.name, why=said)
    )


def _migrate(engine: Engine) -> None:
    """Bring the file to the newest revision, in one transaction."""
    config = Config()
    config.set_main_option("script_location", "station.journal:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def set_aside(path: Path, moment: datetime) -> Path:
    """Rename a journal that cannot be opened, with what belongs to it; nothing of it is changed.

    Returns:
        Its new name, beside the old one.
    """
    aside = path.with_name(f"{path.stem}-unreadable-{moment:%Y%m%dT%H%M%SZ}{path.suffix}")
    for ending in ("-wal", "-shm", ""):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    return aside


class WriterLock:
    """Holds the one right to write a journal; the system gives it back when the process dies."""

    def __init__(self, path: Path) -> None:
        """Take the lock.

        Raises:
            JournalBusy: another program has it.
        """
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._descriptor)
            raise JournalBusy(
                say("another program writes the journal beside {file}; stop the other station first", file=path.name)
            ) from error

    def release(self) -> None:
        """Give the lock back."""
        os.close(self._descriptor)
