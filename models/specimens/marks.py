"""Small marks that the specimens share: the emblem of Utopia, a signature, the word SPECIMEN, text of mixed scripts."""

from functools import lru_cache
from random import Random

from PIL import Image, ImageDraw

from models.specimens.fonts import Face, face_for, font
from models.specimens.pen import smooth

Ink = tuple[int, int, int]

TEAL: Ink = (11, 74, 87)
GOLD: Ink = (214, 154, 48)
ROSE: Ink = (176, 58, 66)
_OVERSAMPLING = 4


def draw_text(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: float, fill: Ink, *, bold: bool
) -> float:
    """Text of mixed scripts from a left edge and a base line, in pixels; letters that no font has are left out.

    Returns:
        The right edge.
    """
    x = at[0]
    for run in _runs(text):
        face = face_for(run, bold=bold)
        if face is not None:
            letters = font(face, round(size))
            draw.text((x, at[1]), run, font=letters, fill=fill, anchor="ls")
            x += letters.getlength(run)
    return x


def _runs(text: str) -> list[str]:
    """The text cut where a Thai run begins or ends, because the Latin face has no Thai letters."""
    runs: list[str] = []
    thai_before = None
    for letter in text:
        thai = "\u0e00" <= letter <= "\u0e7f" if letter != " " else thai_before
        if runs and thai == thai_before:
            runs[-1] += letter
        else:
            runs.append(letter)
        thai_before = thai
    return runs


def emblem(size: int, ink: Ink = TEAL) -> Image.Image:
    """A four-petal flower in a ring: RGBA, size x size pixels."""
    side = size * _OVERSAMPLING
    picture = Image.new("RGBA", (side, side), (*ink, 0))
    draw = ImageDraw.Draw(picture)
    middle, radius = side / 2, side * 0.49
    stroke = max(2, round(side * 0.032))
    petal = radius * 0.33
    for dx, dy in ((0, -1), (1, 0), (0, 1), (-1, 0)):
        x, y = middle + dx * radius * 0.37, middle + dy * radius * 0.37
        draw.ellipse((x - petal, y - petal, x + petal, y + petal), fill=(*ink, 40), outline=(*ink, 255), width=stroke)
    draw.ellipse(
        (middle - radius, middle - radius, middle + radius, middle + radius), outline=(*ink, 255), width=stroke
    )
    core = radius * 0.16
    draw.ellipse((middle - core, middle - core, middle + core, middle + core), fill=(*GOLD, 255))
    return picture.resize((size, size), Image.Resampling.BOX)


def signature(width: int, height: int, rng: Random) -> Image.Image:
    """A line that looks like a hurried name: RGBA, width x height pixels."""
    wide, high = width * _OVERSAMPLING, height * _OVERSAMPLING
    picture = Image.new("RGBA", (wide, high), (30, 44, 96, 0))
    points = [(wide * 0.03, high * 0.5)]
    letters = rng.randrange(5, 9)
    for step in range(letters):
        x = wide * (0.08 + 0.78 * step / letters)
        tall = rng.random() < 0.35 or step == 0
        points.append((x, high * (rng.uniform(0.05, 0.18) if tall else rng.uniform(0.34, 0.46))))
        points.append((x + wide * rng.uniform(0.02, 0.07), high * rng.uniform(0.62, 0.74)))
    points += [(wide * 0.93, high * 0.52), (wide * 0.55, high * 0.9), (wide * 0.2, high * 0.84)]
    way = smooth(points, closed=False)
    ImageDraw.Draw(picture).line(way, fill=(30, 44, 96, 255), width=max(2, round(high * 0.035)), joint="curve")
    return picture.resize((width, height), Image.Resampling.BOX)


def stamp_specimen(picture: Image.Image, middle: tuple[float, float], size: float, degrees: float) -> Image.Image:
    """The picture with the word across it, so that nobody takes it for a document; RGB."""
    word = _specimen_word(round(size), degrees)
    result = picture.convert("RGBA")
    result.alpha_composite(word, (round(middle[0] - word.size[0] / 2), round(middle[1] - word.size[1] / 2)))
    return result.convert("RGB")


@lru_cache(maxsize=16)
def _specimen_word(size: int, degrees: float) -> Image.Image:
    layer = Image.new("RGBA", (size * 7, size * 2), (*ROSE, 0))
    ImageDraw.Draw(layer).text(
        (size * 3.5, size),
        "SPECIMEN",
        font=font(Face.SANS_BOLD, size),
        fill=(*ROSE, 40),
        stroke_width=2,
        stroke_fill=(*ROSE, 112),
        anchor="mm",
    )
    return layer.rotate(degrees, Image.Resampling.BICUBIC, expand=True)
