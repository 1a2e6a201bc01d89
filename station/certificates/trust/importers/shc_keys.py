"""Keys of SMART Health Card issuers (framework 1.4, "Determining keys associated with an issuer").

- the directory's snapshot: `{"directory", "time", "issuerInfo": [{"issuer": {"iss", "name", "canonical_iss"}, "keys":
  [JWK], "crls": [card revocation list]}]}` (VCI directory, `logs/vci_snapshot.json`)
- one issuer's own set, `{"keys": [JWK]}`, with the issuer's address beside it

A key is found by issuer and thumbprint together: the same identifier under another address is nobody. A key identifier
that is not the key's thumbprint (RFC 7638) is left out, as is every key but ECDSA on P-256.
"""

from collections.abc import Mapping
from typing import Any

from station.certificates.keys import from_jwk, is_thumbprint
from station.certificates.revocation import shc
from station.certificates.trust.bundle import Scheme, Signer
from station.certificates.trust.importers.imported import ROW_ERRORS, UNREADABLE, Collector, Imported, moment


def fits(content: object) -> bool:
    """Whether JSON is a snapshot of the directory."""
    return isinstance(content, dict) and "issuerInfo" in content


def read(content: Mapping[str, Any]) -> Imported:
    """Every issuer's keys and revocation lists.

    Raises:
        ValueError: no row can be used (KeyError, TypeError, AttributeError: another shape).
    """
    found = Collector()
    for row in content["issuerInfo"]:
        issuer = row["issuer"]
        for key in row["keys"]:
            add_key(found, key, str(issuer["iss"]), str(issuer.get("name", "")))
        for listed in row.get("crls") or ():
            try:
                found.batches.append(shc.read_list(listed, str(issuer["iss"])))
            except ROW_ERRORS:
                found.leave_out("its revocation list cannot be read")
    return found.result(moment(content.get("time")))


def read_set(content: Mapping[str, Any], issuer: str, name: str = "") -> Imported:
    """One issuer's key set.

    Raises:
        ValueError: no key can be used (KeyError, TypeError, AttributeError: another shape).
    """
    found = Collector()
    for key in content["keys"]:
        add_key(found, key, issuer, name)
    return found.result()


def add_key(found: Collector, key: Mapping[str, Any], issuer: str, name: str) -> None:
    """Take one key in, or count why not."""
    try:
        if (key.get("kty"), key.get("crv")) != ("EC", "P-256"):
            found.leave_out("its key is not on the curve P-256")
            return
        public = from_jwk(key)
        if not is_thumbprint(str(key["kid"]), public):
            found.leave_out("its key identifier is not the key's thumbprint")
            return
    except ROW_ERRORS:
        found.leave_out(UNREADABLE)
        return
    found.signers.append(
        Signer(str(key["kid"]).encode(), public, name=name, scheme=Scheme.SHC, issuer=issuer.rstrip("/"))
    )
