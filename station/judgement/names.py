"""Do two names mean one person? A three-valued answer over the letters of the zone.

What passes: the same letters, other word borders or order, a name in one piece, names cut at the end of the zone
(Doc 9303-3, 4.6), further given names on one side. What cannot be told: initials, another or an added surname
(marriage), a slip of the pen, another way to romanise. How unlike names must be to be another person's was measured:
docs/holder.md.
"""

from dataclasses import dataclass
from enum import IntEnum

from station.evidence import Truth
from station.judgement.likeness import resemblance, similarity

_TITLES = frozenset(("MR", "MRS", "MS", "MISS", "MASTER", "DR", "PROF"))
_NOBODY = frozenset(("XXX", "XXXX", "FNU", "LNU"))
"""What forms put where there is no surname or no given name."""
_LEAST_PREFIX = 3
"""Letters of a cut given name that still say something."""
CLOSE_FROM = 0.55
"""Resemblance from which two names may be one person's; below it they are different. Chosen on the tuning pairs of
tests/bench/bench_holder.py."""


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


def without_titles(words: tuple[str, ...]) -> tuple[str, ...]:
    """Titles in front taken off, as long as a word is left."""
    while len(words) > 1 and words[0] in _TITLES:
        words = words[1:]
    return words


def same(document: Name, certificate: Name) -> bool:
    """Whether two names have the same letters, whatever their borders and order; quick."""
    one, other = _bare(document), _bare(certificate)
    if not one.words or not other.words:
        return False
    if sorted(one.words) == sorted(other.words) or (_single(one, other) and set(one.words) == set(other.words)):
        return True
    surname, other_surname = _letters(one.surname), _letters(other.surname)
    given, other_given = _letters(one.given_names), _letters(other.given_names)
    return (surname, given) in ((other_surname, other_given), (other_given, other_surname)) or (
        _single(one, other) and _letters("".join(one.words)) in _runs(other)
    )


def compare(document: Name, certificate: Name) -> Likeness:
    """How alike the name of a document and the name of a certificate are."""
    if same(document, certificate):
        return Likeness.SAME
    one, other = _bare(document), _bare(certificate)
    if not one.words or not other.words:
        return Likeness.CLOSE
    given, other_given = tuple(one.given_names.split()), tuple(other.given_names.split())
    if _letters(one.surname) == _letters(other.surname) and given and other_given:
        shorter, longer = sorted((given, other_given), key=len)
        if longer[: len(shorter)] == shorter:
            return Likeness.SAME
    if _in_one_piece(one, other) or _in_one_piece(other, one):
        return Likeness.SAME
    if document.truncated:
        cut = _cut(one, other)
        if cut is not Likeness.OTHER:
            return cut
    if given and other_given and (given[0] == other_given[0] or "".join(given) == "".join(other_given)):
        # Another surname with the same given names is what a marriage looks like; the birth date decides with it.
        return Likeness.CLOSE
    alike = resemblance((one.surname, one.given_names), (other.surname, other.given_names))
    return Likeness.CLOSE if alike >= CLOSE_FROM else Likeness.OTHER


def _bare(name: Name) -> Name:
    """Without titles in front and without what stands for no name at all."""
    surname = " ".join(word for word in name.surname.split() if word not in _NOBODY)
    given = tuple(word for word in name.given_names.split() if word not in _NOBODY)
    if not given:
        return Name(" ".join(without_titles(tuple(surname.split()))), "", name.truncated)
    return Name(surname, " ".join(without_titles(given)), name.truncated)


def _single(one: Name, other: Name) -> bool:
    """Whether one of them has no surname, or no given names, beside the other."""
    return not (one.surname and one.given_names and other.surname and other.given_names)


def _runs(name: Name) -> tuple[str, str]:
    """All letters, surname first and given names first."""
    surname, given = _letters(name.surname), _letters(name.given_names)
    return surname + given, given + surname


def _in_one_piece(whole: Name, parts: Name) -> bool:
    """A name in one piece that holds the other's surname and its given names, or the first of them."""
    if (whole.surname and whole.given_names) or not (parts.surname and parts.given_names):
        return False
    words, surname, given = list(whole.words), parts.surname.split(), parts.given_names.split()
    for word in surname:
        if word not in words:
            return False
        words.remove(word)
    return bool(words) and (words == given[: len(words)] or words[: len(given)] == given)


def _letters(text: str) -> str:
    return text.replace(" ", "")


def _cut(document: Name, certificate: Name) -> Likeness:
    """A document's name that may have been cut at the end of its field."""
    surname, other_surname = _letters(document.surname), _letters(certificate.surname)
    given, other_given = _letters(document.given_names), _letters(certificate.given_names)
    if surname == other_surname and other_given.startswith(given):
        return Likeness.SAME if len(given) >= _LEAST_PREFIX else Likeness.CLOSE
    if surname == other_surname and similarity(given, other_given[: len(given)]) >= CLOSE_FROM:
        return Likeness.CLOSE
    # The last words may have been cut, or each word to its beginning.
    words, others = document.words, certificate.words
    if len(words) <= len(others) and all(o.startswith(w) for w, o in zip(words, others, strict=False)):
        return Likeness.CLOSE
    if not given and other_surname.startswith(surname):
        return Likeness.CLOSE
    return Likeness.OTHER
