"""The words of this package: where something was found in a picture, and what it says.

Coordinates are pixels of the picture that was given, x to the right, y down.
"""

from dataclasses import dataclass, field
from enum import StrEnum

Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
"""Four corners (x, y) in pixels, clockwise from the upper left corner *of the text*, whatever way up it stands."""


class MrzFormat(StrEnum):
    """The machine-readable zone formats of ICAO Doc 9303 parts 4 to 7."""

    TD1 = "TD1"
    TD2 = "TD2"
    TD3 = "TD3"
    MRV_A = "MRV-A"
    MRV_B = "MRV-B"
    FRENCH_ID = "FRENCH-ID"
    """The French identity card of 1988 to 2021, two lines of 36 in an arrangement of its own."""


class ReadState(StrEnum):
    """How far a reading may be believed."""

    CLEAN = "clean"
    """Every check digit holds on what was seen."""
    CORRECTED = "corrected"
    """Every check digit holds, and not only the print decided: after a repair within the probability gate, with a
    state code from the list of known ones, or where a field's alphabet was stronger than what was seen."""
    FAILED = "failed"
    """A zone was read, but a check digit does not hold or a character is too uncertain."""
    ABSENT = "absent"
    """No zone was found."""


class Guidance(StrEnum):
    """What the person holding the document should do next."""

    CLOSER = "closer"
    TILT = "tilt"
    GLARE = "glare"
    HOLD_STILL = "hold_still"
    WHOLE_PAGE = "whole_page"
    """Print of the zone leaves the picture."""
    ONE_DOCUMENT = "one_document"
    """Two zones are in view: which one is meant cannot be known."""


class Note(StrEnum):
    """What else was seen that an officer should know."""

    SCREEN = "screen"
    """The page is shown on a screen."""
    SEVERAL_DOCUMENTS = "several_documents"
    """Another zone is in view; the likelier one was read. A visa on the facing page is one too: an officer is told, and
    nothing is refused for it."""


@dataclass(frozen=True, slots=True)
class MrzReading:
    """What the reader made of one picture, or of several pictures of one document."""

    state: ReadState
    format: MrzFormat | None = None
    lines: tuple[str, ...] = field(default=(), repr=False)
    """Decoded text, each line of the format's exact length (Doc 9303-3, 4.3)."""
    raw_lines: tuple[str, ...] = field(default=(), repr=False)
    """What the network saw before lengths, alphabets and check digits were applied."""
    confidences: tuple[tuple[float, ...], ...] = ()
    """Probability of each character of `lines`, 0 to 1."""
    unconfirmed: tuple[str, ...] = ()
    """Fields without a check digit that are less certain than was measured to be safe: surname, given_names,
    nationality, issuing_state, sex, document_code, optional_data."""
    notes: tuple[Note, ...] = ()
    quad: Quad | None = None
    guidance: Guidance | None = None
    frames: int = 1
    """How many pictures were fused into this reading."""
    elapsed_ms: float = 0.0

    @property
    def confidence(self) -> float:
        """Probability of the least certain character, 0 when nothing was read."""
        return min((min(line) for line in self.confidences if line), default=0.0)


@dataclass(frozen=True, slots=True)
class CodeReading:
    """One 2D code found in a picture."""

    text: str
    symbology: str
    """AIM name in lower case: `qr`, `aztec`, `datamatrix`, `pdf417`."""
    quad: Quad
    elapsed_ms: float = 0.0
