"""`station devices`: what is plugged in, and what a scanner says."""

from typing import Annotated

import typer

from station.commands.common import JsonOption, show

app = typer.Typer(help="Cameras, scanners and ports.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Cameras, scanners and ports."""


@app.command("list")
def list_devices(as_json: JsonOption = False) -> None:
    """Serial ports and video devices; nothing is opened and nothing is written to them."""
    from pathlib import Path

    from drivers.transport import list_serial_ports

    rows = [
        {"kind": "serial", "path": port.path, "description": port.description, "serial_number": port.serial_number}
        for port in list_serial_ports()
    ]
    rows += [
        {"kind": "video", "path": str(path), "description": "", "serial_number": None}
        for path in sorted(Path("/dev").glob("video*"))
    ]
    for row in rows:
        if as_json:
            show(row)
        else:
            print(f"{row['kind']:7} {row['path']:20} {row['description']}")
    if not rows and not as_json:
        print("No serial port and no video device is plugged in.")


@app.command()
def watch(
    port: Annotated[str, typer.Option(help="Device path or pyserial URL.")],
    protocol: Annotated[str, typer.Option(help="Name of the protocol.")] = "gy-mcu90640",
    seconds: Annotated[float, typer.Option(min=0.1, help="How long.")] = 10,
    baud: Annotated[int | None, typer.Option(help="The protocol's own when not given.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Every reading of a scanner, raw while it warms up too; exit 3 when nothing came."""
    from drivers.errors import DeviceSilent
    from drivers.watch import watch as readings

    count = 0
    for reading in readings(port, protocol, seconds, baud=baud):
        count += 1
        if as_json:
            show(reading.as_json())
        else:
            print(f"{reading.at:%H:%M:%S} {reading.max_celsius:6.2f} °C  sensor {reading.ambient_celsius:5.2f} °C  "
                  f"{reading.state.value}")  # fmt: skip
    if not count:
        raise DeviceSilent(f"{port} gave no reading in {seconds:.0f} s; check cable, power, --baud and --protocol.")
