"""Trains the line reader from nothing but drawn lines and rows of drawn camera frames.

    python -m models.training.train --minutes 70 --seed 1

Needs torch, onnx and the fonts of fonts-ocr-b besides the station's own libraries. Column labels alone for the first
quarter, then CTC as well (CTC from the start learns nothing in that time). The schedule runs over `--minutes` of
computing; a stopped run resumes from its last checkpoint.
"""

import argparse
import math
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from models.training.dataset import Batch, stream
from models.training.export import export
from models.training.frame_rows import store_rows, stored_rows
from models.training.network import CLASSES, LineReader, parameters

BLANK = CLASSES - 1
COLUMNS_ONLY = 0.25
"""Share of the run that uses column labels alone."""


@dataclass(slots=True)
class Progress:
    """Where a run stands; travels in the checkpoint."""

    step: int = 0
    lines: int = 0
    seconds: float = 0.0


def learning_rate(done: float, peak: float) -> float:
    """Rises over the first 3 %, then falls as a cosine to a fiftieth."""
    if done < 0.03:
        return peak * (0.05 + 0.95 * done / 0.03)
    return peak * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, (done - 0.03) / 0.97))))


def loss_of(net: nn.Module, batch: Batch, *, with_ctc: bool) -> torch.Tensor:
    """Mean loss of a batch."""
    strips = torch.from_numpy(batch.strips).float()[:, None].contiguous(memory_format=torch.channels_last)
    answer = net(strips)
    columns = nn.functional.nll_loss(answer.flatten(0, 1), torch.from_numpy(batch.labels).flatten())
    if not with_ctc:
        return columns
    codes, lengths = (torch.from_numpy(part) for part in batch.codes())
    widths = torch.full((answer.shape[0],), answer.shape[1], dtype=torch.long)
    ctc = nn.functional.ctc_loss(
        answer.transpose(0, 1), codes, widths, lengths, blank=BLANK, reduction="mean", zero_infinity=True
    )
    return 0.3 * columns + ctc


def save(path: Path, net: nn.Module, optimiser: torch.optim.Optimizer, progress: Progress) -> None:
    """The checkpoint, replaced in one step."""
    state: dict[str, Any] = {"net": net.state_dict(), "optimiser": optimiser.state_dict()}
    state["progress"] = (progress.step, progress.lines, progress.seconds)
    torch.save(state, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)


def train(
    minutes: float,
    seed: int,
    folder: Path,
    size: int,
    peak: float,
    start: Path | None = None,
    rows: Path | None = None,
) -> tuple[LineReader, Progress]:
    """Trains for `minutes` in all, checkpoints in `folder`; resumes when a checkpoint is there.

    With `start`, the checkpoint of an earlier run, a new run begins from its weights, with CTC at once. With `rows`, a
    file of `frame_rows`, half of every batch is from it.
    """
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = folder / "checkpoint.pt"
    net = LineReader().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.parameters(), lr=peak, weight_decay=0.01)
    progress = Progress()
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        net.load_state_dict(state["net"])
        optimiser.load_state_dict(state["optimiser"])
        progress = Progress(*state["progress"])
    elif start:
        state = torch.load(start, weights_only=True)
        net.load_state_dict(state["net"])
        progress = Progress(0, state["progress"][1], 0.0)
    columns_only = 0.0 if start else COLUMNS_ONLY
    print(f"{parameters(net)} parameters, from line {progress.lines}", flush=True)
    net.train()
    last_save, mean = progress.seconds, 0.0
    ahead = stream(seed, progress.step, size, rows)
    while progress.seconds < minutes * 60:
        started = time.monotonic()
        done = progress.seconds / (minutes * 60)
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(done, peak)
        loss = loss_of(net, next(ahead), with_ctc=done >= columns_only)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        mean = 0.98 * mean + 0.02 * loss.item() if mean else loss.item()
        progress.step += 1
        progress.lines += size
        progress.seconds += time.monotonic() - started
        if progress.step % 50 == 0:
            rate = progress.step * size / progress.seconds
            print(
                f"{progress.seconds / 60:6.1f} min {progress.lines:7d} lines {rate:5.1f}/s loss {mean:.4f}", flush=True
            )
        if progress.seconds - last_save > 120:
            save(checkpoint, net, optimiser, progress)
            last_save = progress.seconds
    save(checkpoint, net, optimiser, progress)
    ahead.close()
    return net, progress


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m models.training.train", description="trains the line reader")
    parser.add_argument("--minutes", type=float, default=70, help="computing time of the whole run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=32, help="lines per step")
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate")
    parser.add_argument("--folder", type=Path, default=Path("build/training"), help="checkpoints; resumed from")
    parser.add_argument("--start", type=Path, help="checkpoint of an earlier run whose weights a new run begins with")
    parser.add_argument("--weights", type=Path, default=Path("models/weights"), help="where the result goes")
    parser.add_argument("--rows", type=Path, help="rows of drawn frames for half of every batch; drawn when not there")
    options = parser.parse_args(arguments)
    if options.rows and not options.rows.exists():
        store_rows(options.rows)
    net, progress = train(
        options.minutes, options.seed, options.folder, options.batch, options.rate, options.start, options.rows
    )
    before = progress.lines - progress.step * options.batch
    rows = len(stored_rows(options.rows)) if options.rows else 0
    print(export(net, progress.lines, before, rows, options.seed, options.weights), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
