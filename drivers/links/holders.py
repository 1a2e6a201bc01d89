"""Which other program has a port open: a look into /proc, for the sentence that a person reads.

Linux lets any number of programs open one port. What it does not tell the loser of such a race stands in /proc, as far
as this user may look: programs of other users stay unseen unless this one is root. Nothing here ever raises.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_NAME_LENGTH = 40
_PSEUDO_TERMINALS = range(136, 144)
"""Major device numbers (Linux, admin-guide/devices.txt)."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A program that has a port open."""

    program: str
    """Its own short name, without arguments: those may hold secrets."""
    process: int


def holder_of(path: str, proc: Path = Path("/proc")) -> Holder | None:
    """Another program that has this device open; None when none is seen.

    A program at the far end of a pseudo-terminal (an emulator, a terminal window) is no rival: it is the other side.

    Args:
        path: of the device.
        proc: where the kernel tells about processes.
    """
    try:
        wanted = os.stat(path)  # noqa: PTH116 - a device number is compared, no path is built
        folders = sorted((each for each in proc.iterdir() if each.name.isdecimal()), key=lambda each: int(each.name))
    except OSError:
        return None
    for folder in folders:
        if int(folder.name) != os.getpid() and _holds(folder, wanted, path):
            return Holder(_name(folder), int(folder.name))
    return None


def _holds(folder: Path, wanted: os.stat_result, path: str) -> bool:
    try:
        opened = list((folder / "fd").iterdir())
    except OSError:
        # It has ended, or belongs to another user.
        return False
    return any(_same(each, wanted) for each in opened) and not any(_far_end(opened, folder, path))


def _same(opened: Path, wanted: os.stat_result) -> bool:
    try:
        # Only devices: looking at a file on a network disk may take long.
        if not str(opened.readlink()).startswith("/dev/"):
            return False
        found = opened.stat()
    except OSError:
        return False
    # Pseudo-terminals of different containers share their numbers; the nodes of one real port may lie on several disks.
    here = found.st_dev == wanted.st_dev or os.major(found.st_rdev) not in _PSEUDO_TERMINALS
    return here and found.st_rdev == wanted.st_rdev != 0


def _far_end(opened: list[Path], folder: Path, path: str) -> Iterator[bool]:
    """Whether a program holds the controlling end of this pseudo-terminal."""
    real = os.path.realpath(path)
    if not real.startswith("/dev/pts/"):
        return
    number = real.removeprefix("/dev/pts/")
    for each in opened:
        try:
            if each.readlink().name == "ptmx":
                told = (folder / "fdinfo" / each.name).read_text()
                yield f"tty-index:\t{number}\n" in told
        except OSError:
            continue


def _name(folder: Path) -> str:
    try:
        name = (folder / "comm").read_text(errors="replace").strip()
    except OSError:
        name = ""
    return "".join(letter for letter in name if letter.isprintable())[:_NAME_LENGTH] or "unknown"
