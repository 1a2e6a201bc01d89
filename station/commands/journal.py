"""`station journal`: the store, for a technician."""

import typer

from station.commands.common import JsonOption, ProfileOption, StateOption, settings_of, show
from station.paths import paths_of

app = typer.Typer(help="The encrypted store.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """The encrypted store."""


@app.command()
def verify(profile: ProfileOption = "demo", state: StateOption = None, as_json: JsonOption = False) -> None:
    """Walk the whole chain of the journal; exit 1 when it does not hold."""
    from station.journal.errors import JournalFaulty
    from station.journal.journal import JournalReader
    from station.journal.key import read_key

    paths = paths_of(settings_of(profile, state))
    if not paths.journal.exists():
        raise JournalFaulty(f"there is no journal in {paths.state} yet; the kiosk makes it at its first start")
    reader = JournalReader(paths.journal, read_key(paths.journal_key))
    found = reader.verify()
    reader.close()
    if as_json:
        show(
            {
                "station": reader.station,
                "journal": reader.journal,
                "entries": found.entries,
                "purged": found.purged,
                "broken_at": found.broken_at,
            }
        )
    elif found.broken_at is None:
        print(f"{found.entries} entries, {found.purged} of them purged: the chain is whole.")
    else:
        print(f"The chain breaks at entry {found.broken_at}; what is before it ({found.entries}) holds.")
    if found.broken_at is not None:
        raise typer.Exit(1)
