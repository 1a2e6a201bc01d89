"""How right and how fast the passport reader is, and the other readers beside it. Run: `./daan bench mrz --peers`.

Figures on drawn documents come from `EVALUATION_SEED`, which neither training nor tuning has used. The pictures of
`../shared/data/mrz`, when they are there, are split by document; their held half has been looked at once before.
CPU time is of one thread; a count of zero errors comes with its 95 % upper bound.
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
from mrz_gallery import Gallery
from mrz_peers import READERS, Task, compare, measure, progress
from mrz_pictures import HALVES, keep, pages, specimens
from mrz_runs import ClipCounts, clip_figures, empty_figures, specimen_figures
from mrz_same_value import same_value_figures
from mrz_table import table

from models.mrz_reader import MrzReader
from models.specimens.evaluation import EVALUATION_SEED, Clip, clips, condition_clips, negatives, specimen_clips

__all__ = ["run", "table"]

_LEVELS = ("easy", "hard")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of each."""

    easy: int
    hard: int
    conditions: int
    """Clips under one condition each, the thirty in rotation."""
    negatives: int
    changes: int
    rounds: int
    """How often each shared page is held before the camera at each level."""


QUICK = Counts(12, 36, 30, 120, 30, 1)
FULL = Counts(180, 420, 360, 1200, 240, 2)


def run(
    *,
    peers: bool = False,
    full: bool = False,
    peer_frames: int = 30,
    gallery: Path | None = None,
    seed: int = EVALUATION_SEED,
) -> dict[str, Any]:
    """All figures.

    Args:
        peers: the other readers too, on the shared pictures and on some frames; implies `full`.
        full: as many drawn documents as the limits ask for.
        peer_frames: how many drawn frames every peer reads.
        gallery: a folder for drawn pictures that were not read right.
        seed: of everything drawn. Whoever tunes, or looks at a gallery in order to, gives another than the default.
    """
    cv2.setNumThreads(1)
    reader, full = MrzReader.load(), full or peers
    counts = FULL if full else QUICK
    kept = Gallery(gallery) if gallery else None
    result, total = _before_the_camera(reader, counts, seed, kept)
    progress(f"{counts.negatives} frames without a zone")
    result["negatives"], empty = empty_figures(reader, negatives(counts.negatives, seed), kept)
    if full:
        result["negatives"]["full_count"] = result["negatives"]["frames"]
    shared = specimens()
    progress(f"{len(shared)} shared pictures, {counts.changes} pages with a changed character")
    result["specimens"] = specimen_figures(reader, shared) if shared else None
    result["same_value"] = same_value_figures(reader, counts.changes, seed)
    result["wrong"] = {name: getattr(total, name).figures() for name in ("frames", "votes", "done")}
    result["cost"] = {"document": total.times.figures(), "empty": empty.figures()}
    with tempfile.TemporaryDirectory(prefix="daan-bench-") as folder:
        frames = _frames(peer_frames if peers else 6, seed, Path(folder))
        ours = measure(READERS[0], frames)
        if "unavailable" in ours:
            raise SystemExit(f"our own reader cannot be measured: {ours['unavailable']}")
        result["resident_mb"] = ours["peak_mb"]
        if peers:
            result["peers"] = compare({"pictures": _pictures(), "frames": frames} if shared else {"frames": frames})
    if kept:
        kept.close()
    return result | {"full": full, "seed": seed}


def _before_the_camera(
    reader: MrzReader, counts: Counts, seed: int, kept: Gallery | None
) -> tuple[dict[str, Any], ClipCounts]:
    """Drawn documents, and shared pages held before the same camera; all counts together as well."""
    total = ClipCounts()
    result: dict[str, Any] = {"clips": {}, "page_clips": {}}
    drawn = {level: clips(getattr(counts, level), seed, level) for level in _LEVELS}
    drawn["conditions"] = condition_clips(counts.conditions, seed)
    for name, films in drawn.items():
        progress(f"{getattr(counts, name)} clips, {name}")
        result["clips"][name], sums = clip_figures(reader, films, kept)
        total = total.plus(sums)
    for half in HALVES:
        for level in _LEVELS:
            progress(f"clips of shared pages, {half} half, {level}")
            held, sums = clip_figures(reader, _page_clips(half, level, counts.rounds, seed), None)
            if sums.votes.read:
                result["page_clips"].setdefault(half, {})[level] = held
                total = total.plus(sums)
    return result, total


def _page_clips(half: str, level: str, rounds: int, seed: int) -> Iterator[Clip]:
    """Good shared pages of one half before the camera; the row of the table is the medium, not the picture.

    Pages narrower than the level's are left out: no camera sees a page enlarged from fewer pixels.
    """
    held = pages(half)
    for number in range(rounds):
        for clip in specimen_clips(held, seed + number, level):
            yield replace(clip, kind=f"{clip.kind.split()[0]} {level}")


def _frames(count: int, seed: int, folder: Path) -> list[Task]:
    """The middle frame of so many drawn clips, half of them easy, written for programs to read."""
    tasks = []
    for level in _LEVELS:
        for index, clip in enumerate(clips(-(-count // 2), seed, level, frames=3)):
            path = keep(clip.frames[1], folder / f"{level}{index}.bmp")
            tasks.append(Task(path, clip.zone, still=False))
    return tasks


def _pictures() -> Sequence[Task]:
    return [Task(s.path, s.truth, still=True, good=s.good) for s in specimens()]


if __name__ == "__main__":
    print(table(run(full="--full" in sys.argv)))
