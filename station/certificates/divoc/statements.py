"""A credential as statements: subject, predicate and object with full addresses (JSON-LD 1.1 to RDF).

A word that the vocabulary does not know, and whatever hangs from a subject whose address is none, makes no statement:
the signature does not cover it. So the reader tells which part of the document is covered, and only that is believed.

Only what such credentials use is understood: no keyword but the context at the top, no full addresses as keys, no lists
in lists, no blank node identifiers, no inline vocabulary. The rest is refused, not guessed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from station.certificates.divoc.vocabulary import UnknownVocabulary, Vocabulary, vocabulary

TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
XSD = "http://www.w3.org/2001/XMLSchema#"
STRING = XSD + "string"
MAX_DEPTH = 12
MAX_NODES = 64
MAX_STATEMENTS = 1_000
_WHOLE_LIMIT = 10**21
"""JavaScript writes a whole number from here on as a fraction with an exponent, and the signers are written in it."""


@dataclass(frozen=True, slots=True, repr=False)
class Literal:
    """A value with its datatype."""

    value: str
    datatype: str


@dataclass(frozen=True, slots=True, repr=False)
class Node:
    """An address, or a blank node as `_:b0`."""

    name: str

    @property
    def blank(self) -> bool:
        """Whether it has no address."""
        return self.name.startswith("_:")


Statement = tuple[Node, str, "Node | Literal"]


@dataclass(frozen=True, slots=True, repr=False)
class Reading:
    """What a document states, and which part of it does so."""

    statements: tuple[Statement, ...]
    covered: Mapping[str, Any]
    """The document without whatever makes no statement."""
    merged: bool
    """Two of its parts have one address, so that statements do not tell which is whose."""
    spaces: bool
    """An address has a space in it, which readers treat differently."""


def read(document: Mapping[str, Any], *, spaced: bool = False) -> Reading:
    """Read a document.

    Args:
        document: with the addresses of its vocabularies as `@context`.
        spaced: take an address with spaces for one, as early JavaScript libraries do; else it is none.

    Raises:
        UnknownVocabulary: a vocabulary that is not ours, a construction that is not understood, or more than MAX_DEPTH
            levels, MAX_NODES nodes or MAX_STATEMENTS statements.
    """
    context = document.get("@context")
    addresses = [context] if isinstance(context, str) else context
    if not isinstance(addresses, list) or not all(isinstance(address, str) for address in addresses):
        raise UnknownVocabulary("the vocabulary is not given as addresses")
    reader = _Reader(spaced)
    rest = {key: value for key, value in document.items() if key != "@context"}
    _, covered = reader.node(rest, vocabulary(addresses), 0)
    return Reading(tuple(dict.fromkeys(reader.statements)), covered or {}, reader.merged, reader.spaces)


class _Reader:
    """The statements of one document, gathered node by node."""

    def __init__(self, spaced: bool) -> None:
        self.spaced = spaced
        self.statements: list[Statement] = []
        self.named: set[str] = set()
        self.nodes = 0
        self.merged = False
        self.spaces = False

    def node(self, element: Mapping[str, Any], words: Vocabulary, depth: int) -> tuple[Node | None, Any]:
        """One object of the document: its node, None when its address is none, and its covered part."""
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise UnknownVocabulary(f"it has more than {MAX_DEPTH} levels or {MAX_NODES} parts")
        types = _types(element, words)
        scoped = words
        for name in sorted(types):
            term = words.terms.get(name)
            if term is not None and term.local is not None:
                scoped = scoped.within(term.local, propagate=False)
        subject = self.subject(element, scoped)
        covered: dict[str, Any] = {}
        for key, value in element.items():
            if key.startswith("@") or ":" in key:
                raise UnknownVocabulary("a key is a keyword or an address")
            term = scoped.terms.get(key)
            if term is None:
                kept = None
            elif term.iri == "@id":
                kept = value
            elif term.iri == "@type":
                kept = self.types(subject, value, words)
            else:
                kept = self.values(subject, key, value, scoped, depth)
            if kept is not None:
                covered[key] = kept
        return subject, None if subject is None else covered

    def subject(self, element: Mapping[str, Any], words: Vocabulary) -> Node | None:
        """The node that an object describes."""
        keys = [key for key in element if key in words.terms and words.terms[key].iri == "@id"]
        if not keys:
            return Node(f"_:b{self.nodes}")
        text = element[keys[0]]
        if not isinstance(text, str) or len(keys) > 1:
            raise UnknownVocabulary("an identifier is no text")
        address = self.address(text, words)
        if address is None:
            return None
        self.merged = self.merged or address in self.named
        self.named.add(address)
        return Node(address)

    def address(self, text: str, words: Vocabulary) -> str | None:
        """The address that a text means; a blank node identifier could tie knots and is refused."""
        if text.startswith("_:"):
            raise UnknownVocabulary("a blank node has a name")
        spaced = words.address(text, spaced=True)
        strict = words.address(text, spaced=False)
        self.spaces = self.spaces or spaced != strict
        return spaced if self.spaced else strict

    def types(self, subject: Node | None, value: Any, words: Vocabulary) -> Any:
        """State the types of a node."""
        kept = []
        for name in [value] if isinstance(value, str) else value:
            meaning = words.meaning(name, spaced=False)
            if meaning is not None:
                self.state(subject, TYPE, Node(meaning))
                kept.append(name)
        return (kept[0] if kept else None) if isinstance(value, str) else kept

    def values(self, subject: Node | None, key: str, value: Any, words: Vocabulary, depth: int) -> Any:
        """State every value of one property, and give back the stated ones."""
        if not isinstance(value, list):
            return self.value(subject, key, value, words, depth)
        kept = [self.value(subject, key, item, words, depth) for item in value]
        return [item for item in kept if item is not None] or None

    def value(self, subject: Node | None, key: str, value: Any, words: Vocabulary, depth: int) -> Any:
        """State one value; None when it makes no statement."""
        term = words.terms[key]
        if value is None:
            return None
        if isinstance(value, list):
            raise UnknownVocabulary("a list stands in a list")
        if isinstance(value, dict):
            inner = words.outer or words
            if term.local is not None:
                inner = inner.within(term.local, override=True)
            node, covered = self.node(value, inner, depth + 1)
            if node is None:
                return None
            self.state(subject, term.iri, node)
            return covered
        if isinstance(value, str) and term.coerced in ("@id", "@vocab"):
            known = words.terms.get(value) if term.coerced == "@vocab" else None
            address = known.iri if known is not None else self.address(value, words)
            if address is None:
                return None
            self.state(subject, term.iri, Node(address))
            return value
        self.state(subject, term.iri, _literal(value, "" if term.coerced.startswith("@") else term.coerced))
        return value

    def state(self, subject: Node | None, predicate: str, found: Node | Literal) -> None:
        """Add a statement, unless its subject has no address or its predicate is none."""
        if subject is None:
            return
        if len(self.statements) >= MAX_STATEMENTS:
            raise UnknownVocabulary(f"it makes more than {MAX_STATEMENTS} statements")
        self.statements.append((subject, predicate, found))


def _types(element: Mapping[str, Any], words: Vocabulary) -> Sequence[str]:
    """The names of an object's types."""
    found: list[str] = []
    for key, value in element.items():
        term = words.terms.get(key)
        if term is not None and term.iri == "@type":
            names = [value] if isinstance(value, str) else value
            if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
                raise UnknownVocabulary("a type is no text")
            found += names
    return found


def _literal(value: Any, datatype: str) -> Literal:
    """A value in its canonical form (JSON-LD 1.1 API, 8.2.2).

    Raises:
        UnknownVocabulary: a number beyond a double.
    """
    if isinstance(value, bool):
        return Literal("true" if value else "false", datatype or XSD + "boolean")
    if isinstance(value, str):
        return Literal(value, datatype or STRING)
    whole = int(value) if isinstance(value, float) and value.is_integer() else value
    if isinstance(whole, int) and abs(whole) < _WHOLE_LIMIT and datatype != XSD + "double":
        return Literal(str(whole), datatype or XSD + "integer")
    try:
        text = f"{float(value):.15E}"
    except OverflowError as error:
        raise UnknownVocabulary("a number is larger than any that a signer can write") from error
    return Literal(re.sub(r"(\d)0*E\+?(-?)0*(\d)", r"\1E\2\3", text), datatype or XSD + "double")
