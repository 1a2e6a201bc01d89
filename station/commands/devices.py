"""`station devices`: what is plugged in, what it is, what it says; captures of it and their replay."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from station.commands.camera import record_camera
from station.commands.common import JsonOption, ProfileOption, settings_of, show

if TYPE_CHECKING:
    from drivers.links.names import Port

app = typer.Typer(help="Cameras, scanners, readers, relays, printers and their ports.", no_args_is_help=True)

PortOption = Annotated[str, typer.Option("--port", help="Device path or URL: socket://, rfc2217://, replay:FILE.")]
ProtocolOption = Annotated[str, typer.Option("--protocol", help="Name of the protocol.")]
BaudOption = Annotated[int | None, typer.Option("--baud", min=1, help="The protocol's own when not given.")]
PersonalOption = Annotated[bool, typer.Option("--personal-data", help="What readers read is wanted: whole texts.")]


@app.callback()
def group() -> None:
    """Cameras, scanners, readers, relays, printers and their ports."""


@app.command("list")
def list_devices(as_json: JsonOption = False) -> None:
    """Serial ports and video devices by names that stay; nothing is opened and nothing is written to them."""
    from drivers.links.names import list_ports

    ports = list_ports()
    for port in ports:
        if as_json:
            show(_told(port))
        else:
            print(_line(port))
    if not ports and not as_json:
        print("No serial port and no video device is plugged in.")


def _usb(port: "Port") -> str:
    return "" if port.vendor_id is None else f"{port.vendor_id:04X}:{port.product_id or 0:04X}"


def _told(port: "Port") -> dict[str, object]:
    from drivers.protocols import hinted

    return {
        "kind": port.kind.value,
        "path": port.path,
        "stable": port.stable,
        "by_id": port.by_id,
        "by_path": port.by_path,
        "usb": _usb(port) or None,
        "serial_number": port.serial_number,
        "description": port.description,
        "protocols": list(hinted(port.vendor_id, port.product_id)) if port.kind.value == "serial" else [],
        "note": port.note,
    }


def _line(port: "Port") -> str:
    told = _told(port)
    number = f"no. {port.serial_number}" if port.serial_number else ""
    about = ", ".join(part for part in (port.description, _usb(port), number) if part)
    lines = [f"{port.kind.value:8} {port.path:14} {about}".rstrip()]
    if port.stable != port.path:
        lines.append(f"         name it {port.stable}")
    protocols = told["protocols"]
    if isinstance(protocols, list) and protocols:
        lines.append(f"         may speak {', '.join(protocols)}")
    if port.note:
        lines.append(f"         {port.note}")
    return "\n".join(lines)


@app.command("name")
def name_socket(
    name: Annotated[str, typer.Argument(help="Such as thermal: the socket is called /dev/daan-thermal.")],
    port: Annotated[str, typer.Option(help="A port that is plugged into that socket now.")],
) -> None:
    """The udev rule that gives the socket of a port a name; put it into /etc/udev/rules.d/71-daan-sockets.rules."""
    from drivers.links.names import find_port, udev_rule

    try:
        print(udev_rule(name, find_port(port)))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="NAME") from error


@app.command()
def watch(
    port: Annotated[
        str | None, typer.Option(help="Device path or URL; without it, the devices of the profile.")
    ] = None,
    protocol: ProtocolOption = "gy-mcu90640",
    seconds: Annotated[float | None, typer.Option(min=0.1, help="How long; 10 when it is no live view.")] = None,
    baud: BaudOption = None,
    profile: ProfileOption = "demo",
    as_json: JsonOption = False,
    live: Annotated[bool | None, typer.Option("--live/--lines", help="A live view; lines in a pipe.")] = None,
) -> None:
    """What devices say, raw while they warm up too; relays are looked at, never switched. Exit 3 when nothing came."""
    import sys

    from drivers.workbench.watch import follow, opened, wanted
    from station.watching import watched_devices

    devices = watched_devices(settings_of(profile, None)) if port is None else (opened(wanted(port, protocol, baud)),)
    if live if live is not None else sys.stdout.isatty() and not as_json:
        from station.commands.live_view import run

        run(devices, seconds)
        return
    for events in follow(devices, 10 if seconds is None else seconds):
        for event in events:
            show(event.as_json()) if as_json else print(event.line(), flush=True)


@app.command()
def probe(
    port: Annotated[str | None, typer.Option(help="The port to listen to; without it, ports are listed only.")] = None,
    protocol: Annotated[list[str] | None, typer.Option(help="Only these; may be given more than once.")] = None,
    seconds: Annotated[float, typer.Option(min=0.1, help="How long to listen at each baud rate.")] = 2,
    ask: Annotated[bool, typer.Option("--ask", help="Ask, when listening told nothing; questions only.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Which device is on a port. Listens; writes only with --ask. Exit 1 when it cannot be told.

    Opening a port moves its DTR line, which resets some adapters: so a port that nobody named is not even opened.
    """
    from drivers.protocols import protocol as known
    from drivers.workbench.probe import probe as examine

    if port is None:
        if ask:
            raise typer.BadParameter("A port is asked only when it is named: give --port.", param_hint="--ask")
        list_devices(as_json)
        if not as_json:
            print("Nothing was opened: choose a port and name it with --port.")
        return
    names = [known(name).name for name in protocol or ()]
    probed = examine(port, protocols=names, seconds=seconds, ask=ask)
    if as_json:
        found = probed.found
        show(
            {
                "port": port,
                "protocol": found.protocol if found else None,
                "baud": found.baud if found else None,
                "asked": probed.asked,
                "sentence": probed.sentence(),
                "findings": [
                    {"protocol": each.protocol, "baud": each.baud, "good": each.good, "bad": each.bad,
                     "asked": each.asked, "likely": each.likely}
                    for each in probed.findings
                ],
                "heard": [{"baud": baud, "bytes": count} for baud, count in probed.heard],
            }
        )  # fmt: skip
    else:
        print(probed.sentence())
    if probed.found is None:
        raise typer.Exit(1)


@app.command()
def record(
    port: PortOption,
    protocol: ProtocolOption,
    out: Annotated[Path, typer.Option("--out", help="A new file, .daancap.")],
    baud: BaudOption = None,
    seconds: Annotated[float | None, typer.Option(min=0.1, help="How long; until Ctrl-C when not given.")] = None,
    channels: Annotated[int, typer.Option(min=1, max=8, help="Of a relay board; all its relays go to rest.")] = 4,
    personal_data: PersonalOption = False,
) -> None:
    """Write down what goes over a cable while the station's own driver runs the device, commands included."""
    from station.commands import capturing
    from station.commands.capturing import Order

    capturing.record(Order(port, protocol, baud, out, seconds, channels, personal_data))


app.command("record-camera")(record_camera)


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="A capture.")],
    speed: Annotated[float, typer.Option(min=0, help="Times as fast as it was; 0: as fast as it goes.")] = 1,
    personal_data: PersonalOption = False,
    as_json: JsonOption = False,
) -> None:
    """Feed a capture back through the codec and the driver, and print what they make of it. Exit 1 when nothing."""
    from station.commands import capturing

    if not capturing.replay(file, speed, personal_data, as_json):
        raise typer.Exit(1)
