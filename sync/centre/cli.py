"""The command `eoc`: serve, enrol, revoke, report; nginx and fanout in `scaling`.

Exit 0 done, 1 the thing examined is not good, 2 wrong use, 3 could not do it, with one sentence on standard error.
"""

import json
import re
import secrets
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from config.loader import load, shipped_profiles
from sync.centre import cli_backup, cli_parked
from sync.centre.errors import DecisionRefused
from sync.centre.guard import LOOPBACK
from sync.centre.opened import DEFAULT_STATE, State, Url, opened
from sync.centre.registry import Checkpoint, Registry
from sync.centre.report import report
from sync.centre.scaling import fanout, nginx
from sync.centre.sealed import seal_key, take_export
from sync.centre.server import CentreServer
from sync.centre.totals import reconcile
from sync.enrolment import CODE_BYTES, Package, check_address, write_package
from sync.errors import EnrolmentFailed, SyncError
from sync.keys import public_bytes

app = typer.Typer(name="eoc", help="The centre's side of Daan.", no_args_is_help=True, add_completion=False)
app.add_typer(cli_parked.app)
cli_backup.register(app)

DEFAULT_PORT = 8700
_NAME = re.compile(r"[a-z][a-z0-9-]{1,60}")


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free one.")] = DEFAULT_PORT,
    state: State = DEFAULT_STATE,
    database: Url = None,
    name: Annotated[list[str] | None, typer.Option(help="A further name by which it may be asked.")] = None,
) -> None:
    """Take batches and show the board, until a signal ends it."""
    for number in (signal.SIGTERM, signal.SIGINT):  # uvicorn raises the signal again when it has shut down
        signal.signal(number, _stop)
    hosts = LOOPBACK | {host} | set(name or ())
    with opened(state, database, frozenset(hosts)) as centre:
        server = CentreServer(centre, host, port)
        server.serve(lambda: print(f"eoc ready at {server.address}", flush=True))


@app.command()
def enrol(
    station: Annotated[str, typer.Argument(help="The station's name, such as demo-1.")],
    checkpoint: Annotated[str, typer.Option(help="Code of the place it stands at.")],
    state: State = DEFAULT_STATE,
    database: Url = None,
    address: Annotated[str, typer.Option(help="URL at which the station reaches the centre.")] = "",
    ca: Annotated[Path | None, typer.Option(help="PEM file of the CA of the centre's certificate.")] = None,
    name_th: Annotated[str, typer.Option(help="The place's name in Thai, when no profile has it.")] = "",
    name_en: Annotated[str, typer.Option(help="The same in English.")] = "",
    out: Annotated[Path | None, typer.Option(help="Package to write; STATION.enrol.json when not given.")] = None,
) -> None:
    """Write the package with which one station enrols within 24 hours.

    A revoked station is believed again once it has enrolled with this package.
    """
    for value in (station, checkpoint):
        if not _NAME.fullmatch(value):
            raise typer.BadParameter(f"{value!r} is no name: small letters, digits and hyphens, a letter first")
    url = address or f"http://127.0.0.1:{DEFAULT_PORT}"
    pinned = _read_ca(ca)
    check_address(url, pinned)
    path = out or Path(f"{station}.enrol.json")
    with opened(state, database) as centre:
        code = secrets.token_bytes(CODE_BYTES)
        place = _place(checkpoint, name_th, name_en)
        expires_at = Registry(centre.database).expect(station, place, code, centre.clock())
        seal = public_bytes(seal_key(state))
        package = Package(station, checkpoint, url, pinned, public_bytes(centre.key), None, code, expires_at, seal)
        write_package(package, path)
    print(path)


@app.command("import-export")
def import_export(
    file: Annotated[Path, typer.Argument(help="What `station journal export` wrote.")],
    state: State = DEFAULT_STATE,
    database: Url = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
) -> None:
    """Take a station's sealed export into the ledger, also of a revoked station. A repeat changes nothing."""
    with opened(state, database) as centre:
        taken = take_export(file, seal_key(state), centre.database, centre.clock())
    if as_json:
        print(json.dumps(asdict(taken), ensure_ascii=False))
    else:
        print(
            f"{taken.station}: {taken.entries} entries read, {taken.fresh} of them new, {taken.parked} parked; the"
            f" ledger holds everything up to {taken.watermark}."
        )


@app.command()
def revoke(
    station: Annotated[str, typer.Argument(help="The station's name.")],
    state: State = DEFAULT_STATE,
    database: Url = None,
) -> None:
    """Stop believing a station; what it sent stays. A new package, by enrol, takes it back in."""
    with opened(state, database) as centre:
        if not Registry(centre.database).revoke(station, centre.clock()):
            _fail(f"there is no station {station}; see: eoc report", 1)


@app.command("report")
def show_report(
    state: State = DEFAULT_STATE,
    database: Url = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
) -> None:
    """What the ledger holds of each station. Exit 1 when something is missing or parked."""
    good = True
    with opened(state, database) as centre:
        reconcile(centre.database, centre.clock(), everything=True)
        for row in report(centre.database):
            good = good and not any(row[trouble] for trouble in ("gaps", "parked", "unexplained", "differs"))
            if as_json:
                print(json.dumps(row, ensure_ascii=False))
            else:
                print(
                    f"{row['station']} ({row['checkpoint']}): {row['entries'] or 0} entries, {row['waiting']} waiting,"
                    f" {row['parked'] or 0} parked ({row['conflicts']} conflicts), gaps {row['gaps'] or 'none'},"
                    f" {row['differs']} hours differ, in a backup to {row['backed_up']}, heard {row['last_contact_at']}"
                )
    if not good:
        raise typer.Exit(1)


app.command()(nginx)
app.command()(fanout)


def main() -> None:
    """Run the command; an error ends it with one sentence."""
    try:
        app()
    except SyncError as error:
        _fail(str(error), _exit_code(error))


def _exit_code(error: SyncError) -> int:
    return 2 if isinstance(error, EnrolmentFailed) else 1 if isinstance(error, DecisionRefused) else 3


def _place(code: str, name_th: str, name_en: str) -> Checkpoint:
    """The checkpoint with the names given, else those of the profile that ships for it, else its code."""
    for profile in shipped_profiles():
        place = load(profile).checkpoint
        if place.code == code:
            return Checkpoint(code, name_th or place.name_th, name_en or place.name_en)
    return Checkpoint(code, name_th or code, name_en or code)


def _read_ca(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise EnrolmentFailed(f"{path} is no PEM file that can be read; give the CA's certificate") from error


def _stop(number: int, frame: object) -> None:
    raise SystemExit(0)


def _fail(sentence: str, code: int) -> None:
    print(sentence, file=sys.stderr)
    raise SystemExit(code)
