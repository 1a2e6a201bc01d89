"""A disk that refuses or is watched: a layer over SQLite's own file layer, by ctypes.

The layer is a copy of the default VFS (sqlite.org/vfs.html) that opens files through it and then puts its own write,
truncate and sync in the opened file's table of methods; everything else stays the original's. While it is entered it
is the default of that library, so that a store needs no other path or option. `library` is the file that holds
SQLite: of the standard module, or the extension of sqlcipher3, which exports the same functions.
"""

import ctypes
import threading
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path
from typing import Any, ClassVar, Self

from sync.faults.powercut import Act, Deleted, Noted, Synced, Truncated, Written

_VFS_VERSION = 3
_CREATE = 0x00000004
_JOURNAL_OR_WAL = 0x00000800 | 0x00080000
_KEPT = 0x00000100 | _JOURNAL_OR_WAL
"""SQLITE_OPEN_MAIN_DB, _MAIN_JOURNAL and _WAL: temporary files are none of the store's promises."""


class Refusal(IntEnum):
    """What the disk says (SQLite's result codes)."""

    TAKEN = 0
    IO_ERROR = 10
    FULL = 13


class Doing(IntEnum):
    """What the disk is asked."""

    WRITE = 1
    TRUNCATE = 2
    SYNC = 3


Decide = Callable[[Doing, str, int], Refusal]
"""What the disk answers, by deed, file name and number of bytes."""


def takes_all(doing: Doing, file: str, size: int) -> Refusal:
    """A disk without faults."""
    return Refusal.TAKEN


class FullAfter:
    """A disk with so many bytes left; `room` may be set again while it runs."""

    def __init__(self, room: int) -> None:
        self.room = room

    def __call__(self, doing: Doing, file: str, size: int) -> Refusal:
        """FULL once the room is used up."""
        if doing is not Doing.WRITE:
            return Refusal.TAKEN
        if size > self.room:
            return Refusal.FULL
        self.room -= size
        return Refusal.TAKEN


_METHODS = [
    "xClose",
    "xRead",
    "xWrite",
    "xTruncate",
    "xSync",
    "xFileSize",
    "xLock",
    "xUnlock",
    "xCheckReservedLock",
    "xFileControl",
    "xSectorSize",
    "xDeviceCharacteristics",
    "xShmMap",
    "xShmLock",
    "xShmBarrier",
    "xShmUnmap",
    "xFetch",
    "xUnfetch",
]
_CALLS = [
    "xOpen",
    "xDelete",
    "xAccess",
    "xFullPathname",
    "xDlOpen",
    "xDlError",
    "xDlSym",
    "xDlClose",
    "xRandomness",
    "xSleep",
    "xCurrentTime",
    "xGetLastError",
    "xCurrentTimeInt64",
    "xSetSystemCall",
    "xGetSystemCall",
    "xNextSystemCall",
]


class _Methods(ctypes.Structure):
    """`sqlite3_io_methods`, version 3."""

    _fields_ = [("iVersion", ctypes.c_int), *((name, ctypes.c_void_p) for name in _METHODS)]


class _File(ctypes.Structure):
    """`sqlite3_file`: what a VFS keeps behind it is its own."""

    _fields_ = [("pMethods", ctypes.POINTER(_Methods))]


class _Vfs(ctypes.Structure):
    """`sqlite3_vfs`, version 3."""

    _fields_ = [
        ("iVersion", ctypes.c_int),
        ("szOsFile", ctypes.c_int),
        ("mxPathname", ctypes.c_int),
        ("pNext", ctypes.c_void_p),
        ("zName", ctypes.c_char_p),
        ("pAppData", ctypes.c_void_p),
        *((name, ctypes.c_void_p) for name in _CALLS),
    ]


_P, _I, _L = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
# Names travel as addresses: the original keeps the one that it is given (`zPath` in os_unix.c), and a copy would not
# outlive the call.
_Open = ctypes.CFUNCTYPE(_I, _P, _P, ctypes.POINTER(_File), _I, ctypes.POINTER(_I))
_Delete = ctypes.CFUNCTYPE(_I, _P, _P, _I)
_Close = ctypes.CFUNCTYPE(_I, _P)
_Write = ctypes.CFUNCTYPE(_I, _P, _P, _I, _L)
_Truncate = ctypes.CFUNCTYPE(_I, _P, _L)
_Sync = ctypes.CFUNCTYPE(_I, _P, _I)


