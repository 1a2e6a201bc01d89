"""ESC/POS on a live line: questions, answers, resuming; and what a printer that is emulated understands.

The bytes of a slip itself are made by python-escpos (slip_bytes.py).

Sources: Epson's ESC/POS command reference as repeated in the manuals of makers of such printers (SNBC BT-UR056, Custom
TG02H, Metapace T-2, HPRT TP80K: GS v 0, GS r; Citizen CBM1000: list of commands). 8N1; 9600, 19200 or 115200 baud.

     ESC @                         start afresh                 1B 40
     ESC a n                       left, centre, right          1B 61 n
     GS v 0 m xL xH yL yH data     picture, one bit a dot, rows of whole bytes, first dot the highest bit
     ESC d n                       feed n lines                 1B 64 n
     GS V 66 n                     feed and cut                 1D 56 42 n
     GS r 1                        -> one byte once everything before it is done; bits 2-3 paper end, 0-1 near end
     DLE EOT n                     -> one byte at once; 1 printer, 2 why offline, 4 paper roll

An answer to GS r has bits 4 and 7 clear; one to DLE EOT has bits 1 and 4 set and 0 and 7 clear: they can be told apart.
"""

from dataclasses import dataclass
from enum import IntEnum

from drivers.actuators.outcome import ActuatorProfile

PROFILE = ActuatorProfile(protocol="escpos", baud=115_200, bauds=(9_600, 19_200, 38_400, 57_600, 115_200))

DOTS_80_MM = 576
"""Dots across on 80 mm paper at 203 dpi."""
DOTS_58_MM = 384
STRIP_ROWS = 24
"""Rows of one picture command: 1.7 KB on 80 mm paper, less than the smallest common buffer of 4 KB."""

START = b"\x1b@"
CUT = b"\x1dVB\x00"
ASK_DONE = b"\x1dr\x01"


class Align(IntEnum):
    """Where a line or a picture stands."""

    LEFT = 0
    CENTRE = 1
    RIGHT = 2


class About(IntEnum):
    """What DLE EOT asks about."""

    PRINTER = 1
    OFFLINE = 2
    ROLL = 4


def ask(about: About) -> bytes:
    """Command: answer at once, even when the printer is busy or out of paper."""
    return b"\x10\x04" + bytes((about,))


def recover() -> bytes:
    """What to send after a slip that was torn: fill the picture that was cut short, and cut the half slip off."""
    return bytes(STRIP_ROWS * (DOTS_80_MM // 8)) + START + CUT


@dataclass(frozen=True, slots=True)
class PrinterState:
    """What a printer says of itself."""

    offline: bool = False
    cover_open: bool = False
    paper_end: bool = False
    paper_near_end: bool = False
    error: bool = False


def is_done_answer(byte: int) -> bool:
    """Whether this byte answers GS r 1."""
    return not byte & 0x90


def is_state_answer(byte: int) -> bool:
    """Whether this byte answers DLE EOT."""
    return byte & 0x93 == 0x12


def state_bytes(state: PrinterState) -> dict[About, int]:
    """The printer's answers to DLE EOT."""
    return {
        About.PRINTER: 0x12 | state.offline << 3,
        About.OFFLINE: 0x12 | state.cover_open << 2 | state.paper_end << 5 | state.error << 6,
        About.ROLL: 0x12 | 0x0C * state.paper_near_end | 0x60 * state.paper_end,
    }


def parse_state(answers: dict[About, int]) -> PrinterState:
    """What the answers to DLE EOT say; those that did not come count as nothing wrong."""
    printer, why, roll = (answers.get(about, 0) for about in About)
    return PrinterState(
        offline=bool(printer & 0x08),
        cover_open=bool(why & 0x04),
        paper_end=bool(why & 0x20 or roll & 0x60),
        paper_near_end=bool(roll & 0x0C),
        error=bool(why & 0x40),
    )


def done_byte(state: PrinterState) -> int:
    """The printer's answer to GS r 1."""
    return 0x03 * state.paper_near_end | 0x0C * state.paper_end


@dataclass(frozen=True, slots=True)
class Order:
    """One thing that a printer understands; `name` is its letters, such as "GS v"."""

    name: str
    number: int = 0
    data: bytes = b""
    columns: int = 0
    """Of a picture, in dots."""


_ONE_BYTE = {
    b"\x1ba": "ESC a",
    b"\x1bE": "ESC E",
    b"\x1d!": "GS !",
    b"\x1bt": "ESC t",
    b"\x1bd": "ESC d",
    b"\x1dr": "GS r",
    b"\x10\x04": "DLE EOT",
    b"\x1b3": "ESC 3",
    b"\x1b!": "ESC !",
    b"\x1bJ": "ESC J",
}
_NO_BYTE = {b"\x1b@": "ESC @", b"\x1b2": "ESC 2"}


def feed_orders(buffer: bytes) -> tuple[tuple[Order, ...], bytes]:
    """The printer's side of the wire: whole orders in a buffer, and the rest.

    Bytes that are no command are text: an order named "text" for each run, "line" for each line feed.
    """
    orders: list[Order] = []
    at = 0
    while at < len(buffer):
        found = _order(buffer, at)
        if found is None:
            return tuple(orders), buffer[at:]
        order, at = found
        if order is not None:
            orders.append(order)
    return tuple(orders), b""


def _order(buffer: bytes, at: int) -> tuple[Order | None, int] | None:
    """The order at a place and where it ends; None: it is not complete yet."""
    first = buffer[at]
    if first == 0x0A:
        return Order("line"), at + 1
    if first not in b"\x1b\x1d\x10":
        end = at
        while end < len(buffer) and buffer[end] not in b"\n\x1b\x1d\x10":
            end += 1
        # NUL is no character and prints nothing.
        data = buffer[at:end].replace(b"\x00", b"")
        return Order("text", data=data) if data else None, end
    head = buffer[at : at + 2]
    if len(head) < 2:
        return None
    if head in _NO_BYTE:
        return Order(_NO_BYTE[head]), at + 2
    if len(buffer) - at < 3:
        return None
    if head in _ONE_BYTE:
        return Order(_ONE_BYTE[head], buffer[at + 2]), at + 3
    if head == b"\x1dV":
        mode = buffer[at + 2]
        length = 4 if mode in (65, 66) else 3
        return None if len(buffer) - at < length else (Order("GS V", mode), at + length)
    if head == b"\x1dv":
        if len(buffer) - at < 8:
            return None
        across = int.from_bytes(buffer[at + 4 : at + 6], "little")
        end = at + 8 + across * int.from_bytes(buffer[at + 6 : at + 8], "little")
        return None if len(buffer) < end else (Order("GS v", buffer[at + 3], buffer[at + 8 : end], across * 8), end)
    return None, at + 1
