"""`eoc parked`: what lies outside the ledger, and what a named person decides about it."""

import json
from pathlib import Path
from typing import Annotated

import typer

from config.messages.said import say
from sync.centre.errors import DecisionRefused
from sync.centre.opened import DEFAULT_STATE, State, Url, opened
from sync.centre.parked import Decision, content_of, listed, release, repair

app = typer.Typer(name="parked", help="Records outside the ledger.", no_args_is_help=True)

Ident = Annotated[str, typer.Argument(help="Id of the record, as the list gives it.")]
By = Annotated[str, typer.Option(help="Who decides.")]
Why = Annotated[str, typer.Option(help="Why.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object per line.")]


@app.command("list")
def show_list(
    state: State = DEFAULT_STATE,
    database: Url = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what is decided.")] = False,
    as_json: Json = False,
) -> None:
    """What lies outside the ledger, and why. Exit 1 when something waits for a decision."""
    waits = False
    with opened(state, database) as centre:
        for row in listed(centre.database, everything):
            waits = waits or row["resolved_at"] is None
            place = f"{row['station']}/{row['journal']}/{row['sequence']}"
            told = f"{row['id']} {place} {row['reason']} {row['kind']} {row['resolution'] or 'waits'}"
            print(json.dumps(row, ensure_ascii=False) if as_json else told)
    if waits:
        raise typer.Exit(1)


@app.command()
def show(ident: Ident, state: State = DEFAULT_STATE, database: Url = None) -> None:
    """Print the content of a record as it came. It may name a traveller: mind who reads the screen."""
    with opened(state, database) as centre:
        typer.echo(content_of(centre.database, ident))


@app.command("release")
def release_one(ident: Ident, by: By, why: Why, state: State = DEFAULT_STATE, database: Url = None) -> None:
    """Take a record into the ledger as it is, without its content where that does not fit its header."""
    with opened(state, database) as centre:
        print(f"{ident} {release(centre.database, ident, Decision(by, why, centre.clock()))}")


@app.command("repair")
def repair_one(
    ident: Ident,
    payload: Annotated[Path, typer.Argument(help="File with the content, byte for byte.")],
    by: By,
    why: Why,
    state: State = DEFAULT_STATE,
    database: Url = None,
    salt: Annotated[str | None, typer.Option(help="Salt in hexadecimal, when the record's own is damaged.")] = None,
) -> None:
    """Take a record into the ledger with the content that its header was made of."""
    try:
        content, own = payload.read_bytes(), bytes.fromhex(salt) if salt is not None else None
    except (OSError, ValueError) as error:
        raise DecisionRefused(
            say("{path} or the salt cannot be read; give the right one", path=str(payload))
        ) from error
    with opened(state, database) as centre:
        print(f"{ident} {repair(centre.database, ident, content, own, Decision(by, why, centre.clock()))}")
