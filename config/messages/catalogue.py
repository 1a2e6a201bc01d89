"""Words on screens: gettext catalogues by language, looked up by key (`instruction.passport`).

A key that a language lacks is taken from English, and one that English lacks is shown as itself: a screen is never
blank because a sentence is missing. Values stand in braces: `{name}`; one that is not given is left out.
"""

import re
from collections.abc import Mapping
from importlib import resources
from io import BytesIO
from typing import Self

from babel.messages.pofile import read_po

FALLBACK = "en"
LANGUAGES = ("th", "en")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def placeholders(text: str) -> frozenset[str]:
    """Names of the values that a sentence takes."""
    return frozenset(_PLACEHOLDER.findall(text))


def messages(language: str) -> dict[str, str]:
    """Key -> sentence of one language, without those that are not translated yet.

    Raises:
        FileNotFoundError: there is no catalogue of that language.
    """
    source = resources.files("config.messages").joinpath(f"{language}.po").read_bytes()
    catalogue = read_po(BytesIO(source), locale=language)
    return {str(m.id): str(m.string) for m in catalogue if m.id and m.string and isinstance(m.id, str)}


class Catalogue:
    """The sentences of one language over those of English."""

    def __init__(self, language: str, sentences: Mapping[str, str], fallback: Mapping[str, str]) -> None:
        self.language = language
        self._fallback = dict(fallback)
        self._sentences = self._fallback | dict(sentences)

    @classmethod
    def load(cls, language: str) -> Self:
        """Read a catalogue that ships with the program.

        Raises:
            FileNotFoundError: there is no catalogue of that language.
        """
        fallback = messages(FALLBACK)
        return cls(language, fallback if language == FALLBACK else messages(language), fallback)

    def __contains__(self, key: str) -> bool:
        """Whether the key has a sentence, in this language or in English."""
        return key in self._sentences

    def text(self, key: str, /, **params: object) -> str:
        """The sentence of a key with its values filled in; the key itself when nobody has written one."""
        sentence = self._sentences.get(key, key)
        return _PLACEHOLDER.sub(lambda found: str(params.get(found.group(1), "")), sentence)

    def english(self, key: str) -> str:
        """The English sentence of a key, for a second line under another language."""
        return self._fallback.get(key, key)

    def under(self, *prefixes: str) -> dict[str, str]:
        """All sentences whose key starts with one of the prefixes, for a page that fills in its own words."""
        return {key: text for key, text in self._sentences.items() if key.startswith(prefixes)}
