"""How much two names resemble each other, 0 to 1: letters, initials, cut words, other ways to romanise.

Resemblance alone makes nobody the same person; it only keeps "cannot tell" apart from "different".
"""

import re

_INITIAL = 0.8
"""What a word that is the beginning of another counts."""
_SOUNDS_ALIKE = 0.9
_ALIKE = (
    ("SHCH", "S"), ("TSCH", "S"), ("SCH", "S"), ("TCH", "S"), ("SH", "S"), ("CH", "S"), ("ZH", "S"), ("CZ", "S"),
    ("SZ", "S"), ("RZ", "S"), ("TZ", "S"), ("TS", "S"), ("DJ", "S"), ("DZ", "S"), ("TH", "T"), ("DH", "T"),
    ("KH", "H"), ("GH", "G"), ("PH", "P"), ("BH", "P"), ("CK", "K"), ("X", "KS"), ("QU", "K"), ("Q", "K"),
    ("J", "S"), ("Z", "S"), ("C", "K"), ("D", "T"), ("B", "P"), ("F", "P"), ("V", "P"), ("W", "P"), ("G", "K"),
    ("R", "L"),
)  # fmt: skip
"""Letters that romanisations of Thai, Arabic, Russian and Chinese write for one another, coarsely."""
_VOWELS = re.compile("[AEIOUYH]")
_TWICE = re.compile(r"(.)\1+")
_LEAST_SOUNDS = 2


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
    if left == right:
        return 1.0
    longest = max(len(left), len(right))
    return 1 - distance(left, right) / longest if longest else 1.0


def sounds(word: str) -> str:
    """A word's consonants, those that are written for one another made the same."""
    for letters, sound in _ALIKE:
        word = word.replace(letters, sound)
    return _TWICE.sub(r"\1", _VOWELS.sub("", word))


def resemblance(one: tuple[str, str], other: tuple[str, str]) -> float:
    """How alike two names are, each as (surname, given names) in letters of the zone.

    Surname and given names must both be alike, as they stand or exchanged; or each word of the shorter name must be
    like one of the longer. A part that is empty says nothing against.
    """
    (surname, given), (other_surname, other_given) = one, other
    words, others = f"{surname} {given}".split(), f"{other_surname} {other_given}".split()
    found = [_weakest(*sorted((words, others), key=len))]
    if surname and given and other_surname and other_given:
        found.append(min(_part(surname, other_surname), _part(given, other_given)))
        found.append(min(_part(surname, other_given), _part(given, other_surname)))
    else:
        found.append(_part(f"{surname} {given}", f"{other_surname} {other_given}"))
    return max(found)


def _part(left: str, right: str) -> float:
    """Two surnames, or two rows of given names: letter by letter, and word by word."""
    one, other = left.replace(" ", ""), right.replace(" ", "")
    straight = max(similarity(one, other), _by_sound(one, other))
    shorter, longer = sorted((left.split(), right.split()), key=len)
    if len(longer) < 2:
        return max(straight, _word(one, other))
    rest, total = list(longer), 0.0
    for word in shorter:
        best = max(rest, key=lambda each: _word(word, each))
        total += len(word) * _word(word, best)
        rest.remove(best)
    return max(straight, total / sum(map(len, shorter)))


def _weakest(shorter: list[str], longer: list[str]) -> float:
    """How alike the least alike word of the shorter name is to a word of its own in the longer."""
    rest, weakest = list(longer), 1.0
    for word in shorter:
        best = max(rest, key=lambda each: _word(word, each))
        weakest = min(weakest, _word(word, best))
        rest.remove(best)
    return weakest if shorter else 0.0


def _word(left: str, right: str) -> float:
    shorter, longer = sorted((left, right), key=len)
    begins = _INITIAL if shorter and longer.startswith(shorter) else 0.0
    return max(similarity(left, right), begins, _by_sound(left, right))


def _by_sound(left: str, right: str) -> float:
    one, other = sounds(left), sounds(right)
    return _SOUNDS_ALIKE if one == other and len(one) >= _LEAST_SOUNDS else 0.0
