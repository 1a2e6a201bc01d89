"""How fast and how right the passport reader is. Run: `python tests/bench/bench_mrz.py`, or `./daan bench mrz`.

Frames are drawn: a data page with a zone, as a 1280x720 camera would see it, five frames a clip. The pictures of
`../shared/data/mrz`, when they are there, are split by document into a development and a held half.
"""

import csv
import hashlib
import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from models.images import decode_picture
from models.mrz_checks import checked_places
from models.mrz_layout import ALPHABET, LAYOUTS
from models.mrz_reader import MrzReader
from models.mrz_vote import MrzVote
from models.regions import MrzFormat, MrzReading, ReadState
from models.specimens.mrz_degrade import backdrop_bank
from models.specimens.mrz_lines import CAP, PITCH, ROWS, find_fonts, glyphs
from models.specimens.mrz_text import random_zone

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data" / "mrz"
SIZE = (1280, 720)
ACCEPTED = (ReadState.CLEAN, ReadState.CORRECTED)
_COUNTED = ("pictures", "exact", "accepted", "wrong_accepted", "wrong_accepted_in_checked_fields")
Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Specimen:
    """One picture of the shared data."""

    path: Path
    truth: tuple[str, ...]
    good: bool
    negative: bool
    half: str


def specimens() -> list[Specimen]:
    """The shared pictures, empty when they are not there. Halves are split by the text of the zone."""
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
        found.append(Specimen(SHARED / row["file"], truth, good, row["kind"] == "negative", half))
    return found


