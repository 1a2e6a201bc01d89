"""Purge statements: what was erased, by which rule, signed by the station."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sync.facts import canonical
from sync.keys import decode, detached_is_good, encode, sign_detached

PURPOSE = "daan-purge-v1"
Sign = Callable[[bytes], bytes]


def signer(key: Ed25519PrivateKey) -> Sign:
    """What `Journal.sign` takes."""
    return lambda message: sign_detached(key, PURPOSE, message)


def statement(
    classes: Sequence[Mapping[str, Any]], photographs: Mapping[str, Any] | None, sign: Sign | None
) -> dict[str, Any]:
    """The payload of a PURGE entry.

    Args:
        classes: `class`, `ranges` ([first, last]), `count` and `rule` of each.
        photographs: `count` and `rule`; None when none was erased.
        sign: None writes an unsigned statement: the station is not enrolled yet.
    """
    said = {"classes": [dict(each) for each in classes], "photographs": dict(photographs) if photographs else None}
    return said | {"signature": encode(sign(canonical(said))) if sign else None}


def shed_statement(photographs: int, sign: Sign | None) -> dict[str, Any]:
    """That photographs gave way to records on a full disk."""
    return statement((), {"count": photographs, "rule": "disk_full"}, sign)


def is_signed(payload: Mapping[str, Any], key: Ed25519PublicKey) -> bool:
    """Whether the station's key signed this statement."""
    said = {name: value for name, value in payload.items() if name not in ("signature", "origin")}
    try:
        return detached_is_good(key, PURPOSE, canonical(said), decode(payload["signature"]))
    except (KeyError, ValueError, TypeError, AttributeError):
        return False
