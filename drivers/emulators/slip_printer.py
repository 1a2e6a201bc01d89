"""A slip printer without the hardware: a pseudo-terminal that draws what it was told to print."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from drivers.actuators import escpos
from drivers.actuators.escpos import Align, Order, PrinterState
from drivers.emulators.serial_device import SerialDevice

_LINE_DOTS = 30
_LETTER_DOTS = 24


class Paper:
    """What comes out of the printer: a picture, black on white, that grows downwards.

    Args:
        columns: dots across.
        font: the printer's own letters, a file; None: text is only kept as bytes, and drawn as nothing.
    """

    def __init__(self, columns: int = escpos.DOTS_80_MM, font: Path | None = None) -> None:
        self._columns = columns
        self._font = font
        self.slips: list[Image.Image] = []
        """Whole slips, cut off; mode "1"."""
        self.texts: list[bytes] = []
        """The lines that were printed as text."""
        self.start()

    def start(self) -> None:
        """A new slip begins."""
        self._rows: list[np.ndarray[tuple[int, int], np.dtype[np.bool_]]] = []
        self._line = b""
        self._align, self._width, self._height = Align.LEFT, 1, 1

    @property
    def height(self) -> int:
        """Rows of dots on the slip that has not been cut off yet."""
        return sum(len(rows) for rows in self._rows)

    def obey(self, order: Order) -> None:
        """Print, feed or cut."""
        match order.name:
            case "ESC @":
                self._align, self._width, self._height, self._line = Align.LEFT, 1, 1, b""
            case "ESC a":
                self._align = Align(order.number % 3)
            case "GS !":
                self._width, self._height = (order.number >> 4) + 1, (order.number & 15) + 1
            case "text":
                self._line += order.data
            case "line":
                self._print_line()
            case "ESC d":
                self._feed(order.number * _LINE_DOTS)
            case "GS v":
                self._print_picture(order)
            case "GS V":
                self._cut()

    def _feed(self, rows: int) -> None:
        self._rows.append(np.zeros((rows, self._columns), np.bool_))

    def _print_line(self) -> None:
        self.texts.append(self._line)
        high = _LINE_DOTS * self._height
        paper = Image.new("1", (self._columns, high), 0)
        if self._font is not None and self._line:
            letters = ImageFont.truetype(str(self._font), _LETTER_DOTS * self._height)
            text = self._line.decode("tis-620", "replace")
            left = max(0.0, (self._columns - letters.getlength(text)) * self._align / 2)
            ImageDraw.Draw(paper).text((left, high * 0.75), text, font=letters, fill=1, anchor="ls")
        self._rows.append(np.asarray(paper, np.bool_))
        self._line = b""

    def _print_picture(self, order: Order) -> None:
        dots = np.unpackbits(np.frombuffer(order.data, np.uint8)).astype(np.bool_).reshape(-1, order.columns)
        wide, high = 1 + (order.number & 1), 1 + (order.number >> 1 & 1)
        dots = dots.repeat(high, 0).repeat(wide, 1)[:, : self._columns]
        left = (self._columns - dots.shape[1]) * self._align // 2
        rows = np.zeros((len(dots), self._columns), np.bool_)
        rows[:, left : left + dots.shape[1]] = dots
        self._rows.append(rows)

    def _cut(self) -> None:
        whole = np.concatenate(self._rows) if self._rows else np.zeros((1, self._columns), np.bool_)
        self.slips.append(Image.fromarray(~whole))
        self.start()


class SlipPrinterEmulator(SerialDevice):
    """A printer on a cable.

    Args:
        baud: of its line.
        columns: dots across.
        font: the printer's own letters, a file.
        answers: False for a printer whose sending line is not connected.
    """

    def __init__(
        self,
        baud: int = 115_200,
        columns: int = escpos.DOTS_80_MM,
        font: Path | None = None,
        answers: bool = True,
    ) -> None:
        super().__init__("printer", baud)
        self.paper = Paper(columns, font)
        self.state = PrinterState()
        """Set it to open the cover or take the paper out."""
        self.answers = answers
        """Set it when another printer is put on the cable."""
        self._incoming = b""
        self.out_of_paper_after: int | None = None
        """So many picture strips from now the roll ends."""
        self.own_power = False
        """A pulled cable does not switch it off: it waits for the rest of what it was being told."""

    def power_on(self) -> None:
        """What was not printed yet is gone."""
        if not self.own_power:
            self._incoming = b""
            self.paper.start()

    def hear(self, data: bytes) -> bytes:
        """Orders; questions are answered."""
        orders, self._incoming = escpos.feed_orders(self._incoming + data)
        answers = b"".join(self._done(order) for order in orders)
        return answers if self.answers else b""

    def _done(self, order: Order) -> bytes:
        if order.name == "DLE EOT":
            byte = escpos.state_bytes(self.state).get(escpos.About(order.number)) if order.number in (1, 2, 4) else None
            return b"" if byte is None else bytes((byte,))
        if self.state.paper_end or self.state.cover_open:
            # Stopped: it takes bytes until its buffer is full and does nothing with them.
            return b""
        if order.name == "GS r":
            return bytes((escpos.done_byte(self.state),))
        self.paper.obey(order)
        if order.name == "GS v" and self.out_of_paper_after is not None:
            self.out_of_paper_after -= 1
            if self.out_of_paper_after <= 0:
                self.state, self.out_of_paper_after = PrinterState(paper_end=True, offline=True), None
        return b""
