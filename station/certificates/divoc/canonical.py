"""Statements in their canonical order and spelling (URDNA2015), by pyld, within limits.

Naming blank nodes that look alike can take as many trials as there are ways to order them, so the trials are counted.
"""

from collections.abc import Sequence
from typing import Any

from station.certificates.divoc.statements import Literal, Node, Statement
from station.certificates.divoc.vocabulary import UnknownVocabulary

MAX_TRIALS = 400
"""Honest credentials take none: each of their parts differs from the others."""


def canonical(statements: Sequence[Statement]) -> bytes:
    """N-Quads, sorted, one statement in a line.

    Raises:
        UnknownVocabulary: too many parts look alike.
    """
    # Loading it takes 0.3 s and brings libraries that only a DIVOC credential needs.
    from pyld.canon import URDNA2015

    method = URDNA2015()
    deeper, trials = method.hash_n_degree_quads, 0

    def counted(*arguments: Any) -> Any:
        nonlocal trials
        trials += 1
        if trials > MAX_TRIALS:
            raise UnknownVocabulary("too many of its parts look alike")
        return deeper(*arguments)

    method.hash_n_degree_quads = counted
    dataset = {"@default": [_triple(statement) for statement in statements]}
    text: str = method.main(dataset, {"algorithm": "URDNA2015", "format": "application/n-quads"})
    return text.encode()


def _triple(statement: Statement) -> dict[str, dict[str, str]]:
    subject, predicate, found = statement
    return {
        "subject": _node(subject),
        "predicate": {"type": "IRI", "value": predicate},
        "object": {"type": "literal", "value": found.value, "datatype": found.datatype}
        if isinstance(found, Literal)
        else _node(found),
    }


def _node(node: Node) -> dict[str, str]:
    return {"type": "blank node" if node.blank else "IRI", "value": node.name}
