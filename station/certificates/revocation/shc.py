"""Card revocation lists of SMART Health Cards (framework 1.4, "Revocation"; RFC 002 for cards without an identifier).

`{"kid", "method": "rid", "ctr": 1, "rids": ["XkNHp2Iyk0Y.1664492124", "FKDIxsTCGlU"]}`: an identifier with a time
behind it revokes only cards issued (`nbf`) before that time.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from station.certificates.icao.canonical import canonical
from station.certificates.keys import base64url
from station.certificates.revocation.batches import Batch, Entry, HashKind, digest

SCHEME = "shc"
METHODS = ("rid", "hash-fhir")
"""An identifier in the card, or one worked out from its content (`content_rid`)."""
_RID = re.compile(r"([A-Za-z0-9_-]{1,24})(?:\.(\d{1,12}))?")
_RID_BYTES = 8


def is_list(content: object) -> bool:
    """Whether JSON has the shape of one."""
    return isinstance(content, dict) and {"kid", "method", "rids"} <= content.keys()


def read_list(content: Mapping[str, Any], issuer: str = "") -> Batch:
    """One issuer's list for one key.

    Raises:
        ValueError, KeyError, TypeError: it is none, its method is unknown, or an identifier is none.
    """
    if content["method"] not in METHODS:
        raise ValueError("the revocation method is unknown")
    kid = str(content["kid"])
    issuer = issuer.rstrip("/")
    found: dict[bytes, datetime | None] = {}
    for row in content["rids"]:
        match = _RID.fullmatch(row)
        if match is None:
            raise ValueError("a revocation identifier is not 1 to 24 characters of base64url")
        key = digest(match[1].encode())
        before = datetime.fromtimestamp(int(match[2]), UTC) if match[2] else None
        known = found.get(key, before)
        # Named twice: the further reaching one counts.
        found[key] = None if before is None or known is None else max(before, known)
    return Batch(
        name=f"shc-{hashlib.sha256(issuer.encode()).hexdigest()[:16]}-{kid}",
        scheme=SCHEME,
        kind=HashKind.RID,
        kid=kid.encode(),
        issuer=issuer,
        entries=tuple(Entry(key, before) for key, before in sorted(found.items())),
    )


def content_rid(bundle: Mapping[str, Any]) -> str:
    """The identifier of a card that carries none: of its FHIR bundle in canonical JSON (RFC 8785).

    Raises:
        ValueError: the bundle holds a number beyond a double, which has no canonical form.
    """
    text = base64url(canonical(bundle)).encode()
    return base64url(hashlib.sha256(text).digest()[:_RID_BYTES])
