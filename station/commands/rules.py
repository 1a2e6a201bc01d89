"""`station rules`: the order of the day, for those who write it."""

from pathlib import Path
from typing import Annotated

import typer

from station.commands.common import JsonOption, show

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