class DiskLayer:
    """The layer; as a context manager it is the library's default. Close what was opened inside before it ends."""

    _used: ClassVar[list["DiskLayer"]] = []
    """SQLite keeps addresses of ours, so that a layer that was entered is never let go."""

    def __init__(self, library: Path, decide: Decide = takes_all, *, record: bool = False) -> None:
        """Make a layer that is not yet in use.

        Args:
            library: the shared library with SQLite in it.
            decide: what the disk answers.
            record: keep what was done, for power cuts.
        """
        self.acts: list[Act] = []
        self.refused = 0
        """How often the disk did not answer TAKEN."""
        self._decide, self._record = decide, record
        self._lock = threading.Lock()
        self._names: dict[int, str] = {}
        self._tables: dict[int, tuple[_Methods, dict[str, Any]]] = {}
        self._of: dict[int, dict[str, Any]] = {}
        self._new: set[int] = set()
        """Journals opened for creation and not synced yet: their first sync syncs the folder too (os_unix.c)."""
        self._sqlite = ctypes.CDLL(str(library))
        self._sqlite.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
        self._below = self._sqlite.sqlite3_vfs_find(None)
        if not self._below or self._below.contents.iVersion < _VFS_VERSION:
            raise OSError(f"{library.name} has no SQLite file layer of version {_VFS_VERSION}; take a newer SQLite")
        self._keep = (_Open(self._open), _Delete(self._delete))
        self._vfs = _Vfs.from_buffer_copy(self._below.contents)
        self._vfs.zName = b"daan-faults"
        self._vfs.xOpen, self._vfs.xDelete = (ctypes.cast(each, _P).value for each in self._keep)
        self._mine = (_Close(self._close), _Write(self._write), _Truncate(self._truncate), _Sync(self._sync))
        self._real_open = _Open(self._below.contents.xOpen)
        self._real_delete = _Delete(self._below.contents.xDelete)

    def __enter__(self) -> Self:
        self._used.append(self)
        if self._sqlite.sqlite3_vfs_register(ctypes.byref(self._vfs), 1):
            raise OSError("SQLite does not take another file layer")
        return self

    def __exit__(self, *_: object) -> None:
        self._sqlite.sqlite3_vfs_unregister(ctypes.byref(self._vfs))
        self._sqlite.sqlite3_vfs_register(self._below, 1)

    def note(self, number: int) -> None:
        """Put a remark of the program among the acts."""
        with self._lock:
            self.acts.append(Noted(number))

    # What SQLite calls. An exception would be printed and pass for success, so none may leave these functions.

    def _open(self, vfs: Any, name: int | None, file: Any, flags: int, out_flags: Any) -> int:
        code = int(self._real_open(vfs, name, file, flags, out_flags))
        if code == Refusal.TAKEN and name and flags & _KEPT:
            address = ctypes.addressof(file.contents)
            table, real = self._table(file.contents.pMethods)
            with self._lock:
                self._names[address], self._of[address] = _file_name(name), real
                if flags & _CREATE and flags & _JOURNAL_OR_WAL:
                    self._new.add(address)
            file.contents.pMethods = ctypes.pointer(table)
        return code

    def _table(self, methods: Any) -> tuple[_Methods, dict[str, Any]]:
        """Our copy of a table of methods, and the originals that it hides."""
        address = ctypes.addressof(methods.contents)
        with self._lock:
            if address not in self._tables:
                original, table = methods.contents, _Methods.from_buffer_copy(methods.contents)
                real = {
                    "close": _Close(original.xClose), "write": _Write(original.xWrite),
                    "truncate": _Truncate(original.xTruncate), "sync": _Sync(original.xSync),
                }  # fmt: skip
                for name, mine in zip(("xClose", "xWrite", "xTruncate", "xSync"), self._mine, strict=True):
                    setattr(table, name, ctypes.cast(mine, _P).value)
                self._tables[address] = (table, real)
            return self._tables[address]

    def _delete(self, vfs: Any, name: int, sync_folder: int) -> int:
        code = int(self._real_delete(vfs, name, sync_folder))
        if code == Refusal.TAKEN:
            self._done(Deleted(_file_name(name), bool(sync_folder)))
        return code

    def _close(self, file: int) -> int:
        with self._lock:
            real = self._of.pop(file)
            del self._names[file]
            self._new.discard(file)
        return int(real["close"](file))

    def _write(self, file: int, data: int, size: int, offset: int) -> int:
        answer = self._ask(Doing.WRITE, file, size)
        taken = size if answer is Refusal.TAKEN else size // 2  # a full disk takes what still fits
        code = int(self._of[file]["write"](file, data, taken, offset)) if taken else 0
        if taken and code == Refusal.TAKEN:
            self._done(Written(self._names[file], offset, ctypes.string_at(data, taken)) if self._record else None)
        return code or int(answer)

    def _truncate(self, file: int, size: int) -> int:
        answer = self._ask(Doing.TRUNCATE, file, size)
        code = int(answer or self._of[file]["truncate"](file, size))
        if code == Refusal.TAKEN:
            self._done(Truncated(self._names[file], size))
        return code

    def _sync(self, file: int, flags: int) -> int:
        answer = self._ask(Doing.SYNC, file, 0)
        code = int(answer or self._of[file]["sync"](file, flags))
        if code == Refusal.TAKEN:
            self._done(Synced(self._names[file], file in self._new))
            self._new.discard(file)
        return code

    def _ask(self, doing: Doing, file: int, size: int) -> Refusal:
        try:
            answer = self._decide(doing, self._names[file], size)
        except Exception:  # a fault of the decision is a fault of this disk
            answer = Refusal.IO_ERROR
        if answer is not Refusal.TAKEN:
            self.refused += 1
        return answer

    def _done(self, act: Act | None) -> None:
        if self._record and act is not None:
            with self._lock:
                self.acts.append(act)


def _file_name(address: int) -> str:
    return Path(ctypes.string_at(address).decode()).name
