"""Sentences that name what is wrong and what to do: written in English where they arise, shown in any language.

A `Said` is its English text and also knows the pattern and the values that it was made of, so that a screen or the
doctor can say the same in Thai (`sentences.th.po`: gettext, the English pattern is the key). It survives being handed
through exceptions and dataclasses, because it is a `str`; what was cut or joined since is plain English again.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from io import BytesIO
from typing import Self

from babel.messages.pofile import read_po

from config.messages.moments import day

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Said(str):
    """One English sentence with the pattern and the values behind it."""

    __slots__ = ("pattern", "values")

    pattern: str
    values: Mapping[str, str]

    def __new__(cls, pattern: str, values: Mapping[str, str]) -> Self:
        """Fill the values into the pattern."""
        said = super().__new__(cls, _filled(pattern, values))
        said.pattern, said.values = pattern, dict(values)
        return said

    def __getnewargs__(self) -> tuple[str, Mapping[str, str]]:  # type: ignore[override]
        """For copies."""
        return self.pattern, self.values

    def __str__(self) -> Self:  # an exception's message stays what it was made of
        """Itself."""
        return self


def say(pattern: str, /, **values: str) -> Said:
    """An English sentence; values stand in the pattern as `{name}`.

    Args:
        pattern: a literal, so that every one can be found and translated.
        values: ready to be shown (`f"{seconds:.0f}"`); a device's name, a `Said` or a `SaidDay` is translated too.
    """
    return Said(pattern, values)


class SaidDay(str):
    """A day as English text that is shown in the reader's own calendar."""

    __slots__ = ("day",)

    day: date

    def __new__(cls, value: date) -> Self:
        """`20 Nov 2026`."""
        said = super().__new__(cls, day(value, "en"))
        said.day = value
        return said

    def __getnewargs__(self) -> tuple[date]:  # type: ignore[override]
        """For copies."""
        return (self.day,)


def translated(text: str, language: str) -> str:
    """The sentence in that language; as it is where there is no translation, or when it is no `Said`."""
    if isinstance(text, SaidDay):
        return day(text.day, language)
    patterns = _patterns(language)
    if not isinstance(text, Said):
        return patterns.get(text, text)
    values = {name: translated(value, language) for name, value in text.values.items()}
    return _filled(patterns.get(text.pattern, text.pattern), values)


@cache
def _patterns(language: str) -> Mapping[str, str]:
    source = resources.files("config.messages").joinpath(f"sentences.{language}.po")
    if not source.is_file():
        return {}
    catalogue = read_po(BytesIO(source.read_bytes()), locale=language)
    return {str(m.id): str(m.string) for m in catalogue if m.id and m.string}


def _filled(pattern: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: str(values.get(found.group(1), "")), pattern)
