"""The centre opened for one command of `eoc`, and the options that every command has."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from sync.centre.app import Centre, CentreSettings, open_centre, system_clock
from sync.centre.guard import LOOPBACK

State = Annotated[Path, typer.Option(help="Folder of the centre's keys and embedded database.")]
Url = Annotated[str | None, typer.Option("--database", help="URL of a PostgreSQL; embedded when not given.")]
DEFAULT_STATE = Path("/var/lib/daan/eoc")


@contextmanager
def opened(state: Path, database: str | None, hosts: frozenset[str] = LOOPBACK) -> Iterator[Centre]:
    """The centre with this state folder, closed at the end."""
    centre = open_centre(CentreSettings(state, database, hosts), system_clock)
    try:
        yield centre
    finally:
        centre.close()
