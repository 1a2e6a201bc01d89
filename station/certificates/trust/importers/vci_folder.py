"""The folder of the VCI directory (repository the-commons-project/vci-directory) as it is published.

`vci-issuers.json` names the participants; `logs/vci_snapshot.json` holds their keys and revocation lists; the snapshot
is signed (`logs/vci_snapshot.sig`, SHA-512, by `vci_snapshot.crt`). Issuers that left stay in the snapshot:
their cards are still about. `vci-issuers-metadata.json` tells in which countries an issuer is.
"""

import json
from dataclasses import replace
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import load_pem_x509_certificate

from station.certificates.keys import suitable
from station.certificates.trust.cms_signature import verify
from station.certificates.trust.importers import shc_keys
from station.certificates.trust.importers.imported import Imported

_ISSUERS = "vci-issuers.json"
_METADATA = "vci-issuers-metadata.json"
_SNAPSHOT = "logs/vci_snapshot.json"
_SIGNATURE = "logs/vci_snapshot.sig"
_CERTIFICATE = "vci_snapshot.crt"


def fits(folder: Path) -> bool:
    """Whether a folder is the directory's."""
    return (folder / _ISSUERS).is_file() and (folder / _SNAPSHOT).is_file()


def read(folder: Path) -> Imported:
    """Keys and revocation lists of the snapshot; its signature must hold.

    Raises:
        ValueError: the signature is missing or broken, or the snapshot is none (KeyError, TypeError, AttributeError).
        OSError: a file cannot be read.
    """
    data = (folder / _SNAPSHOT).read_bytes()
    key = suitable(load_pem_x509_certificate((folder / _CERTIFICATE).read_bytes()).public_key())
    kind = "ecdsa" if isinstance(key, ec.EllipticCurvePublicKey) else "rsassa_pkcs1v15"
    try:
        verify(key, kind, hashes.SHA512(), (folder / _SIGNATURE).read_bytes(), data)
    except InvalidSignature as error:
        raise ValueError("the signature over the directory's snapshot does not hold") from error
    found = shc_keys.read(json.loads(data))
    countries = _countries(folder)
    signers = (replace(each, country=countries.get(each.issuer, "")) for each in found.signers)
    return replace(found, signers=tuple(signers))


def _countries(folder: Path) -> dict[str, str]:
    """Country of each issuer's address, where the directory's metadata names exactly one."""
    try:
        rows = json.loads((folder / _METADATA).read_bytes())["issuer_metadata"]
        issuers = json.loads((folder / _ISSUERS).read_bytes())["participating_issuers"]
    except FileNotFoundError:
        return {}
    known: dict[str, str] = {}
    for row in rows:
        named = {str(place["country"]).upper() for place in row.get("locations", ()) if place.get("country")}
        if len(named) == 1:
            known[str(row["canonical_iss"]).rstrip("/")] = named.pop()
    addresses = {str(row["iss"]): str(row.get("canonical_iss", row["iss"])) for row in issuers}
    return {
        iss.rstrip("/"): known[canonical.rstrip("/")]
        for iss, canonical in addresses.items()
        if canonical.rstrip("/") in known
    }
