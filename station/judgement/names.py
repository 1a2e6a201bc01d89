"""Do two names mean one person? A three-valued answer over the letters of the zone.

What passes: the same letters, other word borders or order, names cut at the end of the zone (Doc 9303-3, 4.6), further
given names on one side. What cannot be told: initials, another or an added surname (marriage), a slip of the pen.
"""

from dataclasses import dataclass
from enum import IntEnum

from station.evidence import Truth

_TITLES = frozenset(("MR", "MRS", "MS", "MISS", "MASTER", "DR", "PROF"))
_LEAST_PREFIX = 3
"""Letters of a cut given name that still say something."""


class Likeness(IntEnum):
    """How alike two names are, best first."""

    SAME = 0
    CLOSE = 1
    """Perhaps the same: a person has to look."""
    OTHER = 2


TRUTH_OF = {Likeness.SAME: Truth.PASS, Likeness.CLOSE: Truth.CANNOT_TELL, Likeness.OTHER: Truth.FAIL}


@dataclass(frozen=True, slots=True, repr=False)
class Name:
    """A name in letters of the zone, words parted by spaces."""

    surname: str
    given_names: str
    truncated: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """All words, surname first."""
        return (*self.surname.split(), *self.given_names.split())


def distance(left: str, right: str) -> int:
    """Levenshtein distance: letters added, dropped or exchanged."""
    row = list(range(len(right) + 1))
    for at, letter in enumerate(left, 1):
        diagonal, row[0] = row[0], at
        for place, other in enumerate(right, 1):
            diagonal, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, diagonal + (letter != other))
    return row[-1]


def similarity(left: str, right: str) -> float:
    """1 for the same letters, 0 for nothing alike."""
    longest = max(len(left), len(right))
    return 1 - distance(left, right) / longest if longest else 1.0


def without_titles(words: tuple[str, ...]) -> tuple[str, ...]:
    """Titles in front taken off, as long as a word is left."""
    while len(words) > 1 and words[0] in _TITLES:
        words = words[1:]
    return words


def compare(document: Name, certificate: Name) -> Likeness:
    """How alike the name of a document and the name of a certificate are."""
    surname, other_surname = _letters(document.surname), _letters(certificate.surname)
    given = without_titles(tuple(document.given_names.split()))
    other_given = without_titles(tuple(certificate.given_names.split()))
    if not (surname or given) or not (other_surname or other_given):
        return Likeness.CLOSE
    if surname == other_surname and "".join(given) == "".join(other_given):
        return Likeness.SAME
    if sorted((*document.surname.split(), *given)) == sorted((*certificate.surname.split(), *other_given)):
        return Likeness.SAME
    if surname == "".join(other_given) and "".join(given) == other_surname:
        return Likeness.SAME
    if document.truncated:
        cut = _cut(document, certificate)
        if cut is not Likeness.OTHER:
            return cut
    if surname == other_surname:
        return _by_given_names(given, other_given)
    return _by_surnames(document, certificate, given, other_given)


def _letters(text: str) -> str:
    return text.replace(" ", "")


def _cut(document: Name, certificate: Name) -> Likeness:
    """A document's name that may have been cut at the end of its field."""
    surname, other_surname = _letters(document.surname), _letters(certificate.surname)
    given, other_given = _letters(document.given_names), _letters(certificate.given_names)
    if surname == other_surname and other_given.startswith(given):
        return Likeness.SAME if len(given) >= _LEAST_PREFIX else Likeness.CLOSE
    if surname == other_surname and _slip(given, other_given[: len(given)]) is Likeness.CLOSE:
        return Likeness.CLOSE
    # The last words may have been cut, or each word to its beginning.
    words, others = document.words, certificate.words
    if len(words) <= len(others) and all(o.startswith(w) for w, o in zip(words, others, strict=False)):
        return Likeness.CLOSE
    if not given and other_surname.startswith(surname):
        return Likeness.CLOSE
    return Likeness.OTHER


def _by_given_names(given: tuple[str, ...], other: tuple[str, ...]) -> Likeness:
    """Equal surnames: what do the given names say?"""
    if not given or not other:
        return Likeness.CLOSE
    shorter, longer = sorted((given, other), key=len)
    if longer[: len(shorter)] == shorter:
        return Likeness.SAME
    if set(shorter) <= set(longer):
        return Likeness.CLOSE
    if all(a.startswith(b) or b.startswith(a) for a, b in zip(shorter, longer, strict=False)):
        initials = any(len(word) == 1 for word in (*given, *other))
        return Likeness.CLOSE if initials else _slip("".join(given), "".join(other))
    return _slip("".join(given), "".join(other))


def _by_surnames(document: Name, certificate: Name, given: tuple[str, ...], other_given: tuple[str, ...]) -> Likeness:
    """Different surnames: marriage, or a slip of the pen?"""
    shared = set(document.surname.split()) & set(certificate.surname.split())
    same_given = bool(given) and (given[:1] == other_given[:1] or "".join(given) == "".join(other_given))
    if same_given:
        # Another surname with the same given names is what a marriage looks like; the birth date decides with it.
        return Likeness.CLOSE
    if shared and _slip("".join(given), "".join(other_given)) is Likeness.CLOSE:
        return Likeness.CLOSE
    return _slip("".join(document.words), "".join(certificate.words))


def _slip(left: str, right: str) -> Likeness:
    """One letter in five to nine, two in ten and more, may be a slip of the pen or another way to romanise."""
    allowed = 0 if min(len(left), len(right)) < 5 else 1 if min(len(left), len(right)) < 10 else 2
    return Likeness.CLOSE if distance(left, right) <= allowed else Likeness.OTHER
