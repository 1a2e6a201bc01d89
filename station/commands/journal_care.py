"""`station journal purge, salvage, export, rotate-key, seal-key, unlock`: what a technician does to the store."""

from pathlib import Path
from typing import Annotated

import typer

from station.commands.common import JsonOption, ProfileOption, StateOption, settings_of, show
from station.paths import StationPaths, paths_of


def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be erased.")] = False,
    profile: ProfileOption = "demo",
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Erase what is kept no longer, under a signed statement; the kiosk does so itself every day."""
    from station.app import utc_now
    from station.journal.opening import open_for_writing
    from station.journal.retention import backup_of
    from station.journal.retention import purge as erase

    settings = settings_of(profile, state)
    paths = paths_of(settings)
    _require(paths)
    journal = open_for_writing(paths, settings.station.name, utc_now).journal
    try:
        backup = backup_of(paths.sync, journal.journal)
        done = erase(journal, settings.journal.retention, backup, utc_now(), dry_run)
    finally:
        journal.close()
    if as_json:
        classes = {due.rule.name: due.count for due in done.classes}
        show({"erased": not dry_run, "classes": classes, "photographs": done.photographs, "in_backup": backup.through})
        return
    for due in done.classes:
        print(f"{due.rule.name}: {due.count} entries older than {due.rule.keep.days} days")
    print(f"{done.photographs} photographs; the EOC's backup reaches entry {backup.through}.")
    if dry_run:
        print("Nothing was erased.")


def salvage(profile: ProfileOption = "demo", state: StateOption = None, as_json: JsonOption = False) -> None:
    """Look at the whole journal and, when it is damaged, put what is readable into a new one."""
    from station.app import utc_now
    from station.journal.database import mark_of
    from station.journal.opening import open_for_writing

    settings = settings_of(profile, state)
    paths = paths_of(settings)
    _require(paths)
    mark_of(paths.journal).touch(mode=0o600)
    opened = open_for_writing(paths, settings.station.name, utc_now)
    opened.journal.close()
    if as_json:
        show({"journal": opened.journal.journal, "salvaged": bool(opened.trouble), "said": str(opened.trouble)})
    else:
        print(opened.trouble or "The journal is whole; nothing was changed.")


def export(
    to: Annotated[Path, typer.Option("--to", help="The file to write, on a stick for example.")],
    everything: Annotated[bool, typer.Option("--all", help="Also what the EOC holds already.")] = False,
    profile: ProfileOption = "demo",
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write what the EOC lacks into a file that only the EOC can open; there: eoc import-export FILE."""
    from dataclasses import asdict

    from station.app import utc_now
    from station.journal.errors import ExportRefused
    from station.journal.export import export as write
    from station.journal.keys.source import keys_of
    from station.journal.opening import open_reader
    from station.uplink_program import membership
    from sync.keys import load_station_keys
    from sync.sync_store import Progress, read_progress

    paths = paths_of(settings_of(profile, state))
    _require(paths)
    home, key = membership(paths), load_station_keys(paths.keys).sign
    if home.seal_key is None:
        raise ExportRefused("the enrolment names no key of the EOC to seal to; enrol again with a new package")
    reader = open_reader(paths)
    try:
        held = Progress() if everything else read_progress(paths.sync, reader.journal)
        told = write(to, reader, held, home.seal_key, key, utc_now(), sealed=keys_of(paths).sealed)
    finally:
        reader.close()
    if as_json:
        show(asdict(told))
    else:
        print(f"{told.entries} entries are in {to}, sealed to the EOC; nothing was removed from this station.")


def rotate_key(profile: ProfileOption = "demo", state: StateOption = None) -> None:
    """Encrypt the journal anew under a new key; stop the kiosk first."""
    from station.journal.keys.changing import change
    from station.journal.keys.source import Seal, keys_of

    paths = paths_of(settings_of(profile, state))
    _require(paths)
    present = keys_of(paths)
    passphrase = _ask("The passphrase in use") if present.seal is Seal.PASSPHRASE else ""
    change(paths, present, present.seal, passphrase)
    print("The journal has a new key.")


def seal_key(
    tpm2: Annotated[bool, typer.Option("--tpm2", help="To this computer's TPM.")] = False,
    passphrase: Annotated[bool, typer.Option("--passphrase", help="By a supervisor's passphrase.")] = False,
    profile: ProfileOption = "demo",
    state: StateOption = None,
) -> None:
    """Give the journal a new key that lies in no bare file; stop the kiosk first."""
    from station.journal.errors import KeyLost
    from station.journal.keys.changing import change
    from station.journal.keys.source import Seal, keys_of

    if tpm2 == passphrase:
        raise typer.BadParameter("give one of them", param_hint="--tpm2, --passphrase")
    paths = paths_of(settings_of(profile, state))
    try:
        present = keys_of(paths)
    except KeyLost:
        present = None
    said = _ask("A new passphrase", twice=True) if passphrase else ""
    change(paths, present, Seal.TPM if tpm2 else Seal.PASSPHRASE, said)
    print("The journal's key is sealed.")


def unlock(profile: ProfileOption = "demo", state: StateOption = None) -> None:
    """Enter the supervisor's passphrase, after the computer was switched on."""
    from station.journal.keys.changing import unlock as open_key

    open_key(paths_of(settings_of(profile, state)), _ask("The passphrase"))
    print("The journal is unlocked until this computer is switched off.")


def _ask(text: str, twice: bool = False) -> str:
    return str(typer.prompt(text, hide_input=True, confirmation_prompt=twice, err=True))


def _require(paths: StationPaths) -> None:
    from station.journal.errors import JournalFaulty

    if not paths.journal.exists():
        raise JournalFaulty(f"there is no journal in {paths.state} yet; the kiosk makes it at its first start")
