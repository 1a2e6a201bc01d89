"""`station journal`: the store, for a technician."""

from typing import Annotated

import typer

from station.commands import journal_care
from station.commands.common import JsonOption, ProfileOption, StateOption, settings_of, show
from station.paths import paths_of

app = typer.Typer(help="The encrypted store.", no_args_is_help=True)


app.command()(journal_care.purge)
app.command()(journal_care.salvage)
app.command()(journal_care.export)
app.command("rotate-key")(journal_care.rotate_key)
app.command("seal-key")(journal_care.seal_key)
app.command()(journal_care.unlock)


@app.callback()
def group() -> None:
    """The encrypted store."""


@app.command()
def verify(profile: ProfileOption = "demo", state: StateOption = None, as_json: JsonOption = False) -> None:
    """Look at every page and entry of the journal and walk its chain; exit 1 when it does not hold."""
    from station.journal.errors import JournalFaulty
    from station.journal.opening import open_reader

    paths = paths_of(settings_of(profile, state))
    if not paths.journal.exists():
        raise JournalFaulty(f"there is no journal in {paths.state} yet; the kiosk makes it at its first start")
    reader = open_reader(paths)
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
                "unstated": found.unstated,
                "bad_pages": found.bad_pages,
                "bad_pictures": found.bad_pictures,
            }
        )
    elif found.broken_at is not None:
        print(f"The chain breaks at entry {found.broken_at}; what is before it ({found.entries}) holds.")
    elif found.holds:
        print(f"{found.entries} entries, {found.purged} of them purged: the chain is whole.")
    else:
        print(
            f"The chain is whole, but {found.bad_pages} pages and {found.bad_pictures} photographs are damaged and"
            f" {found.unstated} entries were erased without a statement; run: station journal salvage"
        )
    if not found.holds:
        raise typer.Exit(1)


@app.command()
def temperatures(
    since: Annotated[str | None, typer.Option(help="First day, YYYY-MM-DD in Bangkok; all of them without it.")] = None,
    until: Annotated[str | None, typer.Option(help="Last day, YYYY-MM-DD in Bangkok; today without it.")] = None,
    profile: ProfileOption = "demo",
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """How often a high skin temperature was confirmed by thermometer, with the 95 % interval."""
    from datetime import UTC, date, datetime

    from station.commands.stored import days, journal_of
    from station.journal.journal import content
    from station.temperature_report import BASE_RATE_NOTE, report
    from sync.facts import FactKind

    try:
        first = date.fromisoformat(since) if since else date(2000, 1, 1)
        last = date.fromisoformat(until) if until else datetime.now(UTC).date()
        began, ended = days(first, last)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter("a day as YYYY-MM-DD", param_hint="--since, --until") from error
    if not until:
        ended = datetime.max.replace(tzinfo=UTC)
    with journal_of(settings_of(profile, state)) as reader:
        found = report(content(each) for each in reader.between(FactKind.SCREENING, began, ended))
    share, interval = found.predictive_value, found.interval
    if as_json:
        show(
            {
                "screenings": found.screenings,
                "purged": found.purged,
                "unmeasured": found.unmeasured,
                "unusable": found.unusable,
                "measured": found.measured,
                "first_high": found.first_high,
                "second_by_thermometer": found.second_by_thermometer,
                "confirmed": found.confirmed,
                "not_confirmed": found.not_confirmed,
                "not_followed_up": found.not_followed_up,
                "predictive_value": None if share is None else round(share, 4),
                "interval_95": None if interval is None else [round(end, 4) for end in interval],
                "interval_method": "Wilson score",
                "note": BASE_RATE_NOTE,
            }
        )
        return
    print(f"{found.measured} of {found.screenings} screenings with a usable skin temperature; {found.first_high} high.")
    print(
        f"Of the high ones {found.confirmed} were confirmed by thermometer, {found.not_confirmed} were not, "
        f"{found.not_followed_up} were not followed up."
    )
    if share is not None and interval is not None:
        low, high = interval
        print(f"Positive predictive value {share:.0%} (95 % interval {low:.0%} to {high:.0%}, Wilson score).")
    print(BASE_RATE_NOTE)
