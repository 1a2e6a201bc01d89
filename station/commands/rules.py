"""`station rules`: the order of the day, for those who write it."""

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from station.commands.common import JsonOption, ProfileOption, StateOption, settings_of, show
from station.commands.dry_run_words import dry_run_rows, dry_run_sum, dry_run_text

app = typer.Typer(help="Rule sets.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Rule sets."""


@app.command("test")
def run_cases(
    files: Annotated[list[Path] | None, typer.Argument(help="Rule sets; the shipped ones when none is named.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Run the sets' own cases; exit 1 when one does not come out as expected."""
    from config.rules.cases import failing_cases
    from config.rules.reading import load, load_all

    sets = tuple(load(file) for file in files) if files else load_all()
    good = True
    for each in sets:
        wrong = failing_cases(each)
        good = good and not wrong
        if as_json:
            show({"rule_set": each.id, "number": each.number, "cases": len(each.cases), "failing": list(wrong)})
        else:
            print(f"{each.id} no. {each.number}: {len(each.cases) - len(wrong)} of {len(each.cases)} cases right")
            for sentence in wrong:
                print(f"  {sentence}")
    if not good:
        raise typer.Exit(1)


@app.command()
def explain(
    screening: Annotated[str, typer.Argument(help="Id of a screening, or its number in the journal.")],
    profile: ProfileOption = "demo",
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how a stored screening was judged, and judge it again; exit 1 when that comes out otherwise."""
    from station.commands import explaining
    from station.commands.rule_sets import gone, known_by
    from station.commands.stored import find, journal_of, replayed
    from station.journal.journal import content
    from station.recorded import recorded_of

    settings = settings_of(profile, state)
    with journal_of(settings) as reader:
        entry = find(reader, screening)
    if entry is None:
        raise typer.BadParameter("the journal has no screening of that id or number; see the list on the screen")
    payload = content(entry)
    recorded = recorded_of(payload)
    rules = known_by(recorded.rule_set_digest, settings)
    why_not = gone(recorded) if rules is None else ""
    found = replayed(payload, recorded, rules) if rules else None
    if as_json:
        show(explaining.as_json(entry, payload, recorded, found, why_not))
    else:
        for line in explaining.as_text(entry, payload, recorded, found, why_not):
            print(line)
    if found is None:
        print(f"station: {why_not}", file=sys.stderr)
        raise typer.Exit(3)
    if not found.same:
        raise typer.Exit(1)


@app.command("dry-run")
def try_set(
    file: Annotated[Path, typer.Argument(help="A rule set that is not in force yet.")],
    first: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")] = None,
    profile: ProfileOption = "demo",
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge past screenings, yesterday's if no days are given, by a new set: how many verdicts change, and which."""
    from config.rules.cases import failing_cases
    from config.rules.reading import load
    from station.commands.stored import ZONE, days, dry_run, journal_of
    from sync.facts import FactKind

    rules = load(file)
    if wrong := failing_cases(rules):
        print(f"station: {wrong[0]} Correct the set, then try it again.", file=sys.stderr)
        raise typer.Exit(1)
    yesterday = datetime.now(ZONE).date() - timedelta(days=1)
    from_day = first.date() if first else last.date() if last else yesterday
    to_day = last.date() if last else from_day if first is None else max(from_day, yesterday)
    if to_day < from_day:
        raise typer.BadParameter("--to is before --from")
    with journal_of(settings_of(profile, state)) as reader:
        found = dry_run(reader.between(FactKind.SCREENING, *days(from_day, to_day)), rules)
    head = {"rule_set": rules.id, "number": rules.number, "digest": rules.digest}
    head |= {"from": from_day.isoformat(), "to": to_day.isoformat()}
    if as_json:
        for row in dry_run_rows(found):
            show(row)
        show(head | dry_run_sum(found))
        return
    for line in dry_run_text(f"{rules.id} no. {rules.number} over {from_day} to {to_day}", found):
        print(line)
