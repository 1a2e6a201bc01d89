"""Zones with one checked character of equal value modulo 10 in another's place, which no check digit can see.

Doc 9303-3, 4.9: with the weights 7 3 1, `<` 0 A K U count alike, so do 1 B L V, 2 C M W and so on. A reader can only
read what is printed; here it is counted how often it does.
"""

from typing import Any

import numpy as np
from mrz_counts import ACCEPTED

from models.mrz_layout import FILLER
from models.mrz_reader import MrzReader
from models.regions import MrzFormat, ReadState
from models.specimens.holder import holder_of
from models.specimens.mrz_changes import Change, same_value_changes
from models.specimens.mrz_text import random_zone
from models.specimens.passport import draw_document

_KEYS = ("pages", "exact", "accepted_as_printed", "clean_as_printed", "accepted_as_before", "accepted_otherwise")


def same_value_figures(reader: MrzReader, count: int, seed: int) -> dict[str, dict[str, Any]]:
    """`count` flat drawn pages of the six formats in rotation, by the kind of change; the last row is all."""
    rng, formats = np.random.default_rng(seed), tuple(MrzFormat)
    kinds: dict[str, dict[str, int]] = {}
    for index in range(count):
        zone = random_zone(rng, formats[index % len(formats)])
        change = same_value_changes(rng, zone)[0]
        page = np.ascontiguousarray(draw_document(holder_of(change.zone), change.zone)[:, :, :3])
        reading = reader.read(page, still=True)
        as_printed, as_before = reading.lines == change.zone, reading.lines == zone
        accepted = reading.state in ACCEPTED
        for kind in (_kind(change), "all"):
            counts = kinds.setdefault(kind, dict.fromkeys(_KEYS, 0))
            counts["pages"] += 1
            counts["exact"] += as_printed
            counts["accepted_as_printed"] += as_printed and accepted
            counts["clean_as_printed"] += as_printed and reading.state is ReadState.CLEAN
            counts["accepted_as_before"] += as_before and accepted
            counts["accepted_otherwise"] += accepted and not as_printed and not as_before
    return dict(sorted(kinds.items(), key=lambda item: item[0] == "all"))


def _kind(change: Change) -> str:
    return f"{_class(change.before)} to {_class(change.after)}"


def _class(character: str) -> str:
    return "filler" if character == FILLER else "digit" if character.isdigit() else "letter"
