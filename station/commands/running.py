"""The programs of a station: `station kiosk`, `station sync`, and what prepares and examines them."""

import json
import logging
import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from config.messages.catalogue import LANGUAGES
from station.commands.common import JsonOption, ProfileOption, StateOption, settings_of, show

_log = logging.getLogger(__name__)


def _until_told() -> threading.Event:
    """Set by SIGTERM and SIGINT."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    return told


def kiosk(
    profile: ProfileOption = "demo",
    state: StateOption = None,
    port: Annotated[int | None, typer.Option(help="Port of the screens; 0 takes a free one.")] = None,
    camera: Annotated[str | None, typer.Option(help="v4l2:N, video:PATH or folder:PATH.")] = None,
    thermal: Annotated[str | None, typer.Option(help="Device path or pyserial URL of the scanner.")] = None,
    refer_after: Annotated[float | None, typer.Option(help="Seconds until an unanswered REFER is saved.")] = None,
) -> None:
    """Run lane, devices and screens until a signal ends it."""
    settings = settings_of(
        profile,
        state,
        kiosk={"port": port},
        camera={"source": camera},
        thermal={"port": thermal},
        lane={"refer_after_seconds": refer_after},
    )
    from station.app import Kiosk

    told = _until_told()
    running = Kiosk(settings)
    running.start()
    print(f"traveller {running.address}/  officer {running.address}/officer", flush=True)
    told.wait()
    running.stop()


def sync(
    profile: ProfileOption = "demo",
    state: StateOption = None,
    once: Annotated[bool, typer.Option("--once", help="Drain once; exit 3 when something still waits.")] = False,
) -> None:
    """Carry the journal to the centre until a signal ends it."""
    from station.errors import CannotStart
    from station.journal.errors import JournalError
    from station.paths import paths_of
    from station.uplink_program import UplinkProgram, wait_for_journal
    from sync.errors import SyncError
    from sync.uplink import Outcome

    settings = settings_of(profile, state)
    paths = paths_of(settings)
    if once:
        program = UplinkProgram(settings, paths)
        result = program.once()
        program.close()
        print(f"{result.entries} entries receipted, {result.outcome.value}.")
        if result.outcome is not Outcome.ALL_SENT:
            raise CannotStart(result.reason or "the centre did not take everything; try again")
        return
    told = _until_told()
    while not told.is_set():
        running = wait_for_journal(settings, paths, told)
        if running is None:
            return
        try:
            running.run(told)
        except (JournalError, SyncError) as error:
            _log.warning("%s", error)
            told.wait(1)
        finally:
            running.close()


def enrol(
    package: Annotated[Path, typer.Argument(help="The package that `eoc enrol` wrote.")],
    profile: ProfileOption = "demo",
    state: StateOption = None,
) -> None:
    """Make this station's keys and join the centre that the package names."""
    from station.paths import paths_of
    from station.uplink_program import enrol as join

    settings = settings_of(profile, state)
    home = join(package, paths_of(settings), settings.station.name)
    print(f"{home.station} is enrolled at {home.address}")


def demo(
    travellers: Annotated[int, typer.Option(min=1, max=2000, help="How many invented travellers.")] = 20,
    seed: Annotated[int, typer.Option(help="The same seed gives the same people.")] = 1,
    state: Annotated[Path | None, typer.Option(help="Folder to work in; a temporary one when not given.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Let travellers come, pixels to EOC, with no screen; exit 1 when one is lost, doubled or not screened."""
    from station.demonstration.batch import run_batch

    told = _until_told()
    report = run_batch(travellers, seed, state, told)
    if as_json:
        show(report)
    else:
        print(json.dumps(report, indent=2, ensure_ascii=False))
    if report["lost"] or report["duplicated"] or report["screened"] != travellers:
        raise typer.Exit(1)


def _language(value: str | None) -> str | None:
    if value not in (None, *LANGUAGES):
        raise typer.BadParameter(f"choose one of {', '.join(LANGUAGES)}")
    return value


def doctor(
    profile: ProfileOption = "demo",
    state: StateOption = None,
    language: Annotated[
        str | None, typer.Option(help="th or en; both when not given.", callback=_language, show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Examine this station and say what to do; exit 1 when something is not good."""
    from config.messages.said import translated
    from station.doctor import examine

    good = True
    for finding in examine(settings_of(profile, state)):
        good = good and finding.good
        thai = translated(finding.sentence, "th")
        if as_json:
            told = {"what": finding.what, "good": finding.good, "sentence": finding.sentence, "sentence_th": thai}
            show(told)
            continue
        said = [text for text, shown in ((finding.sentence, "en"), (thai, "th")) if language in (None, shown)]
        what = translated(finding.what, language or "en")
        print(f"{'ok  ' if finding.good else 'LOOK'} {what}: {said[0]}")
        for other in dict.fromkeys(said[1:]):
            if other != said[0]:
                print(f"     {translated(finding.what, 'th')}: {other}")
    if not good:
        raise typer.Exit(1)
