"""Keeps drawn pictures that were not read right, for people to look at: each picture, and one contact sheet."""

from pathlib import Path

import cv2
import numpy as np
from mrz_pictures import Picture

from models.images import straighten
from models.regions import MrzReading

_CELL = (640, 360)
_STRIP, _LINE = 64, 20
_FONT = cv2.FONT_HERSHEY_SIMPLEX


class Gallery:
    """Failures in a folder. Only drawn pictures go in: the specimens of others are not copied."""

    def __init__(self, folder: Path, most: int = 24, most_of_a_kind: int = 2) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._most, self._most_of_a_kind = folder, most, most_of_a_kind
        self._kinds: dict[str, int] = {}
        self._cells: list[Picture] = []

    def add(self, kind: str, image: Picture, reading: MrzReading, truth: tuple[str, ...]) -> None:
        """Keeps one failure, unless enough of its kind or enough in all are kept."""
        number = self._kinds.get(kind, 0)
        if len(self._cells) >= self._most or number >= self._most_of_a_kind:
            return
        self._kinds[kind] = number + 1
        name = "".join(c if c.isalnum() else "-" for c in f"{kind} {number + 1}".lower())
        cv2.imwrite(str(self._folder / f"{name}.jpg"), image, [cv2.IMWRITE_JPEG_QUALITY, 92])
        self._cells.append(_cell(kind, image, reading, truth))

    def close(self, columns: int = 3) -> Path | None:
        """Writes the contact sheet; None when there was nothing to keep."""
        if not self._cells:
            return None
        cells = [*self._cells, *[np.full_like(self._cells[0], 255)] * (-len(self._cells) % columns)]
        rows = [np.hstack(cells[at : at + columns]) for at in range(0, len(cells), columns)]
        path = self._folder / "sheet.jpg"
        cv2.imwrite(str(path), np.vstack(rows), [cv2.IMWRITE_JPEG_QUALITY, 88])
        return path


def _cell(kind: str, image: Picture, reading: MrzReading, truth: tuple[str, ...]) -> Picture:
    """The picture, the zone as it was found, what is printed and what was read; differences are red."""
    width, height = _CELL
    cell = np.full((height + _STRIP + 8 * _LINE, width, 3), 255, np.uint8)
    cell[:height] = cv2.resize(image, _CELL, interpolation=cv2.INTER_AREA)
    if reading.quad:
        cell[height : height + _STRIP] = straighten(image, reading.quad, width, _STRIP)
    y = height + _STRIP + _LINE - 4
    state = reading.state.value + (f", advice {reading.guidance.value}" if reading.guidance else "")
    marked = f", unconfirmed {' '.join(reading.unconfirmed)}" if reading.unconfirmed else ""
    cv2.putText(cell, f"{kind}: {state}{marked}"[:90], (4, y), _FONT, 0.42, (0, 0, 0), 1, cv2.LINE_AA)
    for lines, other in ((truth, truth), (reading.lines, truth)):
        for number, line in enumerate(lines):
            y += _LINE
            printed = other[number] if number < len(other) else ""
            _write(cell, line, printed, y)
    return cell


def _write(cell: Picture, line: str, printed: str, y: int) -> None:
    for at, character in enumerate(line):
        same = at < len(printed) and printed[at] == character and len(printed) == len(line)
        colour = (40, 40, 40) if same else (0, 0, 220)
        cv2.putText(cell, character, (4 + 14 * at, y), _FONT, 0.45, colour, 1, cv2.LINE_AA)