class PageArtist:
    """Draws data pages and camera frames of them."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._sheets = [glyphs(path) for path in find_fonts()[0]]
        self._bank = backdrop_bank(np.random.default_rng(seed + 1), count=12, shape=(720, 1200))

    def page(self, zone: tuple[str, ...]) -> Picture:
        """A data page, about 9 pixels a millimetre, (780, 1120) BGR."""
        rng = self._rng
        card = len(zone) == 3
        height, width = 780, 1120
        paper = np.full((height, width), float(rng.uniform(190, 240)), np.float32)
        paper[:720] += 14 * cv2.resize(self._bank[int(rng.integers(len(self._bank)))], (width, 720))
        pitch = (0.885 if card else 0.9 if len(zone[0]) == 44 else 0.82) * width / len(zone[0])
        left = 0.05 * width
        sheet = self._sheets[int(rng.integers(len(self._sheets)))]
        scale = pitch / PITCH
        step = (0.083 if card else 0.057) * pitch * len(zone[0])
        for index, line in enumerate(zone):
            ink = np.zeros((ROWS, (len(line) + 1) * PITCH), np.float32)
            for place, character in enumerate(line):
                area = ink[:, place * PITCH : (place + 2) * PITCH]
                np.maximum(area, sheet[ALPHABET.index(character)], out=area)
            ink = cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            middle = height - 60 - CAP * scale / 2 - (len(zone) - 1 - index) * step
            top, start = round(middle - ink.shape[0] / 2), round(left - pitch / 2)
            area = paper[top : top + ink.shape[0], start : start + ink.shape[1]]
            ink = ink[: area.shape[0]]
            area -= ink * (area - 40)
        picture = cv2.cvtColor(np.clip(paper, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)
        self._visual_zone(picture, height - 60 - round(len(zone) * step) - 30)
        return np.asarray(picture, np.uint8)

    def _visual_zone(self, picture: Picture, bottom: int) -> None:
        rng = self._rng
        face = rng.normal(120, 50, (8, 6, 3)).astype(np.float32)
        photo = cv2.resize(np.clip(face, 0, 255).astype(np.uint8), (300, min(400, bottom - 60)))
        picture[40 : 40 + photo.shape[0], 50:350] = photo
        for y in range(60, bottom - 20, 62):
            word = "".join(rng.choice(list(ALPHABET[10:36]), size=int(rng.integers(4, 18))))
            cv2.putText(picture, word.title(), (400, y), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (90, 90, 90), 1, cv2.LINE_AA)
            cv2.putText(picture, word, (400, y + 26), cv2.FONT_HERSHEY_DUPLEX, 0.75, (40, 40, 40), 1, cv2.LINE_AA)

    def scene(self) -> Picture:
        """What a camera sees with nobody's document in front of it: shapes, a face-like blob, printed signs."""
        rng = self._rng
        low = rng.normal(110, 45, (6, 9, 3)).astype(np.float32)
        scene = cv2.resize(np.clip(low, 0, 255).astype(np.uint8), SIZE, interpolation=cv2.INTER_CUBIC)
        for _ in range(int(rng.integers(2, 8))):
            corner = (int(rng.integers(0, 1280)), int(rng.integers(0, 720)))
            other = (int(rng.integers(0, 1280)), int(rng.integers(0, 720)))
            cv2.rectangle(
                scene, corner, other, tuple(int(c) for c in rng.integers(20, 235, 3)), int(rng.choice([-1, 3]))
            )
        for _ in range(int(rng.integers(0, 9))):
            word = "".join(rng.choice(list("abcdefghij klmnop rstuvw"), size=int(rng.integers(6, 60))))
            at = (int(rng.integers(0, 700)), int(rng.integers(20, 700)))
            cv2.putText(
                scene, word, at, cv2.FONT_HERSHEY_SIMPLEX, float(rng.uniform(0.4, 1.2)), (15, 15, 15), 1, cv2.LINE_AA
            )
        noise = rng.normal(0, 4, scene.shape)
        return np.asarray(np.clip(scene + noise, 0, 255), np.uint8)

    def prose(self) -> Picture:
        """A sheet of closely printed text, which is no zone."""
        rng = self._rng
        page = np.full((780, 1120, 3), int(rng.integers(200, 250)), np.uint8)
        size, step = float(rng.uniform(0.45, 0.8)), int(rng.integers(24, 44))
        letters = list("abcdefghijklmnopqrstuvwxyz  eeaa" if rng.random() < 0.5 else ALPHABET + "<<  ")
        for y in range(40, 760, step):
            words = "".join(rng.choice(letters, size=90 if rng.random() < 0.8 else 30))
            cv2.putText(page, words, (40, y), cv2.FONT_HERSHEY_SIMPLEX, size, (30, 30, 30), 1, cv2.LINE_AA)
        page[:, 1080:] = page[0, 0]
        return self.frame(page, hard=False)

    def frame(self, page: Picture, *, hard: bool) -> Picture:
        """The page held before a camera: easy is 620 to 1120 pixels wide, hard 480 to 820 and shakier."""
        rng = self._rng
        wide = float(rng.uniform(480, 820) if hard else rng.uniform(620, 1120))
        tall = wide * page.shape[0] / page.shape[1]
        angle = np.radians(rng.normal(0, 8 if hard else 4) / 2)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        box = np.array([(-wide, -tall), (wide, -tall), (wide, tall), (-wide, tall)]) / 2 @ turn.T
        box += rng.normal(0, (0.012 if hard else 0.006) * wide, (4, 2))
        room = np.maximum(0, np.array(SIZE) / 2 - np.abs(box).max(axis=0))
        box += np.array(SIZE) / 2 + rng.uniform(-1, 1, 2) * room
        corners = np.array([(0, 0), (1120, 0), (1120, 780), (0, 780)], np.float32)
        matrix = cv2.getPerspectiveTransform(corners, box.astype(np.float32))
        soft = cv2.GaussianBlur(page, (0, 0), max(0.3, 0.4 * 1120 / wide))
        scene = self.scene()
        cv2.warpPerspective(soft, matrix, SIZE, dst=scene, borderMode=cv2.BORDER_TRANSPARENT)
        return self._camera(scene, hard)

    def _camera(self, scene: Picture, hard: bool) -> Picture:
        rng = self._rng
        shot = cv2.GaussianBlur(scene, (0, 0), float(rng.uniform(0.4, 1.5 if hard else 0.9)))
        length = float(rng.uniform(0, 6 if hard else 4))
        if length > 1:
            kernel = np.zeros((15, 15), np.float32)
            angle = float(rng.uniform(0, np.pi))
            for share in np.linspace(-0.5, 0.5, 31):
                kernel[round(7 + share * length * np.sin(angle)), round(7 + share * length * np.cos(angle))] += 1
            shot = cv2.filter2D(shot, -1, kernel / kernel.sum())
        light = shot.astype(np.float32)
        x, y = np.meshgrid(np.linspace(-1, 1, SIZE[0], dtype=np.float32), np.linspace(-1, 1, SIZE[1], dtype=np.float32))
        light *= (1 + rng.uniform(-0.3, 0.3) * x + rng.uniform(-0.2, 0.2) * y)[..., None]
        if rng.random() < (0.6 if hard else 0.3):
            spot = np.exp(-(((x - rng.uniform(-0.6, 0.6)) / 0.15) ** 2) - ((y - rng.uniform(-0.6, 0.9)) / 0.2) ** 2)
            light += (rng.uniform(40, 140 if hard else 70) * spot)[..., None]
        light += rng.normal(0, rng.uniform(2, 10 if hard else 5), light.shape)
        coded = cv2.imencode(".jpg", np.clip(light, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
        return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def _timed(reader: MrzReader, image: Picture, *, still: bool = False) -> tuple[Any, float]:
    started = time.thread_time()
    frame = reader.look(image, still=still)
    return frame, (time.thread_time() - started) * 1000


def _wrong(reading: MrzReading, zone: tuple[str, ...], *, checked_only: bool = False) -> bool:
    """Accepted, and something is wrong: anywhere, or in what a check digit covers."""
    if reading.state not in ACCEPTED or reading.format is None:
        return False
    if not checked_only:
        return reading.lines != zone
    if [len(line) for line in reading.lines] != [len(line) for line in zone]:
        return True
    return any(reading.lines[line][at] != zone[line][at] for line, at in checked_places(LAYOUTS[reading.format]))


def clips(reader: MrzReader, count: int, *, hard: bool, seed: int) -> dict[str, Any]:
    """`count` documents, five frames each: single frames, votes of five, CPU time."""
    artist, rng = PageArtist(seed), np.random.default_rng(seed)
    formats = (MrzFormat.TD3, MrzFormat.TD3, MrzFormat.TD3, MrzFormat.TD1, MrzFormat.TD2, MrzFormat.MRV_A)
    times: list[float] = []
    exact = wrong = wrong_checked = vote_exact = vote_wrong = vote_wrong_checked = 0
    for index in range(count):
        zone = random_zone(rng, formats[index % len(formats)])
        page, vote = artist.page(zone), MrzVote()
        for _ in range(5):
            frame, milliseconds = _timed(reader, artist.frame(page, hard=hard))
            times.append(milliseconds)
            exact += frame.reading.lines == zone
            wrong += _wrong(frame.reading, zone)
            wrong_checked += _wrong(frame.reading, zone, checked_only=True)
            fused = vote.add(frame)
        vote_exact += fused.lines == zone
        vote_wrong += _wrong(fused, zone)
        vote_wrong_checked += _wrong(fused, zone, checked_only=True)
    return {
        "frames": 5 * count,
        "frame_exact": exact,
        "frame_wrong_accepted": wrong,
        "frame_wrong_accepted_in_checked_fields": wrong_checked,
        "votes": count,
        "vote_exact": vote_exact,
        "vote_wrong_accepted": vote_wrong,
        "vote_wrong_accepted_in_checked_fields": vote_wrong_checked,
        "cpu_ms_median": round(float(np.median(times)), 1),
        "cpu_ms_p95": round(float(np.percentile(times, 95)), 1),
    }


def empty_frames(reader: MrzReader, count: int, seed: int) -> dict[str, Any]:
    """Frames with no zone: every fourth shows a sheet of prose, the others no document at all."""
    artist, times, accepted = PageArtist(seed), [], 0
    for index in range(count):
        frame, milliseconds = _timed(reader, artist.prose() if index % 4 == 3 else artist.scene())
        times.append(milliseconds)
        accepted += frame.reading.state in ACCEPTED
    return {
        "frames": count,
        "accepted": accepted,
        "cpu_ms_median": round(float(np.median(times)), 1),
        "cpu_ms_p95": round(float(np.percentile(times, 95)), 1),
    }


def pictures(reader: MrzReader) -> dict[str, Any]:
    """The shared pictures by half, empty when they are not there."""
    result: dict[str, Any] = {}
    for specimen in specimens():
        kind = "negatives" if specimen.negative else "good" if specimen.good else "defective"
        key = kind if specimen.negative else f"{kind}_{specimen.half}"
        counts = result.setdefault(key, dict.fromkeys(_COUNTED, 0) | {"cpu_ms": []})
        frame, milliseconds = _timed(reader, decode_picture(specimen.path.read_bytes()), still=True)
        right = bool(specimen.truth) and frame.reading.lines == specimen.truth
        accepted = frame.reading.state in ACCEPTED
        counts["pictures"] += 1
        counts["exact"] += right
        counts["accepted"] += accepted
        counts["wrong_accepted"] += accepted and not right
        counts["wrong_accepted_in_checked_fields"] += _wrong(frame.reading, specimen.truth, checked_only=True)
        counts["cpu_ms"].append(milliseconds)
    for counts in result.values():
        times = counts.pop("cpu_ms")
        counts["cpu_ms_median"] = round(float(np.median(times)), 1)
        counts["cpu_ms_p95"] = round(float(np.percentile(times, 95)), 1)
    return result


def resident_mb() -> float:
    """Memory of this process in megabytes, 0 where /proc is missing."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if statm.exists() else 0.0


def reader_mb() -> float:
    """Resident megabytes of a fresh process that has loaded the reader and read one frame (no specimen artist)."""
    import subprocess

    program = (
        "import numpy as np, cv2; from pathlib import Path; import os\n"
        "from models.mrz_reader import MrzReader\n"
        "reader = MrzReader.load(); rng = np.random.default_rng(1)\n"
        "for _ in range(5): reader.read(rng.integers(0, 255, (720, 1280, 3), dtype=np.uint8))\n"
        "pages = int(Path('/proc/self/statm').read_text().split()[1])\n"
        "print(pages * os.sysconf('SC_PAGE_SIZE') / 1e6)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return round(float(done.stdout), 1)


def run(count: int = 12) -> dict[str, Any]:
    """All figures; `count` documents per kind of clip."""
    cv2.setNumThreads(1)
    reader = MrzReader.load()
    return {
        "easy": clips(reader, count, hard=False, seed=31),
        "hard": clips(reader, count, hard=True, seed=32),
        "empty": empty_frames(reader, 5 * count, seed=33),
        "pictures": pictures(reader) or None,
        "resident_mb": reader_mb(),
    }


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    print(json.dumps(run(int(sys.argv[1]) if len(sys.argv) > 1 else 12), indent=2))
