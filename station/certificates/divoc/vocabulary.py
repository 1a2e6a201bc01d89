"""The closed set of JSON-LD vocabularies that DIVOC credentials name, and what their terms mean (JSON-LD 1.1).

A vocabulary says which address a short term stands for; the signature is over these addresses. Ours are written anew in
`contexts/` and lead to the same addresses as the originals. Nothing is ever fetched: an unknown address is refused.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

CREDENTIALS = "https://www.w3.org/2018/credentials/v1"
SECURITY = "https://w3id.org/security/v2"
_FILES: Mapping[str, str] = {
    CREDENTIALS: "credentials-v1.json",
    SECURITY: "security-v2.json",
    "https://cowin.gov.in/credentials/vaccination/v1": "vaccination-v1.json",
    "https://cowin.gov.in/credentials/vaccination/v2": "vaccination-v2.json",
    "https://divoc.prod/vaccine/credentials/vaccination/v1": "vaccination-v2.json",
    "https://divoc.lgcc.gov.lk/credentials/vaccination/v1": "vaccination-v2.json",
    "https://www.pedulilindungi.id/credentials/vaccination/v2": "vaccination-v2.json",
}
"""Which issuer's address means which vocabulary: WHO gdhcn-validator, DIVOC context loader."""

_ENDS_AS_PREFIX = re.compile(r"[:/?#\[\]@]\Z")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]*")
_ABSOLUTE_SPACED = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^<>\"{}|\\^`\x00-\x1f\x7f]*")


class UnknownVocabulary(ValueError):
    """The credential names a vocabulary that is not ours, or uses one in a way that it forbids."""


@dataclass(frozen=True, slots=True)
class Term:
    """What one short word stands for."""

    iri: str
    """Address, or `@id` or `@type`."""
    coerced: str = ""
    """`@id`: values are addresses; `@vocab`: values are terms; else the datatype of values, empty for plain ones."""
    local: Mapping[str, Any] | None = None
    """Vocabulary that holds inside only."""
    prefix: bool = False
    protected: bool = False


class Vocabulary:
    """The terms that hold at one place of a document. What holds inside is worked out once and kept."""

    def __init__(self, terms: Mapping[str, Term], outer: "Vocabulary | None" = None) -> None:
        """Hold terms; `outer` is what holds again one level down (a type's vocabulary does not reach further)."""
        self.terms = terms
        self.outer = outer
        self._made: dict[tuple[int, bool, bool], Vocabulary] = {}

    def within(self, local: Mapping[str, Any], *, override: bool = False, propagate: bool = True) -> "Vocabulary":
        """These terms with a local vocabulary laid over (JSON-LD 1.1 API, 4.1).

        Args:
            local: a context that lives as long as the process.
            override: it belongs to a property, and may give a protected term another meaning.
            propagate: it holds further down as well.

        Raises:
            UnknownVocabulary: it gives a protected term another meaning and may not.
        """
        mark = (id(local), override, propagate)
        if mark not in self._made:
            terms = _Definitions(self.terms, local, override).all()
            outer = self.outer if propagate else self.outer or self
            self._made[mark] = Vocabulary(terms, outer)
        return self._made[mark]

    def address(self, text: str, *, spaced: bool) -> str | None:
        """The address that a text in the place of one means; None for a relative one, which has no meaning here."""
        return self._expanded(text, spaced)

    def meaning(self, name: str, *, spaced: bool) -> str | None:
        """The address of a term, or of what stands in the place of one."""
        term = self.terms.get(name)
        return term.iri if term is not None else self._expanded(name, spaced)

    def _expanded(self, text: str, spaced: bool) -> str | None:
        prefix, colon, rest = text.partition(":")
        term = self.terms.get(prefix) if colon and not rest.startswith("//") else None
        whole = term.iri + rest if term is not None and term.prefix else text
        return whole if (_ABSOLUTE_SPACED if spaced else _ABSOLUTE).fullmatch(whole) else None


class _Definitions:
    """The terms of one local vocabulary being defined over others."""

    def __init__(self, over: Mapping[str, Term], local: Mapping[str, Any], override: bool) -> None:
        self.over = over
        self.local = local
        self.override = override
        self.made: dict[str, Term] = {}

    def all(self) -> dict[str, Term]:
        """Every term that holds then."""
        for name in self.local:
            if not name.startswith("@"):
                self.define(name)
        return {**self.over, **self.made}

    def define(self, name: str) -> None:
        """Define one term, and first the prefix that it is written with."""
        if name in self.made:
            return
        written = self.local[name]
        row: Mapping[str, Any] = {"@id": written} if isinstance(written, str) else written
        iri = self.expand(row["@id"])
        term = Term(
            iri=iri,
            coerced=self.expand(row["@type"]) if "@type" in row else "",
            local=row.get("@context"),
            prefix=isinstance(written, str) and _ENDS_AS_PREFIX.search(iri) is not None,
            protected=bool(self.local.get("@protected", False)),
        )
        known = self.over.get(name)
        if known is not None and known.protected and not self.override:
            if (known.iri, known.coerced, known.local) != (term.iri, term.coerced, term.local):
                raise UnknownVocabulary("a protected term gets another meaning")
            term = known
        self.made[name] = term

    def expand(self, text: str) -> str:
        """An address, written in full or with a prefix; a keyword as it is."""
        prefix, colon, rest = text.partition(":")
        if not colon or rest.startswith("//"):
            return text
        if prefix in self.local:
            self.define(prefix)
        term = self.made.get(prefix) or self.over.get(prefix)
        return term.iri + rest if term is not None and term.prefix else text


def vocabulary(addresses: Iterable[str]) -> Vocabulary:
    """What the vocabularies at these addresses say together, a later one over an earlier one.

    Raises:
        UnknownVocabulary: one of them is not ours or comes again, or they contradict each other.
    """
    found, read = _EMPTY, set[str]()
    for address in addresses:
        name = _FILES.get(address)
        if name is None:
            raise UnknownVocabulary("an address of a vocabulary is not known")
        # What holds inside is kept for ever: there must not be more than the few orders of the few that are ours.
        if name in read:
            raise UnknownVocabulary("a vocabulary is named twice")
        read.add(name)
        found = found.within(_read(name))
    return found


@cache
def _read(name: str) -> Mapping[str, Any]:
    content = json.loads((Path(__file__).parent / "contexts" / name).read_text(encoding="utf-8"))
    context: Mapping[str, Any] = content["@context"]
    return context


_EMPTY = Vocabulary({})
