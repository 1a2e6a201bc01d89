"""Rows out of SQLite's table leaves, without the tree above them (sqlite.org/fileformat2.html, sections 1.6 and 2.1).

Damaged bytes give no rows, or rows that do not prove themselves; they never raise.
"""

from collections.abc import Callable, Iterator
from itertools import islice

from station.journal.salvage.pages import USABLE, Page, Pages

Value = int | float | str | bytes | None
Record = tuple[int, tuple[Value, ...]]
"""Row number and columns."""

_LEAF = 0x0D
_MOST_BYTES = 2**26
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}


class _Bad(Exception):
    """These bytes are no record."""


def records(pages: Pages, page: Page) -> Iterator[tuple[Record, ...]]:
    """The rows of a table leaf; of each row every reading that its overflow pages allow, the newest first."""
    start = 100 if page.number == 1 else 0
    if page.body[start] != _LEAF:
        return
    count = int.from_bytes(page.body[start + 3 : start + 5], "big")
    for index in range(min(count, USABLE // 4)):
        at = start + 8 + 2 * index
        pointer = int.from_bytes(page.body[at : at + 2], "big")
        readings = tuple(islice(_readings(pages, page, pointer), 2))
        if readings:
            yield readings


def _readings(pages: Pages, page: Page, pointer: int) -> Iterator[Record]:
    newest: Callable[[tuple[Page, ...]], Page] = lambda versions: versions[0]  # noqa: E731
    oldest: Callable[[tuple[Page, ...]], Page] = lambda versions: versions[-1]  # noqa: E731
    for choose in (newest, oldest):
        try:
            yield _record(pages, page.body, pointer, choose)
        except (_Bad, IndexError):
            continue


def _record(pages: Pages, body: bytes, pointer: int, choose: Callable[[tuple[Page, ...]], Page]) -> Record:
    length, at = _varint(body, pointer)
    number, at = _varint(body, at)
    if not 0 < length <= _MOST_BYTES:
        raise _Bad
    local = _local(length)
    payload = body[at : at + local]
    if len(payload) < local:
        raise _Bad
    following = int.from_bytes(body[at + local : at + local + 4], "big") if local < length else 0
    parts, left, seen = [payload], length - local, set[int]()
    while left > 0:
        versions = pages.of(following)
        if not versions or following in seen:
            raise _Bad
        seen.add(following)
        spill = choose(versions).body
        parts.append(spill[4 : 4 + left])
        left -= USABLE - 4
        following = int.from_bytes(spill[:4], "big")
    return number, _columns(b"".join(parts))


def _local(length: int) -> int:
    """Bytes of a payload that lie in the leaf itself."""
    most, least = USABLE - 35, (USABLE - 12) * 32 // 255 - 23
    if length <= most:
        return length
    kept = least + (length - least) % (USABLE - 4)
    return kept if kept <= most else least


def _columns(payload: bytes) -> tuple[Value, ...]:
    end, at = _varint(payload, 0)
    kinds = []
    while at < end:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    if at != end:
        raise _Bad
    values: list[Value] = []
    for kind in kinds:
        value, at = _value(payload, kind, at)
        values.append(value)
    return tuple(values)


def _value(payload: bytes, kind: int, at: int) -> tuple[Value, int]:
    if kind == 0:
        return None, at
    if kind in (8, 9):
        return kind - 8, at
    if kind in _INTEGERS:
        end = at + _INTEGERS[kind]
        return int.from_bytes(payload[at:end], "big", signed=True), end
    if kind < 12:
        raise _Bad  # a real number: no table of ours has one
    end = at + (kind - 12) // 2
    raw = payload[at:end]
    if end > len(payload):
        raise _Bad
    if kind % 2 == 0:
        return raw, end
    try:
        return raw.decode(), end
    except UnicodeDecodeError as error:
        raise _Bad from error


def _varint(body: bytes, at: int) -> tuple[int, int]:
    """SQLite's variable-length integer: 1 to 9 bytes, big-endian."""
    value = 0
    for index in range(8):
        byte = body[at + index]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + index + 1
    return value << 8 | body[at + 8], at + 9
