"""What print, light, lens and sensor do to a line of the machine-readable zone."""

import cv2
import numpy as np
import numpy.typing as npt
from numpy.random import Generator

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


def _floats(values: npt.ArrayLike) -> Floats:
    return np.asarray(values, np.float32)


def backdrop_bank(rng: Generator, count: int, shape: tuple[int, int] = (128, 1800)) -> list[Floats]:
    """Security prints, each `shape`, -1 to 1: wavy line patterns and paper grain."""
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    bank = []
    for index in range(count):
        pattern = np.zeros(shape, np.float32)
        for _ in range(int(rng.integers(1, 4))):
            angle, period = rng.uniform(0, np.pi), rng.uniform(5, 60)
            along = columns * np.cos(angle) + rows * np.sin(angle)
            across = -columns * np.sin(angle) + rows * np.cos(angle)
            bend = rng.uniform(0, 20) * np.sin(across * 2 * np.pi / rng.uniform(40, 400) + rng.uniform(0, 6))
            wave = np.sin((along + bend) * 2 * np.pi / period)
            pattern += np.tanh(wave * rng.uniform(0.7, 6)) if rng.random() < 0.6 else wave
        if index % 3 == 0:
            grain = rng.normal(0, 1, (shape[0] // 3, shape[1] // 3)).astype(np.float32)
            pattern += 1.5 * cv2.resize(grain, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
        bank.append((pattern / max(1e-6, float(np.abs(pattern).max()))).astype(np.float32))
    return bank


def degrade(
    rng: Generator,
    ink: Floats,
    centres: Floats,
    pitch: float,
    cap: int,
    bank: list[Floats],
    hard: float,
    size: tuple[int, int],
) -> tuple[Grey, Floats, float]:
    """A strip of `size` (height, width) from the ink of a canvas, and where the characters ended up.

    Args:
        rng: randomness.
        ink: the canvas, 0 paper to 1 ink.
        centres: x of each character's centre on the canvas.
        pitch: pixels from character to character on the canvas.
        cap: height of a capital letter on the canvas; the line stands in the middle row.
        bank: printed backgrounds.
        hard: 0 easy to 1 barely legible.
        size: of the strip, (height, width) in pixels.

    Returns:
        The strip, the centres and the pitch in strip pixels.
    """
    far = rng.random() < 0.15
    if far:
        hard *= 0.4
    lowest, highest = (5.3, 9.0) if far else (21 - 14 * hard, 34 - 15 * hard)
    pixels = float(np.exp(rng.uniform(np.log(lowest), np.log(highest))))
    paper = _print(rng, _press(rng, _warp(rng, ink, cap, hard)), bank, hard)
    scale = pixels / pitch
    if scale < 0.8:
        paper = _floats(cv2.GaussianBlur(paper, (0, 0), 0.35 / scale))
    shot, matrix = _crop(rng, paper, centres, pitch, cap, scale, hard)
    shot = _lens(rng, shot, hard, pixels)
    shot = _light(rng, shot, hard)
    image = _sensor(rng, shot, hard)
    height, width = size
    shrink = shot.shape[1] > width
    strip = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if shrink else cv2.INTER_LINEAR)
    points = np.stack([centres, np.full_like(centres, ink.shape[0] / 2)], axis=1)[None]
    moved = cv2.perspectiveTransform(points, matrix)[0, :, 0] * (width / shot.shape[1])
    return np.asarray(strip, np.uint8), _floats(moved), float((moved[-1] - moved[0]) / (len(moved) - 1))


def _warp(rng: Generator, ink: Floats, cap: int, hard: float) -> Floats:
    """Small local shifts, so that no cut of a typeface is learnt by heart; the bend of a page that is not flat."""
    if rng.random() > 0.7:
        return ink
    height, width = ink.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    if rng.random() < 0.7:
        reach = cap * float(rng.uniform(0.25, 1.2))
        amount = cap * float(rng.uniform(0.01, 0.05))
        for field in (x, y):
            knots = rng.normal(0, amount, (max(3, round(height / reach)), max(3, round(width / reach))))
            field += cv2.resize(knots.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    if rng.random() < 0.4:
        along = np.linspace(-1, 1, width, dtype=np.float32)
        y += cap * float(rng.normal(0, 0.06 + 0.08 * hard)) * (along**2 - 0.3)
    return _floats(cv2.remap(ink, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT))


def _press(rng: Generator, ink: Floats) -> Floats:
    """Print: thinner or fatter strokes, breaks, dots of toner."""
    softness = float(rng.uniform(0.4, 1.6))
    level = float(rng.uniform(0.28, 0.66))
    soft = cv2.GaussianBlur(ink, (0, 0), softness)
    out = np.clip((soft - level) * float(rng.uniform(1.5, 4)) + 0.5, 0, 1)
    if rng.random() < 0.25:
        small = rng.random((ink.shape[0] // 3, ink.shape[1] // 3)).astype(np.float32)
        holes = cv2.resize(small, (ink.shape[1], ink.shape[0]), interpolation=cv2.INTER_LINEAR)
        out = out * np.clip((holes - float(rng.uniform(0, 0.3))) * 6, 0, 1)
    return _floats(out)


def _print(rng: Generator, ink: Floats, bank: list[Floats], hard: float) -> Floats:
    """Ink over paper: level, printed pattern, contrast; 0 to 255."""
    height, width = ink.shape
    paper = np.full_like(ink, float(rng.uniform(130 - 40 * hard, 250)))
    if rng.random() < 0.75:
        pattern = bank[int(rng.integers(len(bank)))]
        y, x = (
            int(rng.integers(0, pattern.shape[0] - height + 1)),
            int(rng.integers(0, max(1, pattern.shape[1] - width))),
        )
        piece = pattern[y : y + height, x : x + width]
        if piece.shape[1] < width:
            piece = _floats(cv2.resize(piece, (width, height)))
        amplitude = float(rng.uniform(0, 14 + 36 * hard)) * (1.6 if rng.random() < 0.1 else 1)
        paper += amplitude * (piece[:, ::-1] if rng.random() < 0.5 else piece)
    if rng.random() < 0.5:
        clouds = rng.normal(0, 6 + 22 * hard, (3, int(rng.integers(3, 14)))).astype(np.float32)
        paper += _floats(cv2.resize(clouds, (width, height), interpolation=cv2.INTER_CUBIC))
    contrast = float(rng.uniform(60 - 20 * hard, 190 - 60 * hard))
    if rng.random() < 0.7:
        return np.clip(paper - ink * contrast, 0, 255)
    dark = float(rng.uniform(0, 90))
    return np.clip(paper * (1 - ink) + dark * ink, 0, 255)


def _crop(
    rng: Generator, paper: Floats, centres: Floats, pitch: float, cap: int, scale: float, hard: float
) -> tuple[Floats, npt.NDArray[np.float64]]:
    """The piece of the picture that a locator would cut: off by a little, turned, in perspective."""
    wide = rng.random() < 0.18
    before = pitch * float(rng.uniform(-0.25, 3.2 if wide else 1.0))
    after = pitch * float(rng.uniform(-0.25, 3.2 if wide else 1.0))
    x0, x1 = float(centres[0]) - pitch / 2 - before, float(centres[-1]) + pitch / 2 + after
    tall = cap * float(rng.uniform(1.12, 1.9))
    middle = paper.shape[0] / 2 + cap * float(rng.normal(0, 0.08))
    lean = cap * float(rng.normal(0, 0.05 + 0.1 * hard))
    slant = cap * float(rng.normal(0, 0.10))
    pinch = 1 + float(rng.normal(0, 0.05))
    y0, y1 = middle - tall / 2, middle + tall / 2
    corners = np.array(
        [
            (x0 - slant, y0 - lean),
            (x1 - slant, middle - tall / 2 * pinch + lean),
            (x1 + slant, middle + tall / 2 * pinch + lean),
            (x0 + slant, y1 - lean),
        ],
        np.float32,
    )
    width, height = max(64, round((x1 - x0) * scale)), max(9, round(tall * scale))
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    piece = cv2.warpPerspective(paper, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return _floats(piece), np.asarray(matrix, np.float64)


def _lens(rng: Generator, shot: Floats, hard: float, pixels: float) -> Floats:
    """Focus and motion, in parts of a character; halos of sharpening."""
    if rng.random() < 0.6:
        shot = _floats(cv2.GaussianBlur(shot, (0, 0), max(0.2, pixels * float(rng.uniform(0.01, 0.03 + 0.13 * hard)))))
    if rng.random() < 0.2 + 0.25 * hard:
        length = max(2, round(pixels * float(rng.uniform(0.1, 0.2 + 0.5 * hard))))
        kernel = np.zeros((2 * length + 1, 2 * length + 1), np.float32)
        angle = float(rng.uniform(0, np.pi)) if rng.random() < 0.6 else float(rng.normal(0, 0.2))
        dx, dy = length / 2 * np.cos(angle), length / 2 * np.sin(angle)
        start, stop = (round(length - dx), round(length - dy)), (round(length + dx), round(length + dy))
        cv2.line(kernel, start, stop, 1.0, 1)
        shot = _floats(cv2.filter2D(shot, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE))
    if rng.random() < 0.3:
        soft = cv2.GaussianBlur(shot, (0, 0), float(rng.uniform(0.8, 2.5)))
        shot = _floats(shot + float(rng.uniform(0.3, 1.5)) * (shot - soft))
    return shot


def _light(rng: Generator, shot: Floats, hard: float) -> Floats:
    """Falling light, the edge of a shadow, a patch of glare."""
    height, width = shot.shape
    x = np.linspace(-1, 1, width, dtype=np.float32)[None]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    if rng.random() < 0.5:
        shot = _floats(shot * (1 + float(rng.uniform(-0.35, 0.35)) * x + float(rng.uniform(-0.1, 0.1)) * y))
    if rng.random() < 0.2 + 0.15 * hard:
        away = (x - float(rng.uniform(-1, 1)) + 0.2 * y) * float(rng.uniform(-60, 60))
        edge = 1 / (1 + np.exp(-np.clip(away, -30, 30)))
        shot = _floats(shot * (1 - float(rng.uniform(0.1, 0.55)) * edge))
    if rng.random() < 0.12 + 0.2 * hard:
        centre, spread = float(rng.uniform(-1, 1)), float(rng.uniform(0.03, 0.3))
        patch = np.exp(-(((x - centre) / spread) ** 2) - ((y - float(rng.uniform(-1, 1))) / 1.2) ** 2)
        shot = _floats(shot + float(rng.uniform(30, 60 + 110 * hard)) * patch)
    return shot


def _sensor(rng: Generator, shot: Floats, hard: float) -> Grey:
    """Gamma, noise, compression."""
    out = np.clip(shot, 0, 255)
    if rng.random() < 0.3:
        out = _floats(255 * (out / 255) ** float(rng.uniform(0.6, 1.6)))
    if rng.random() < 0.7:
        out = out + rng.standard_normal(out.shape, dtype=np.float32) * float(rng.uniform(1, 3 + 14 * hard))
    grey = np.clip(out, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        quality = int(rng.integers(round(70 - 50 * hard), 96))
        grey = np.asarray(cv2.imdecode(cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 0), np.uint8)
    return grey
