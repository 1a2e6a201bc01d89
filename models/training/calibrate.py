"""Measures how far the reader's own certainty may be believed, on drawn documents that training did not see.

    python -m models.training.calibrate --documents 200

Prints, for single frames and for votes: how sure the reader was of each character against how often it was right; and
for each floor under the characters of a name, how many wrong names it would let pass and how many right ones it would
mark. `NAME_FLOOR` and the other floors of models/mrz_decode.py are chosen from this table.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from models.mrz_decode import confirmed_places
from models.mrz_interpret import ACCEPTED
from models.mrz_layout import LAYOUTS
from models.mrz_reader import MrzReader
from models.mrz_vote import MrzVote
from models.regions import MrzReading
from models.specimens.evaluation import clips

CALIBRATION_SEED = 7_001
"""Neither the seed of a training run nor that of the evaluation set."""
FLOORS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98)
_BINS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 1.0001)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One accepted reading against the truth."""

    sure: tuple[float, ...]
    """Of every character."""
    right: tuple[bool, ...]
    name_sure: float
    """Of the least certain character that no check digit covers."""
    name_right: bool
    checked_right: bool
    marked: bool
    """Some field was named unconfirmed."""


def outcome(reading: MrzReading, zone: tuple[str, ...]) -> Outcome | None:
    """The reading against the truth; None when it was not accepted."""
    if reading.state not in ACCEPTED or reading.format is None:
        return None
    if [len(line) for line in reading.lines] != [len(line) for line in zone]:
        return Outcome((), (), min(map(min, reading.confidences)), False, False, bool(reading.unconfirmed))
    covered = confirmed_places(LAYOUTS[reading.format])
    places = [(line, at) for line, text in enumerate(zone) for at in range(len(text))]
    sure = {(line, at): reading.confidences[line][at] for line, at in places}
    right = {(line, at): reading.lines[line][at] == zone[line][at] for line, at in places}
    free = [place for place in places if place not in covered]
    return Outcome(
        tuple(sure.values()),
        tuple(right.values()),
        min((sure[place] for place in free), default=1.0),
        all(right[place] for place in free),
        all(right[place] for place in covered),
        bool(reading.unconfirmed),
    )


def outcomes(reader: MrzReader, count: int, difficulty: str, seed: int) -> Iterator[tuple[str, Outcome]]:
    """Every accepted single frame, and every vote at the frame that settled it (or at the last)."""
    for clip in clips(count, seed, difficulty):
        vote, settled = MrzVote(), False
        for number, picture in enumerate(clip.frames, 1):
            frame = reader.look(picture)
            if single := outcome(frame.reading, clip.zone):
                yield "single", single
            fused = vote.add(frame)
            if not settled and (vote.settled or number == len(clip.frames)):
                settled = True
                if voted := outcome(fused, clip.zone):
                    yield "vote", voted


def table(kind: str, found: list[Outcome]) -> str:
    """The two tables for one kind of reading, as text."""
    wrong_checked = sum(not one.checked_right for one in found)
    lines = [
        f"{kind}: {len(found)} accepted, {wrong_checked} wrong in a checked field",
        "  sure            characters  right",
    ]
    sure = np.array([value for one in found for value in one.sure])
    right = np.array([value for one in found for value in one.right])
    for low, high in pairwise(_BINS):
        inside = (sure >= low) & (sure < high)
        if inside.any():
            lines.append(f"  {low:.3f} to {min(high, 1):.3f}  {inside.sum():10d}  {right[inside].mean():.4%}")
    lines.append("  floor  wrong names let pass  right names marked")
    for floor in FLOORS:
        passed = sum(one.name_sure >= floor and not one.name_right for one in found)
        marked = sum(one.name_sure < floor and one.name_right for one in found)
        shares = (f"{passed:6d} {passed / max(1, len(found)):.3%}", f"{marked:6d} {marked / max(1, len(found)):.2%}")
        lines.append(f"  {floor:.2f}   {shares[0]}        {shares[1]}")
    passed = sum(not one.marked and not one.name_right for one in found)
    marked = sum(one.marked and one.name_right for one in found)
    lines.append(f"  as shipped, all reasons to doubt included: {passed} wrong let pass, {marked} right marked")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m models.training.calibrate", description="measures the certainty")
    parser.add_argument("--documents", type=int, default=200, help="of each difficulty, five frames each")
    parser.add_argument("--seed", type=int, default=CALIBRATION_SEED)
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    reader = MrzReader.load()
    for difficulty in ("easy", "hard"):
        found = list(outcomes(reader, options.documents, difficulty, options.seed))
        for kind in ("single", "vote"):
            print(table(f"{difficulty} {kind}", [one for name, one in found if name == kind]), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
