"""Writes the trained network as ONNX, measures it on lines never trained on, and writes its sidecar.

python -m models.training.export CHECKPOINT --seed 1
"""

import argparse
import hashlib
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from models.mrz_layout import ALPHABET
from models.mrz_reader import MrzReader
from models.mrz_spell import collapse
from models.mrz_vote import MrzVote
from models.session import LineSession
from models.specimens.evaluation import clips
from models.specimens.mrz_lines import LineArtist
from models.training.dataset import EVALUATION_SEED, Batch, draw_batch, evaluation_lines
from models.training.frame_rows import stored_rows
from models.training.network import LineReader, parameters

NAME = "mrz_reader"
EVALUATION_LINES = 1000
FRAME_DOCUMENTS, FRAME_SEED = 60, 7_002
QUANTISER_SEED, QUANTISER_BATCHES = 78, 12
SIDECAR = """\
# What {name}.onnx is; the station refuses weights that this file does not describe.
name = "{name}"
file = "{name}.onnx"
sha256 = "{sha256}"
alphabet = "{alphabet}"
blank = {blank}
input = [32, 640]
columns = 160
numbers = "8-bit integers"
parameters = {parameters}
made_on = {made_on}

[trained_on]
what = "lines drawn by models/specimens/mrz_lines.py, rows of drawn camera frames; no picture of a document"
lines = {lines}
seed = {seed}
continued_from = {before}  # of these lines, those that earlier runs saw whose weights this one began with
frame_rows = {rows}  # cut out of drawn frames by models/training/frame_rows.py: half of every batch of this run

[measured]
what = "{count} drawn lines of every hardness, a quarter nearly illegible, seed {evaluation_seed}, not trained on"
lines_exact = {exact:.4f}
easy_half_exact = {easy:.4f}
characters = {characters:.4f}
"""
DOCUMENTS = """
[measured_on_frames]
what = "whole zones of {count} drawn documents, five frames each, seed {seed}, neither trained nor tuned on"
easy_frames_exact = {easy.frames:.4f}
easy_votes_exact = {easy.votes:.4f}
hard_frames_exact = {hard.frames:.4f}
hard_votes_exact = {hard.votes:.4f}
"""


def distance(left: str, right: str) -> int:
    """Edit distance."""
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]


