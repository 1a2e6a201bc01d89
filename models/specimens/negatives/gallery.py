"""The kinds of scenes without a zone, by name."""

from collections.abc import Callable
from random import Random

from models.specimens.frames import Size
from models.specimens.negatives import cards, printed, things
from models.specimens.negatives.canvas import Picture

KINDS: dict[str, Callable[[Random, Size], Picture]] = {
    "prose": printed.prose,
    "Thai prose": printed.thai_prose,
    "typewriter": printed.typewriter,
    "OCR-B print": printed.ocr_b,
    "payment slip": printed.slip,
    "capitals": printed.capitals,
    "timetable": printed.timetable,
    "invoice": printed.invoice,
    "receipt": printed.receipt,
    "certificate": cards.certificate,
    "boarding pass": cards.boarding_pass,
    "bank card": cards.bank_card,
    "driving licence": cards.driving_licence,
    "page without zone": cards.visual_page,
    "stamps": cards.stamps_page,
    "parcel label": cards.parcel_label,
    "face": things.face,
    "hall": things.hall,
    "book spines": things.spines,
    "keyboard": things.keyboard,
    "screen of code": things.code,
    "licence plate": things.plate,
    "empty desk": things.empty,
}
"""Each draws one frame of that size, height x width x 3, BGR, from its chance alone."""
