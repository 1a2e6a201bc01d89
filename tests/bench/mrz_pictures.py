"""The shared pictures of documents, split by document. They lie beside the repository, never in it."""

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from models.images import decode_picture

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data" / "mrz"
TRAINEDDATA = ROOT.parent / "shared" / "data" / "peers"
HALVES = ("held", "development")
Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Specimen:
    """One picture of the shared data."""

    path: Path
    truth: tuple[str, ...]
    good: bool
    negative: bool
    half: str
    medium: str
    """scan, screenshot, photo or negative."""

    @property
    def kind(self) -> str:
        """good, defective (printed with wrong check digits) or negative (no zone)."""
        return "negative" if self.negative else "good" if self.good else "defective"

    def picture(self) -> Picture:
        """The picture, BGR."""
        return decode_picture(self.path.read_bytes())


def specimens() -> list[Specimen]:
    """The shared pictures, empty when they are not there.

    Halves are split by the text of the zone, so that all pictures of one document are on one side.
    """
    manifest = SHARED / "MANIFEST.csv"
    if not manifest.exists():
        return []
    with manifest.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = []
    for row in rows:
        half = "held" if hashlib.sha256(row["mrz"].encode()).digest()[0] & 1 else "development"
        truth = tuple(row["mrz"].split("|")) if row["mrz"] else ()
        good = "check digits OK" in row["truth"]
        found.append(Specimen(SHARED / row["file"], truth, good, row["kind"] == "negative", half, row["kind"]))
    return found


def pages(half: str) -> list[tuple[str, Picture, tuple[str, ...]]]:
    """Good specimens of one half as (medium and number, picture, zone), to be held before a drawn camera.

    Photographs are left out: they show more than a page.
    """
    chosen = [s for s in specimens() if s.good and s.half == half and s.medium != "photo"]
    return [(f"{s.medium} {number}", s.picture(), s.truth) for number, s in enumerate(chosen)]


def keep(frame: Picture, path: Path) -> Path:
    """Writes a frame for other programs; BMP, because unpacking it costs them nothing."""
    cv2.imwrite(str(path), frame)
    return path
