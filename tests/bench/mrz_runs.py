"""Our reader over drawn clips, shared pictures and scenes without a zone: counts by kind, CPU time of each frame."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from mrz_counts import ACCEPTED, Tally, Times, bound, layout_of, share
from mrz_gallery import Gallery
from mrz_pictures import Picture, Specimen

from models.mrz_checks import failed_checks
from models.mrz_reader import MrzReader
from models.mrz_vote import MrzFrame, MrzVote
from models.regions import ReadState
from models.specimens.evaluation import Clip

NOT_DONE = "not done"
_FRAME = (720, 1280)


def timed(reader: MrzReader, image: Picture, *, still: bool = False) -> tuple[MrzFrame, float]:
    """What the reader sees, and its CPU milliseconds."""
    started = time.thread_time()
    frame = reader.look(image, still=still)
    return frame, (time.thread_time() - started) * 1000


@dataclass(slots=True)
class ClipCounts:
    """Clips of one kind."""

    frames: Tally = field(default_factory=Tally)
    votes: Tally = field(default_factory=Tally)
    """All frames of a clip fused."""
    done: Tally = field(default_factory=Tally)
    """What a lane believes: the vote at the frame where it first says that it is settled."""
    done_after: dict[str, int] = field(default_factory=dict)
    times: Times = field(default_factory=Times)
    """Of frames of the budgeted size only."""

    def plus(self, other: "ClipCounts") -> "ClipCounts":
        """Both together."""
        after = {key: self.done_after.get(key, 0) + other.done_after.get(key, 0) for key in _AFTER}
        return ClipCounts(
            self.frames.plus(other.frames),
            self.votes.plus(other.votes),
            self.done.plus(other.done),
            after,
            Times(self.times.values + other.times.values),
        )

    def figures(self) -> dict[str, Any]:
        """For the table."""
        return {
            "frames": self.frames.figures(),
            "votes": self.votes.figures(),
            "done": self.done.figures(),
            "done_after": {key: self.done_after.get(key, 0) for key in _AFTER},
            "cpu": self.times.figures(),
        }


_AFTER = ("1", "2", "3", "4", "5", NOT_DONE)


def read_clip(reader: MrzReader, clip: Clip, counts: ClipCounts, gallery: Gallery | None) -> None:
    """Reads one clip frame by frame, as a lane would, to its end."""
    vote, settled = MrzVote(), 0
    for number, image in enumerate(clip.frames, 1):
        frame, milliseconds = timed(reader, image)
        if image.shape[:2] == _FRAME:
            counts.times.values.append(milliseconds)
        exact = counts.frames.add(frame.reading, clip.zone)
        if gallery and not exact:
            gallery.add(clip.kind, image, frame.reading, clip.zone)
        fused = vote.add(frame)
        if vote.settled and not settled:
            settled = number
            counts.done.add(fused, clip.zone)
    key = str(settled) if settled else NOT_DONE
    counts.done_after[key] = counts.done_after.get(key, 0) + 1
    exact = counts.votes.add(fused, clip.zone)
    if gallery and not exact:
        gallery.add(f"{clip.kind}, vote of {len(clip.frames)}", clip.frames[-1], fused, clip.zone)


def clip_figures(
    reader: MrzReader, clips: Iterable[Clip], gallery: Gallery | None
) -> tuple[dict[str, Any], ClipCounts]:
    """All clips together and by kind; the counts as well."""
    kinds: dict[str, ClipCounts] = {}
    for clip in clips:
        read_clip(reader, clip, kinds.setdefault(clip.kind, ClipCounts()), gallery)
    total = ClipCounts()
    for counts in kinds.values():
        total = total.plus(counts)
    return total.figures() | {"by_kind": {kind: counts.figures() for kind, counts in kinds.items()}}, total


def empty_figures(
    reader: MrzReader, scenes: Iterable[tuple[str, Picture]], gallery: Gallery | None
) -> tuple[dict[str, Any], Times]:
    """Frames without a zone: how many were taken for one."""
    kinds: dict[str, tuple[list[int], Times]] = {}
    for kind, image in scenes:
        frame, milliseconds = timed(reader, image)
        accepted, times = kinds.setdefault(kind, ([], Times()))
        accepted.append(frame.reading.state in ACCEPTED)
        times.values.append(milliseconds)
        if gallery and accepted[-1]:
            gallery.add(f"{kind}, no zone", image, frame.reading, ())
    count, believed = sum(len(a) for a, _ in kinds.values()), sum(sum(a) for a, _ in kinds.values())
    times = Times([value for _, mine in kinds.values() for value in mine.values])
    figures = {"frames": count, "accepted": believed, "bound": bound(believed, count), "cpu": times.figures()}
    by_kind = {
        kind: {"frames": len(accepted), "accepted": sum(accepted), "cpu": mine.figures()}
        for kind, (accepted, mine) in kinds.items()
    }
    return figures | {"by_kind": by_kind}, times


def specimen_figures(reader: MrzReader, specimens: list[Specimen]) -> dict[str, Any]:
    """The shared pictures as single pictures: good ones by half and medium, defective ones, those without a zone."""
    tallies: dict[str, Tally] = {}
    media: dict[str, Tally] = {}
    documents: dict[str, dict[tuple[str, ...], bool]] = {}
    times = Times()
    defective = dict.fromkeys(("pictures", "exact", "accepted", "failed_named", "failed_named_exactly"), 0)
    negatives = {"pictures": 0, "accepted": 0}
    for specimen in specimens:
        frame, milliseconds = timed(reader, specimen.picture(), still=True)
        times.values.append(milliseconds)
        accepted = frame.reading.state in ACCEPTED
        if specimen.negative:
            negatives["pictures"] += 1
            negatives["accepted"] += accepted
        elif specimen.good:
            exact = tallies.setdefault(specimen.half, Tally()).add(frame.reading, specimen.truth)
            media.setdefault(specimen.medium, Tally()).add(frame.reading, specimen.truth)
            known = documents.setdefault(specimen.half, {})
            known[specimen.truth] = known.get(specimen.truth, True) and exact
        else:
            named, all_named = _named(frame, specimen.truth)
            defective["pictures"] += 1
            defective["exact"] += frame.reading.lines == specimen.truth
            defective["accepted"] += accepted
            defective["failed_named"] += named
            defective["failed_named_exactly"] += all_named
    halves = {half: tally.figures() | _by_document(documents[half]) for half, tally in tallies.items()}
    return halves | {
        "by_medium": {medium: tally.figures() for medium, tally in media.items()},
        "defective": defective,
        "negatives": negatives | {"bound": bound(negatives["accepted"], negatives["pictures"])},
        "cpu": times.figures(),
    }


def _by_document(documents: dict[tuple[str, ...], bool]) -> dict[str, Any]:
    """A document counts as read when every picture of it is."""
    right = sum(documents.values())
    return {"documents": len(documents), "documents_exact": right, "document_rate": share(right, len(documents))}


def _named(frame: MrzFrame, truth: tuple[str, ...]) -> tuple[bool, bool]:
    """Whether a defective zone failed with a check digit named that truly does not hold; and with just those."""
    reading = frame.reading
    if reading.state is not ReadState.FAILED or [len(x) for x in reading.lines] != [len(x) for x in truth]:
        return False, False
    wanted, told = (set(failed_checks(layout_of(truth), lines)) for lines in (truth, reading.lines))
    return bool(wanted & told), wanted == told
