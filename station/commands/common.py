"""What several verbs share: options and how results are printed."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from config.loader import load
from config.settings import Settings

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


def show(value: dict[str, Any]) -> None:
    """One JSON object on one line of standard output."""
    print(json.dumps(value, ensure_ascii=False), flush=True)
