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
    table = _Words()
    shorter, longer = sorted((f"{surname} {given}".split(), f"{other_surname} {other_given}".split()), key=len)
    found = [min((likeness for _, likeness in table.paired(shorter, longer)), default=0.0)]
    if surname and given and other_surname and other_given:
        found.append(min(table.part(surname, other_surname), table.part(given, other_given)))
        found.append(min(table.part(surname, other_given), table.part(given, other_surname)))
    else:
        found.append(table.part(f"{surname} {given}", f"{other_surname} {other_given}"))
    return max(found)


class _Words:
    """Words of two names against one another, each two compared once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], float] = {}
        self._sounds: dict[str, str] = {}

    def part(self, left: str, right: str) -> float:
        """Two surnames, or two rows of given names: letter by letter, and word by word."""
        straight = self.alike(left.replace(" ", ""), right.replace(" ", ""))
        shorter, longer = sorted((left.split(), right.split()), key=len)
        if not shorter or len(longer) < 2:
            return straight
        total = sum(len(word) * likeness for word, likeness in self.paired(shorter, longer))
        return max(straight, total / sum(map(len, shorter)))

    def paired(self, shorter: list[str], longer: list[str]) -> list[tuple[str, float]]:
        """Each word of the shorter row with its likeness to the word of the longer that is most like it."""
        rest, found = list(longer), []
        for word in shorter:
            likeness, best = max((self.alike(word, each), each) for each in rest)
            found.append((word, likeness))
            rest.remove(best)
        return found

    def alike(self, left: str, right: str) -> float:
        """Two words: the same letters, a beginning, or the same sounds."""
        pair = (left, right) if left <= right else (right, left)
        if pair not in self._known:
            shorter, longer = sorted(pair, key=len)
            begins = _INITIAL if shorter and longer.startswith(shorter) else 0.0
            self._known[pair] = max(similarity(left, right), begins, self._by_sound(left, right))
        return self._known[pair]

    def _by_sound(self, left: str, right: str) -> float:
        one, other = self._sound(left), self._sound(right)
        return _SOUNDS_ALIKE if one == other and len(one) >= _LEAST_SOUNDS else 0.0

    def _sound(self, word: str) -> str:
        if word not in self._sounds:
            self._sounds[word] = sounds(word)
        return self._sounds[word]
