"""`station soak`: the promises under faults."""

import json
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from station.commands.common import JsonOption, show

_KINDS = "kill, net, disk, clock, portal, centre"


def soak(
    records: Annotated[int, typer.Option(min=10, help="How many screenings are to be saved.")] = 2000,
    faults: Annotated[str, typer.Option(help=f"`all`, `none`, or some of: {_KINDS}; with commas.")] = "all",
    seed: Annotated[int, typer.Option(help="The same seed gives the same faults.")] = 1,
    stations: Annotated[int, typer.Option(min=1, max=50, help="How many stations share them.")] = 1,
    folder: Annotated[Path | None, typer.Option(help="Where to work, kept; a temporary one when not given.")] = None,
    database: Annotated[str | None, typer.Option(help="URL of an empty PostgreSQL; embedded when not given.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Let everything go wrong, then count; exit 1 when anything was lost, doubled, reordered or believed in vain."""
    from station.soak.outcome import soak as run
    from station.soak.plan import Fault

    names = {"all": ",".join(Fault), "none": ""}.get(faults, faults)
    try:
        kinds = frozenset(Fault(name.strip()) for name in names.split(",") if name.strip())
    except ValueError as error:
        raise typer.BadParameter(f"{faults!r} names a fault that there is none of: {_KINDS}") from error
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended
    found = run(records, kinds, seed, stations, folder, database)
    if as_json:
        show(found)
    else:
        print(json.dumps(found, indent=2, ensure_ascii=False))
    if not found["good"]:
        raise typer.Exit(1)
