"""The live view of `station devices watch`: a thermal picture in half blocks, and how every device is. For a terminal.

One character cell shows two pixels, one above the other: an upper half block in the colour of the upper one on the
colour of the lower one. The picture is never smoothed: what is seen is what the device sent, enlarged by whole pixels
or averaged down when the terminal is too small.
"""

import logging
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from drivers.ports import Fact
from drivers.readings import DeviceState, ThermalFrame
from drivers.thermal.face import FaceRegion, FaceSettings, find_face
from drivers.workbench.seen import Sight
from drivers.workbench.watch import follow
from drivers.workbench.watched import Watched

Colours = NDArray[np.uint8]
"""(rows, columns, 3), RGB."""

_STOPS = np.array(
    [(0, 0, 20), (60, 10, 105), (145, 30, 110), (215, 65, 60), (250, 145, 20), (250, 220, 90), (255, 255, 235)],
    np.float64,
)
_BOX, _SPOT = (0, 255, 128), (0, 200, 255)
_LEAST_SPAN = 4.0
"""Degrees between the darkest and the brightest colour at least, so that noise on a wall stays dark."""
_FACTS_WIDTH = 34
_READS_SHOWN = 4
_STYLES = {
    DeviceState.READY: "bold green",
    DeviceState.WARMING: "bold yellow",
    DeviceState.DEGRADED: "bold yellow",
    DeviceState.FAILED: "bold red",
    DeviceState.ABSENT: "bold red",
}


def run(devices: Sequence[Watched], seconds: float | None) -> None:
    """Show devices until the time is up or Ctrl-C is pressed.

    Raises:
        DeviceSilent: when the time was up, none of them had said anything that is of use.
    """
    console = Console()
    # What goes wrong stands on the screen; a log in between would tear it.
    logging.getLogger("drivers").setLevel(logging.CRITICAL)
    try:
        with Live(console=console, screen=True, auto_refresh=False) as live:
            for _ in follow(devices, seconds):
                width, height = console.size
                live.update(view([each.sight() for each in devices], width, height), refresh=True)
    except KeyboardInterrupt:
        return
    finally:
        logging.getLogger("drivers").setLevel(logging.NOTSET)


