"""Keys of DIVOC issuers (Digital Infrastructure for Verifiable Open Credentialing).

No list of them is published; what there is: a DID document, a registry (both read elsewhere), or a bare key that an
issuer hands over as PEM. Our own list of such keys is `{"divoc_keys": [{"id": address of the verification method,
"public_key": base64 of SubjectPublicKeyInfo or PEM, "country", "name"}]}`.
"""

import re
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from station.certificates.keys import load_key
from station.certificates.trust.bundle import Scheme, Signer
from station.certificates.trust.importers.imported import ROW_ERRORS, UNREADABLE, Collector, Imported

_FENCE = re.compile(r"-----(?:BEGIN|END) PUBLIC KEY-----")


def fits(content: object) -> bool:
    """Whether JSON is our list of them."""
    return isinstance(content, dict) and "divoc_keys" in content


def read(content: Mapping[str, Any]) -> Imported:
    """The keys of the list.

    Raises:
        ValueError: no row can be used (KeyError, TypeError, AttributeError: another shape).
    """
    found = Collector()
    for row in content["divoc_keys"]:
        try:
            key = load_key(b64decode(_FENCE.sub("", row["public_key"])))
            method = str(row["id"])
        except ROW_ERRORS:
            found.leave_out(UNREADABLE)
            continue
        found.signers.append(
            Signer(
                method.encode(), key, str(row.get("country", "")).upper(), str(row.get("name", "")), scheme=Scheme.DIVOC
            )
        )
    return found.result()
