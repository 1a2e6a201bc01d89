"""What stands on a traveller's slip: number, place, time, the verdict in words, where to go. Never who it is."""

from config.messages.catalogue import Catalogue
from config.messages.moments import clock, day
from config.settings import Settings
from drivers.actuators.escpos import DOTS_58_MM, DOTS_80_MM, Align
from drivers.actuators.slip_bytes import slip
from drivers.actuators.slip_text import SlipLine, Typeface, draw
from models.specimens.fonts import Face, file_of
from station.ids import screening_number
from station.lane.snapshot import Saved

_COLUMNS = {58: DOTS_58_MM, 80: DOTS_80_MM}
_LANGUAGES = ("th", "en")
"""Thai first, English below, whatever the screen speaks: the slip is read by others."""


def slip_lines(saved: Saved, settings: Settings, *, narrow: bool = False) -> list[SlipLine]:
    """The lines of a slip; no name and no document number is among them."""
    thai, english = (Catalogue.load(language) for language in _LANGUAGES)
    place = settings.checkpoint
    number = screening_number(place.code, settings.station.lane, saved.sequence)
    large, small = (44, 22) if narrow else (56, 26)

    def both(key: str, dots: int) -> list[SlipLine]:
        return [
            SlipLine(thai.text(key), dots, Align.CENTRE),
            SlipLine(english.text(key), round(dots * 0.75), Align.CENTRE),
        ]

    def rule() -> SlipLine:
        return SlipLine("", 22, rule=True)

    lines = [SlipLine(place.said_th, small + 8, Align.CENTRE), SlipLine(place.name_en, small, Align.CENTRE), rule()]
    if settings.station.demonstration:
        lines += [*both("slip.demonstration", small), rule()]
    lines += both(f"slip.verdict_{saved.verdict.value}", large)
    lines += both(f"slip.go_{saved.verdict.value}", small + 4)
    lines += [rule(), *both("slip.number", small), SlipLine(number, large, Align.CENTRE)]
    when = clock(saved.at, seconds=True)
    lines += [SlipLine(f"{day(saved.at, language)} {when}", small, Align.CENTRE) for language in _LANGUAGES]
    return [*lines, rule(), *both("slip.keep", small)]


def slip_pieces(saved: Saved, settings: Settings) -> tuple[bytes, ...]:
    """The bytes of a slip on the paper of this station's printer.

    Raises:
        ModelMissing: the letters are not installed; the message says how to install them.
    """
    paper = settings.printer.paper_mm if settings.printer else 80
    face = Typeface(latin=file_of(Face.SANS_BOLD), thai=file_of(Face.THAI_BOLD))
    return slip(draw(slip_lines(saved, settings, narrow=paper == 58), face, _COLUMNS[paper]))
