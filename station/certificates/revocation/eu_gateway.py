"""Batches of the EU gateway's revocation list (DGCG, `/revocation-list/{batchId}`).

`{"country": "XY", "expires": RFC 3339, "kid": base64 or "UNKNOWN_KID", "hashType": SIGNATURE | UCI | COUNTRYCODEUCI,
"entries": [{"hash": base64 of 16 bytes}]}`. The gateway wraps it in a CMS signature, which is taken off elsewhere.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from station.certificates.revocation.batches import HASH_BYTES, Batch, Entry, HashKind

SCHEME = "hcert"
UNKNOWN_KID = "UNKNOWN_KID"
_MOST_ENTRIES = 1_000_000


def is_batch(content: object) -> bool:
    """Whether JSON has the shape of one."""
    return isinstance(content, dict) and {"hashType", "entries", "kid"} <= content.keys()


def read_batch(content: Mapping[str, Any], name: str = "") -> Batch:
    """One batch.

    Args:
        content: its JSON.
        name: the gateway's batch id; without one the content's own hash.

    Raises:
        ValueError, KeyError, TypeError: it is none.
    """
    rows = content["entries"]
    if not isinstance(rows, list) or len(rows) > _MOST_ENTRIES:
        raise ValueError("the entries are no list, or too many")
    kid = str(content["kid"])
    hashes = {base64.b64decode(row["hash"], validate=True) for row in rows}
    if any(len(each) < HASH_BYTES for each in hashes):
        raise ValueError("a hash has fewer than 16 bytes")
    expires = datetime.fromisoformat(content["expires"])
    return Batch(
        name=name or "eu-" + hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32],
        scheme=SCHEME,
        kind=HashKind(content["hashType"]),
        kid=b"" if kid == UNKNOWN_KID else base64.b64decode(kid, validate=True),
        country=str(content.get("country", "")),
        expires=expires if expires.tzinfo else expires.replace(tzinfo=UTC),
        entries=tuple(Entry(each[:HASH_BYTES]) for each in sorted(hashes)),
    )