def measure(session: LineSession, lines: Batch) -> tuple[float, float, float]:
    """Share of lines exact, the same of the easier half, share of characters right."""
    exact, wrong, total = [], 0, 0
    for start in range(0, len(lines.texts), 50):
        answers = session.run(lines.strips[start : start + 50])
        for answer, text in zip(answers, lines.texts[start : start + 50], strict=True):
            read, _ = collapse(answer)
            exact.append(read == text)
            wrong += distance(read, text)
            total += len(text)
    return float(np.mean(exact)), float(np.mean(exact[: len(exact) // 2])), 1 - wrong / total


class _Calibration(CalibrationDataReader):
    """Drawn lines from which the quantiser learns how large the activations become."""

    def __init__(self) -> None:
        artist = LineArtist(QUANTISER_SEED)
        batches = (draw_batch(artist, QUANTISER_SEED, index, 32) for index in range(QUANTISER_BATCHES))
        self._feeds = ({"strip": batch.strips[:, None].astype(np.float32)} for batch in batches)

    def get_next(self) -> dict[str, np.ndarray] | None:
        """The next batch, None after the last."""
        return next(self._feeds, None)


def quantise(source: Path, target: Path) -> None:
    """Writes the network with 8-bit integers: half the time, a quarter of the size, the same readings.

    Weights take 7 bits, so that processors without the newer dot products do not overflow.
    """
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        quant_pre_process(str(source), str(plain), skip_symbolic_shape=True)
        quantize_static(
            str(plain),
            str(target),
            _Calibration(),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["Conv", "MaxPool", "Relu", "Add"],
        )


@dataclass(frozen=True, slots=True)
class Shares:
    """Whole zones exact, 0 to 1: of single frames, and of votes of five."""

    frames: float
    votes: float


def measure_frames(folder: Path, difficulty: str) -> Shares:
    """How the whole reader does with the weights in `folder`."""
    reader = MrzReader.load(folder)
    frames, votes = [], []
    for clip in clips(FRAME_DOCUMENTS, FRAME_SEED, difficulty):
        vote = MrzVote()
        seen = [reader.look(picture) for picture in clip.frames]
        frames += [frame.reading.lines == clip.zone for frame in seen]
        votes.append([vote.add(frame) for frame in seen][-1].lines == clip.zone)
    return Shares(float(np.mean(frames)), float(np.mean(votes)))


def export(net: LineReader, lines: int, before: int, rows: int, seed: int, folder: Path) -> str:
    """Writes `mrz_reader.onnx` and `mrz_reader.toml` with its figures; answers with one line about them.

    `lines` were seen in all, `before` of them by earlier runs; `rows` different rows of frames were among the others.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{NAME}.onnx"
    net = net.eval().to(memory_format=torch.contiguous_format)
    with tempfile.TemporaryDirectory() as scratch:
        exact_path = Path(scratch) / "fp32.onnx"
        torch.onnx.export(
            net,
            (torch.zeros(2, 1, 32, 640),),
            str(exact_path),
            input_names=["strip"],
            output_names=["log_probabilities"],
            dynamic_axes={"strip": {0: "lines"}, "log_probabilities": {0: "lines"}},
            opset_version=17,
            dynamo=False,
        )
        quantise(exact_path, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)
    sidecar = folder / f"{NAME}.toml"
    write = partial(_write, sidecar, path, parameters(net), lines, before, rows, seed)
    write(0.0, 0.0, 0.0)
    held = evaluation_lines(EVALUATION_LINES)
    exact, easy, characters = measure(LineSession.load(sidecar), held)
    write(exact, easy, characters)
    easy_documents, hard_documents = measure_frames(folder, "easy"), measure_frames(folder, "hard")
    with sidecar.open("a") as file:
        file.write(DOCUMENTS.format(count=FRAME_DOCUMENTS, seed=FRAME_SEED, easy=easy_documents, hard=hard_documents))
    return (
        f"{lines} lines: exact {exact:.1%}, easier half {easy:.1%}, characters {characters:.2%}; "
        f"hard frames {hard_documents.frames:.1%}, votes {hard_documents.votes:.1%}"
    )


def _write(
    sidecar: Path,
    weights: Path,
    size: int,
    lines: int,
    before: int,
    rows: int,
    seed: int,
    exact: float,
    easy: float,
    characters: float,
) -> None:
    sidecar.write_text(
        SIDECAR.format(
            name=NAME,
            sha256=hashlib.sha256(weights.read_bytes()).hexdigest(),
            alphabet=ALPHABET,
            blank=len(ALPHABET),
            parameters=size,
            made_on=datetime.now(UTC).date().isoformat(),
            lines=lines,
            before=before,
            rows=rows,
            seed=seed,
            count=EVALUATION_LINES,
            evaluation_seed=EVALUATION_SEED,
            exact=exact,
            easy=easy,
            characters=characters,
        )
    )


def main(arguments: list[str]) -> int:
    """Exports a checkpoint of a run that still goes on."""
    parser = argparse.ArgumentParser(prog="python -m models.training.export", description="exports a checkpoint")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--seed", type=int, required=True, help="the seed that the run was started with")
    parser.add_argument("--batch", type=int, default=32, help="lines per step of that run")
    parser.add_argument("--rows", type=Path, help="the rows of drawn frames that the run was started with")
    parser.add_argument("--weights", type=Path, default=Path("models/weights"))
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    state = torch.load(options.checkpoint, weights_only=True)
    net = LineReader()
    net.load_state_dict(state["net"])
    step, lines, _ = state["progress"]
    rows = len(stored_rows(options.rows)) if options.rows else 0
    print(export(net, lines, lines - step * options.batch, rows, options.seed, options.weights))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
