"""What several verbs share: options and how results are printed."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from config.loader import load
from config.settings import Settings
from station.errors import CannotWrite

ProfileOption = Annotated[str, typer.Option("--profile", help="Name of a shipped profile, or a TOML file.")]
StateOption = Annotated[Path | None, typer.Option("--state", help="Folder of journal, keys and sync state.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object per line.")]


def settings_of(profile: str, state: Path | None, **tables: dict[str, Any]) -> Settings:
    """The profile with what the command line lays over it.

    Raises:
        ProfileError: its message says what to do.
    """
    overrides = {table: {k: v for k, v in values.items() if v is not None} for table, values in tables.items()}
    if state is not None:
        overrides.setdefault("station", {})["state"] = state
    return load(profile, overrides)


def moment_of(text: str | None) -> datetime | None:
    """The time that `--at` gives; None when it was not given.

    Raises:
        BadParameter: it is no time.
    """
    from station.certificates.batch import moment
    from station.certificates.errors import InputUnreadable

    try:
        return None if text is None else moment(text)
    except InputUnreadable as error:
        raise typer.BadParameter(str(error), param_hint="--at") from error


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """What is done inside writes to that folder or file.

    Raises:
        CannotWrite: it could not; the message says which and why.
    """
    try:
        yield
    except OSError as error:
        where = error.filename if isinstance(error.filename, str) else path
        raise CannotWrite(f"{where} cannot be written ({error.strerror or error}); choose another place.") from error
    except sqlite3.Error as error:
        raise CannotWrite(f"{path} cannot be written ({error}); choose another place.") from error


def show(value: dict[str, Any]) -> None:
    """One JSON object on one line of standard output."""
    print(json.dumps(value, ensure_ascii=False), flush=True)
