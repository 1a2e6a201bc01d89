"""`station rules`: the order of the day, for those who write it."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from station.commands.common import JsonOption, ProfileOption, StateOption, settings_of, show, writing
from station.commands.dry_run_words import dry_run_rows, dry_run_sum, dry_run_text

if TYPE_CHECKING:
    from config.rules.ruleset import RuleSet
    from config.settings import CheckpointSettings

_LONG_AGO, _FAR_AHEAD = 1970, 9998
"""Years of days that may be asked for: their ends can be reckoned in every zone."""

app = typer.Typer(help="Rule sets.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Rule sets."""


@app.command("test")
def run_cases(
    files: Annotated[list[Path] | None, typer.Argument(help="Rule sets; the shipped ones when none is named.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Run the sets' own cases; exit 1 when one does not come out as expected, or when cases are missing."""
    from config.rules.cases import failing_cases, uncovered
    from config.rules.reading import load, load_all

    sets = tuple(load(file) for file in files) if files else load_all()
    good = True
    for each in sets:
        wrong, missing = failing_cases(each), uncovered(each)
        good = good and not wrong and not missing
        if as_json:
            row = {"rule_set": each.id, "number": each.number, "cases": len(each.cases)}
            show(row | {"failing": list(wrong), "uncovered": list(missing)})
        else:
            print(f"{each.id} no. {each.number}: {len(each.cases) - len(wrong)} of {len(each.cases)} cases right")
            for sentence in wrong:
                print(f"  {sentence}")
            for lack in missing:
                print(f"  {each.id}: {lack}; add such a case.")
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
    from station.commands.stored import find, journal_of, replayed
    from station.journal.journal import content
    from station.orders import rule_set_of
    from station.recorded import recorded_of

    settings = settings_of(profile, state)
    with journal_of(settings) as reader:
        entry = find(reader, screening)
    if entry is None:
        raise typer.BadParameter("the journal has no screening of that id or number; see the list on the screen")
    payload = content(entry)
    recorded = recorded_of(payload)
    rules = rule_set_of(recorded.rule_set_digest, settings)
    why_not = explaining.gone(recorded) if rules is None else ""
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
    if from_day.year < _LONG_AGO or to_day.year > _FAR_AHEAD:
        raise typer.BadParameter(f"give days from {_LONG_AGO} to {_FAR_AHEAD}")
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


@app.command()
def table(
    write: Annotated[Path | None, typer.Option(help="Replace the made part of this document.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Typical travellers judged under the orders of 2021, as Markdown; docs/rules.md shows it."""
    from config.rules.reading import load_history
    from station.commands import rules_table
    from station.errors import CannotWrite

    sets = load_history()
    if as_json:
        for row in rules_table.as_json(sets):
            show(row)
    elif write is None:
        print(rules_table.as_markdown(sets))
    else:
        try:
            with writing(write):
                write.write_text(rules_table.written(write, rules_table.as_markdown(sets)), encoding="utf-8")
        except ValueError as error:
            raise CannotWrite(f"{error}.") from error


@app.command()
def install(
    files: Annotated[list[Path], typer.Argument(help="Rule sets; each counts from its own date on.")],
    profile: ProfileOption = "demo",
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take sets into force; exit 1 when one is refused: its cases fail or do not cover it, or its number is too low."""
    from config.rules import installed
    from config.rules.errors import RuleSetRefused
    from config.rules.reading import load_all
    from station.paths import paths_of

    settings = settings_of(profile, state)
    folder, came = paths_of(settings).rules, load_all(settings.trust.rule_sets)
    refused = False
    for file in files:
        try:
            with writing(folder):
                found = installed.install(file, folder, now=datetime.now(UTC), beside=came)
        except RuleSetRefused as error:
            refused = True
            print(f"station: {error}", file=sys.stderr)
            continue
        rules = found.rules
        if as_json:
            show({"rule_set": rules.id, "number": rules.number, "digest": rules.digest, "order": rules.order})
        else:
            print(f"{rules.id} no. {rules.number} is installed; it counts from {rules.valid_from:%Y-%m-%d %H:%M %z}.")
            if why := _idle(rules, settings.checkpoint):
                print(f"  It judges nobody here: {why}.")
    if refused:
        raise typer.Exit(1)


@app.command("list")
def list_sets(profile: ProfileOption = "demo", state: StateOption = None, as_json: JsonOption = False) -> None:
    """Show the sets that may come into force here, and which one counts now."""
    from config.rules.installed import load_installed
    from config.rules.reading import load_all
    from config.rules.ruleset import in_force
    from station.paths import paths_of

    settings = settings_of(profile, state)
    place = settings.checkpoint
    taken = {each.rules.digest: each for each in load_installed(paths_of(settings).rules)}
    sets = {each.digest: each for each in load_all(settings.trust.rule_sets)}
    sets |= {digest: each.rules for digest, each in taken.items()}
    counts = in_force(sets.values(), place.code, place.direction, datetime.now(UTC))
    for digest, rules in sets.items():
        at = taken[digest].installed_at.isoformat(timespec="seconds") if digest in taken else None
        until = rules.valid_to.isoformat() if rules.valid_to else None
        if as_json:
            row = {"rule_set": rules.id, "number": rules.number, "order": rules.order, "digest": digest}
            row |= {"valid_from": rules.valid_from.isoformat(), "valid_to": until, "installed_at": at}
            show(row | {"places": list(rules.places), "in_force": rules is counts})
        else:
            mark = "*" if rules is counts else " "
            came = f"installed {at}" if at else "came with the program or the profile"
            last = f"before {rules.valid_to:%Y-%m-%d}" if rules.valid_to else "until it is replaced"
            name = f"{mark} {rules.id} no. {rules.number}, {rules.order}"
            idle = f"; judges nobody here: {why}" if (why := _idle(rules, place)) else ""
            print(f"{name}: from {rules.valid_from:%Y-%m-%d} {last}; {came}{idle}")
    if not as_json and counts is None:
        print(f"No rule set is in force at {place.code} {place.direction}: every traveller is referred.")


def _idle(rules: "RuleSet", place: "CheckpointSettings") -> str:
    """Why a set will never count at this station, if so."""
    if place.code not in rules.places:
        return f"it is for {', '.join(rules.places)}, and this is {place.code}"
    if place.direction not in rules.directions:
        return f"it is for {', '.join(rules.directions)}, and this lane is {place.direction}"
    if rules.valid_to is not None and rules.valid_to <= datetime.now(UTC):
        return f"it ended before {rules.valid_to:%Y-%m-%d}"
    return ""
