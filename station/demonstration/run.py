"""`./daan run`: the whole demonstration on loopback, with a presenter page, until Ctrl-C."""

import logging
import signal
import sys
import threading
import time
import webbrowser
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from station.cli import configure_log
from station.demonstration.cards import cast_members
from station.demonstration.house import PROFILE, House, people, require_port
from station.demonstration.ports import PresenterLinks
from station.demonstration.presenter import create_presenter
from station.demonstration.programs import Program, ProgramFailed

_log = logging.getLogger(__name__)

OFFICER, PIN = "Somjai R.", "2569"
"""The demonstration's own officer, as in the profile."""
_CAST = 14
_RESTART_SECONDS = 2.0


def run(
    state: Annotated[Path, typer.Option(help="Everything of the demonstration is kept here.")] = Path(".daan/demo"),
    presenter_port: Annotated[int, typer.Option(help="Port of the presenter page.")] = 8500,
    kiosk_port: Annotated[int, typer.Option(help="Port of traveller and officer screen.")] = 8600,
    centre_port: Annotated[int, typer.Option(help="Port of the EOC board.")] = 8700,
    camera: Annotated[int | None, typer.Option(help="Number of a real webcam instead of drawn pictures.")] = None,
    seed: Annotated[int, typer.Option(help="Of who the invented travellers are.")] = 1,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the presenter page in the browser.")] = False,
) -> None:
    """Start the centre, one station and the presenter page; print where they are."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    source = None if camera is None else f"v4l2:{camera}"
    house = House(state, kiosk_port=kiosk_port, centre_port=centre_port, camera=source)
    require_port(presenter_port)
    issuer = house.prepare()
    cast = people(_CAST, seed, issuer)
    world = house.world(cast, seed)
    links = PresenterLinks(
        traveller=house.kiosk_address + "/",
        officer=house.kiosk_address + "/officer",
        board=house.centre_address + "/",
        officer_name=OFFICER,
        officer_pin=PIN,
    )
    app = create_presenter(world, cast_members(cast), links)
    presenter = uvicorn.Server(
        uvicorn.Config(app, "127.0.0.1", presenter_port, log_level="warning", access_log=False, ws="websockets-sansio")
    )
    page = threading.Thread(target=presenter.run, name="presenter", daemon=True)
    try:
        world.start()
        print("Starting the centre and the station …", flush=True)
        house.open()
        page.start()
        _print(f"http://127.0.0.1:{presenter_port}/", links)
        if open_browser:
            webbrowser.open(f"http://127.0.0.1:{presenter_port}/")
        _keep(house, told)
    finally:
        presenter.should_exit = True
        world.stop()
        house.stop()


def _print(presenter: str, links: PresenterLinks) -> None:
    print(
        f"\n  Presenter          {presenter}\n"
        f"  Traveller screen   {links.traveller}\n"
        f"  Officer screen     {links.officer}   ({links.officer_name}, PIN {links.officer_pin})\n"
        f"  EOC board          {links.board}\n"
        f"\n  Profile {PROFILE}: every traveller is invented. Ctrl-C ends it.",
        flush=True,
    )


def _keep(house: House, told: threading.Event) -> None:
    """Start a program again when it ends, as systemd does, until told to stop."""
    ended: dict[str, float] = {}
    programs: tuple[Program, ...] = (house.centre, house.kiosk, house.sync)
    while not told.wait(0.5):
        for program in programs:
            if program.running:
                continue
            if time.monotonic() - ended.get(program.name, -1e9) > _RESTART_SECONDS:
                ended[program.name] = time.monotonic()
                _log.warning("%s has ended; it is started again", program.name)
                program.start()


def main() -> None:
    """Run the command."""
    configure_log()
    try:
        typer.run(run)
    except ProgramFailed as error:
        print(f"daan: {error}", file=sys.stderr)
        sys.exit(3)


if __name__ == "__main__":
    main()
