"""Fresh drawn lines, batch after batch, from a process of their own: no line is ever seen twice."""

import multiprocessing
import os
from collections.abc import Generator
from dataclasses import dataclass
from multiprocessing.queues import Queue
from pathlib import Path
from queue import Full

import cv2
import numpy as np
import numpy.typing as npt

from models.mrz_layout import ALPHABET
from models.specimens.mrz_lines import DrawnLine, LineArtist
from models.training.frame_rows import stored_rows

EVALUATION_SEED = 9_000_001
"""Lines drawn from this seed are for measuring only; training seeds are (seed, batch) pairs and never reach it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some lines as arrays."""

    strips: npt.NDArray[np.uint8]
    """(lines, 32, 640)."""
    labels: npt.NDArray[np.int64]
    """(lines, 160) class of each column, `frame_rows.UNLABELLED` where it is not known."""
    texts: tuple[str, ...]

    def codes(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """All characters in one row as class numbers, and how many each line has."""
        joined = [ALPHABET.index(character) for text in self.texts for character in text]
        return np.array(joined, np.int64), np.array([len(text) for text in self.texts], np.int64)


def pack(lines: list[DrawnLine]) -> Batch:
    """Lines stacked."""
    return Batch(
        np.stack([line.strip for line in lines]),
        np.stack([line.labels for line in lines]),
        tuple(line.text for line in lines),
    )


def draw_batch(artist: LineArtist, seed: int, index: int, size: int) -> Batch:
    """Batch number `index` of a training run: the same every time it is drawn."""
    rng = np.random.default_rng([seed, index])
    return pack([artist.draw(rng) for _ in range(size)])


def evaluation_lines(count: int) -> Batch:
    """Lines for measuring, of every hardness."""
    artist = LineArtist(EVALUATION_SEED)
    rng = np.random.default_rng(EVALUATION_SEED)
    return pack([artist.draw(rng, hardness=index / count) for index in range(count)])


def _mixed(artist: LineArtist, rows: list[DrawnLine], seed: int, index: int, size: int) -> Batch:
    """Half a batch of lines drawn for it, half rows of drawn camera frames; without those, lines only."""
    if not rows:
        return draw_batch(artist, seed, index, size)
    rng = np.random.default_rng([seed, index])
    chosen = [rows[int(at)] for at in rng.integers(len(rows), size=size // 2)]
    return pack([artist.draw(rng) for _ in range(size - len(chosen))] + chosen)


def _produce(queue: "Queue[Batch]", seed: int, first: int, size: int, stored: Path | None) -> None:
    cv2.setNumThreads(1)
    os.nice(2)
    artist = LineArtist(seed)
    rows = stored_rows(stored) if stored else []
    index, trainer = first, os.getppid()
    batch = _mixed(artist, rows, seed, index, size)
    while os.getppid() == trainer:  # a killed trainer cannot end this process
        try:
            queue.put(batch, timeout=5)
        except Full:
            continue
        index += 1
        batch = _mixed(artist, rows, seed, index, size)


def stream(seed: int, first: int, size: int, rows: Path | None = None) -> Generator[Batch, None, None]:
    """Batches from number `first` on, drawn ahead by a process that ends with this one; half from `rows` if given."""
    context = multiprocessing.get_context("spawn")
    queue: Queue[Batch] = context.Queue(maxsize=24)
    artist = context.Process(target=_produce, args=(queue, seed, first, size, rows), daemon=True)
    artist.start()
    try:
        while True:
            yield queue.get(timeout=120)
    finally:
        artist.terminate()
