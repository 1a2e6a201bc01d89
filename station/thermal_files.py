"""Two small files of the state folder that the kiosk reads while it runs: calibration records, and the air.

Technicians and officers write them by `station calibration` and `station surroundings`. They are JSON, whole or not
there at all, readable by the station's user alone: a calibration record names a person.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Generic, TypeVar

from config.messages.said import say
from drivers.thermal.calibration import CalibrationRecord, Standing, standing
from drivers.thermal.surroundings import Surroundings
from station.errors import CannotStart
from sync.facts import rfc3339
from sync.keys import write_private

CALIBRATION_FORMAT = "daan-calibration-1"
SURROUNDINGS_FORMAT = "daan-surroundings-1"
_LOOK_EVERY = timedelta(seconds=2)
_SKEW = timedelta(minutes=1)


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Held(Generic[T]):
    """What a file said when it was last read."""

    mark: tuple[int, int, int] | None
    value: T
    trouble: str


class _Watched(Generic[T]):
    """A file that is read again when it has changed; looked at every two seconds."""

    def __init__(self, path: Path, read: Callable[[Path], T], empty: T) -> None:
        self._path, self._read, self._empty = path, read, empty
        self._held: _Held[T] | None = None
        self._looked_at: datetime | None = None

    def at(self, now: datetime) -> tuple[T, str]:
        """What it says, and one sentence when it cannot be read."""
        due = self._looked_at is None or abs(now - self._looked_at) >= _LOOK_EVERY
        if self._held is None or due:
            self._looked_at = now
            mark = _mark(self._path)
            if self._held is None or mark != self._held.mark:
                self._held = self._fresh(mark)
        return self._held.value, self._held.trouble

    def _fresh(self, mark: tuple[int, int, int] | None) -> _Held[T]:
        try:
            return _Held(mark, self._read(self._path), "")
        except CannotStart as error:
            return _Held(mark, self._empty, str(error))


def _mark(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


class CalibrationFile:
    """The calibration records of a station."""

    def __init__(self, path: Path) -> None:
        self._watched: _Watched[tuple[CalibrationRecord, ...]] = _Watched(path, read_calibrations, ())

    def standing(self, protocol: str, serial_number: str, now: datetime) -> Standing:
        """What the records say of a device; an unreadable file is no calibration."""
        records, trouble = self._watched.at(now)
        return Standing(None, trouble) if trouble else standing(records, protocol, serial_number, now)


class SurroundingsFile:
    """Air and humidity as they were entered.

    Args:
        path: of the file.
        fresh: what was entered longer ago is unknown.
    """

    def __init__(self, path: Path, fresh: timedelta) -> None:
        self._fresh = fresh
        self._watched: _Watched[Surroundings] = _Watched(path, read_surroundings, Surroundings())

    def around(self, now: datetime) -> Surroundings:
        """What is known now; an unreadable file, an old entry and one of a time to come are nothing."""
        found, _ = self._watched.at(now)
        return found if is_fresh(found, now, self._fresh) else Surroundings()


def is_fresh(found: Surroundings, now: datetime, fresh: timedelta) -> bool:
    """Whether an entry still counts."""
    return found.at is not None and -_SKEW <= now - found.at <= fresh


def read_calibrations(path: Path) -> tuple[CalibrationRecord, ...]:
    """Every record, oldest first; none when there is no file.

    Raises:
        CannotStart: the file is none of calibration records.
    """
    content = _read(path, CALIBRATION_FORMAT)
    try:
        return tuple(_record(row) for row in content.get("records", ()))
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise _malformed(path) from error


def keep_calibration(path: Path, record: CalibrationRecord) -> None:
    """Add one record to the file; those before it stay.

    Raises:
        CannotStart: the file that is there is none of calibration records.
        SyncError: it cannot be written.
    """
    records = (*read_calibrations(path), record)
    _write(path, {"format": CALIBRATION_FORMAT, "records": [_row(each) for each in records]})


def read_surroundings(path: Path) -> Surroundings:
    """What was entered last; nothing when there is no file.

    Raises:
        CannotStart: the file is none of surroundings.
    """
    content = _read(path, SURROUNDINGS_FORMAT)
    if not content:
        return Surroundings()
    try:
        air, humidity = content["air_celsius"], content["humidity_percent"]
        return Surroundings(
            None if air is None else _number(air),
            None if humidity is None else _number(humidity),
            _moment(content["at"]),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _malformed(path) from error


def keep_surroundings(path: Path, around: Surroundings) -> None:
    """Write what was entered; `around.at` must be there.

    Raises:
        SyncError: it cannot be written.
    """
    assert around.at is not None
    values = {"at": rfc3339(around.at), "air_celsius": around.air_celsius, "humidity_percent": around.humidity_percent}
    _write(path, {"format": SURROUNDINGS_FORMAT, **values})


def _read(path: Path, form: str) -> Mapping[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise _malformed(path) from error
    if not isinstance(content, dict) or content.get("format") != form:
        raise _malformed(path)
    return content


def _malformed(path: Path) -> CannotStart:
    # The names and values inside are nobody's business in a message.
    return CannotStart(
        say("{file} cannot be read; give it to the station's user, or set it aside and enter it again.", file=path.name)
    )


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_private(path, json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n")


def _row(record: CalibrationRecord) -> dict[str, Any]:
    return asdict(record) | {"at": rfc3339(record.at), "due": record.due.isoformat()}


def _record(row: Mapping[str, Any]) -> CalibrationRecord:
    return CalibrationRecord(
        id=_text(row["id"]),
        at=_moment(row["at"]),
        by=_text(row["by"]),
        instrument=_text(row["instrument"]),
        certificate=_text(row["certificate"]),
        as_found_celsius=_number(row["as_found_celsius"]),
        offset_celsius=_number(row["offset_celsius"]),
        as_left_celsius=_number(row["as_left_celsius"]),
        due=date.fromisoformat(row["due"]),
        protocol=_text(row["protocol"]),
        serial_number=_text(row["serial_number"]),
        # Records of before it was noted have none.
        factor=None if row.get("factor") is None else _number(row["factor"]),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")
    return value


def _number(value: Any) -> float:
    if not isinstance(value, int | float):
        raise ValueError("no number")
    number = float(value)  # OverflowError: a whole number of 400 digits is JSON too
    if not math.isfinite(number):
        raise ValueError("no number")
    return number


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("no zone")
    return found.astimezone(UTC)