def view(sights: Sequence[Sight], width: int, height: int) -> RenderableType:
    """Everything on one screen.

    Args:
        sights: what is to be seen.
        width: of the terminal, in characters.
        height: in lines.
    """
    others = [sight for sight in sights if not sight.scans]
    below = _others(others) if others else None
    left = height - 1 - (sum(map(_lines, others)) + 2 if others else 0)
    scanners = [sight for sight in sights if sight.scans]
    panels = [_scanner(sight, width, left // len(scanners)) for sight in scanners]
    words = "Ctrl-C ends. Temperatures are as the device sends them; nothing is saved."
    hint = Text(words, style="dim", no_wrap=True, overflow="ellipsis")
    return Group(*panels, *([below] if below else []), hint)


def _lines(sight: Sight) -> int:
    return 1 + bool(sight.health.reason) + min(_READS_SHOWN, len(sight.reads))


def _scanner(sight: Sight, width: int, height: int) -> Panel:
    """A scanner: picture at the left, numbers at the right."""
    frame = sight.frame
    face = None if frame is None or frame.celsius.size == 1 else find_face(frame, FaceSettings())
    table = Table.grid(padding=(0, 2))
    table.add_column(width=max(8, width - _FACTS_WIDTH - 8))
    table.add_column(width=_FACTS_WIDTH)
    if frame is None:
        shown: RenderableType = Text("no picture", style="dim")
    elif frame.celsius.size == 1:
        shown = Text(f"{float(frame.celsius[0, 0]):.2f} °C", style="bold")
    else:
        shown = picture(frame, face, width - _FACTS_WIDTH - 8, height - 2)
    table.add_row(shown, _numbers(sight, face))
    return Panel(table, title=f"{sight.device}  {sight.what}", title_align="left", height=max(4, height))


def _numbers(sight: Sight, face: FaceRegion | None) -> Text:
    """Everything about a scanner that is a number or a word; what is wrong stands first."""
    health, frame = sight.health, sight.frame
    rows: list[tuple[str, str]] = []
    if frame is not None:
        rows.append(("warmest", f"{float(frame.celsius.max()):.2f} °C"))
        rows.append(("coldest", f"{float(frame.celsius.min()):.2f} °C"))
        rows.append(("sensor", f"{frame.ambient_celsius:.2f} °C"))
        if frame.celsius.size > 1:
            rows.append(("face", "none" if face is None else f"{face.max_celsius:.2f} °C, raw"))
    rows.append(("frames", f"{health.frames_good} good, {health.frames_bad} bad"))
    rows.append(("resyncs", f"{health.resyncs}, {health.reconnects} reconnects"))
    if health.rate_hertz is not None:
        rows.append(("rate", f"{health.rate_hertz:.1f} a second, {health.bytes_in / 1000:.0f} KB"))
    if health.age_seconds is not None:
        rows.append(("last", f"{health.age_seconds:.1f} s ago"))
    if sight.emissivity is not None:
        rows.append(("emissivity", f"{sight.emissivity:.2f}"))
    words = {Fact.SERIAL: "serial no.", Fact.OFFSET: "offset", Fact.FACTOR: "factor"}
    rows += [(words.get(fact, fact.value), value) for fact, value in sight.facts]
    text = Text().append(f"{health.state.value.upper()}\n", style=_STYLES.get(health.state, "bold"))
    if health.reason:
        text.append(f"{health.reason}\n")
    for name, value in rows:
        text.append(f"{name:11}", style="dim").append(f"{value}\n")
    return text


def _others(sights: Sequence[Sight]) -> Panel:
    """Readers, relays, printer, camera: a line each, and the last reads by kind and length."""
    text = Text()
    for sight in sights:
        health = sight.health
        text.append(f"{sight.device:16} ").append(f"{health.state.value:12}", style=_STYLES.get(health.state, "bold"))
        text.append(f" {sight.what:14}")
        if sight.relays is not None:
            text.append(" ".join(f"{at}:{'ON' if on else 'off'}" for at, on in enumerate(sight.relays, 1)))
        elif health.frames_good or health.frames_bad:
            text.append(f"{health.frames_good} good, {health.frames_bad} bad")
        text.append("\n")
        for read in sight.reads[-_READS_SHOWN:]:
            size = f", {read.length} characters" if read.length else ""
            text.append(f"    {read.at:%H:%M:%S} {read.read}{size}\n")
        if health.reason:
            text.append(f"    {health.reason}\n", style="dim")
    text.rstrip()
    return Panel(text, title="further devices", title_align="left")


def picture(frame: ThermalFrame, face: FaceRegion | None, width: int, lines: int) -> Text:
    """A thermal picture in half blocks, with a box around the face and its warmest point marked.

    Args:
        frame: the picture.
        face: what was found in it.
        width: characters that it may take.
        lines: lines that it may take.
    """
    rows, columns = frame.celsius.shape
    scale = min(width / columns, 2 * lines / rows)
    scale = float(int(scale)) if scale >= 1 else max(scale, 2 / rows, 1 / columns)
    size = (max(1, int(columns * scale)), max(2, int(rows * scale) // 2 * 2))
    shrunk = cv2.resize(frame.celsius, size, interpolation=cv2.INTER_NEAREST if scale >= 1 else cv2.INTER_AREA)
    colours = colour(np.asarray(shrunk, np.float32))
    if face is not None:
        _mark(colours, face, size[1] / rows, size[0] / columns)
    text = Text()
    for upper, lower in zip(colours[::2], colours[1::2], strict=True):
        for above, under in zip(upper, lower, strict=True):
            text.append("▀", style=f"{_hex(above)} on {_hex(under)}")
        text.append("\n")
    text.rstrip()
    return text


def colour(celsius: NDArray[np.float32]) -> Colours:
    """Colours from dark to bright over the picture's own range, at least _LEAST_SPAN degrees wide."""
    low = float(celsius.min())
    span = max(_LEAST_SPAN, float(celsius.max()) - low)
    place = (celsius.astype(np.float64) - low) / span * (len(_STOPS) - 1)
    stops = np.arange(len(_STOPS))
    return np.stack([np.interp(place, stops, _STOPS[:, channel]) for channel in range(3)], axis=-1).astype(np.uint8)


def _mark(colours: Colours, face: FaceRegion, down: float, across: float) -> None:
    rows, columns = np.nonzero(face.mask)
    top, bottom = int(rows.min() * down), min(len(colours) - 1, int((rows.max() + 1) * down) - 1)
    left, right = int(columns.min() * across), min(colours.shape[1] - 1, int((columns.max() + 1) * across) - 1)
    colours[[top, bottom], left : right + 1] = _BOX
    colours[top : bottom + 1, [left, right]] = _BOX
    row, column = int((face.spot[0] + 0.5) * down), int((face.spot[1] + 0.5) * across)
    colours[min(row, len(colours) - 1), min(column, colours.shape[1] - 1)] = _SPOT


def _hex(value: NDArray[np.uint8]) -> str:
    return f"#{value[0]:02x}{value[1]:02x}{value[2]:02x}"
