"""`eoc backup`, `eoc restore` and `eoc restored`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from sync.centre.app import system_clock
from sync.centre.backup import back_up, declare_restored, restore
from sync.centre.database import connect
from sync.centre.opened import DEFAULT_STATE, State, Url, opened
from sync.centre.vault import backup_key
from sync.facts import rfc3339


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("backup")(write_backup)
    app.command("restore")(read_backup)
    app.command("restored")(say_restored)


def write_backup(
    file: Annotated[Path, typer.Argument(help="File to write; it must not be there.")],
    state: State = DEFAULT_STATE,
    database: Url = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Write the whole ledger into an encrypted file and read it back. Exit 1 when a journal's rows are incomplete.

    The key is STATE/keys/backup.key: keep a copy of STATE/keys off this machine, or the backup is worthless.
    """
    with opened(state, database) as centre:
        taken = back_up(centre.database, file, backup_key(state / "keys" / "backup.key"), centre.clock())
    told = {
        "file": str(taken.path), "taken_at": rfc3339(taken.taken_at), "entries": taken.entries,
        "journals": taken.journals, "incomplete": taken.incomplete, "bytes": taken.bytes,
    }  # fmt: skip
    if as_json:
        print(json.dumps(told))
    else:
        print(f"{taken.path}: {taken.entries} entries of {taken.journals} journals, {taken.bytes} bytes, read back.")
    if taken.incomplete:
        raise typer.Exit(1)


def read_backup(
    file: Annotated[Path, typer.Argument(help="What `eoc backup` wrote.")],
    state: State = DEFAULT_STATE,
    database: Url = None,
) -> None:
    """Fill an empty database from a backup. Stations then send again what it lacks, each at its next contact."""
    target = connect(state, database)
    try:
        taken_at = restore(target, file, backup_key(state / "keys" / "backup.key"), system_clock())
    finally:
        target.close()
    print(f"restored as of {rfc3339(taken_at)}; start: eoc serve")


def say_restored(state: State = DEFAULT_STATE, database: Url = None) -> None:
    """After a restore by other means: believe only the rows that are there, and have stations send what is missing."""
    with opened(state, database) as centre:
        lost = declare_restored(centre.database, centre.clock())
    print(f"{lost} entries are not there; stations that still hold them send them again")
