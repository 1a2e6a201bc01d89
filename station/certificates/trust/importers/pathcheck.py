"""The registry of the PathCheck Foundation, `registry.json` and its normalized forms: keys of every format in one file.

`{"EUDCC" or "DCC", "SmartHealthCards" or "SHC", "ICAO", "DIVOC", "CRED": {kid: {"status", "displayName": {"en"},
"didDocument": PEM or JWK, or "publicKey": base64 SPKI, or "publicKeyJwk"}}}`. Identifiers: EU DCC the key identifier
in base64; SHC `issuer address#thumbprint`; ICAO `country#subject key identifier`; DIVOC the issuer's DID. CRED keys are
of a format that is not ours. Only rows of status `current` are taken.
"""

import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any

from station.certificates.keys import is_thumbprint, load_key
from station.certificates.trust.bundle import Scheme, Signer, from_certificate, from_icao_certificate
from station.certificates.trust.importers.imported import ROW_ERRORS, UNREADABLE, Collector, Imported, moment
from station.certificates.trust.importers.shc_keys import add_key

_FENCE = re.compile(r"-----(?:BEGIN|END) (CERTIFICATE|PUBLIC KEY)-----")
_FRAMEWORKS = {"EUDCC", "DCC", "SmartHealthCards", "SHC", "ICAO", "DIVOC", "CRED"}


def fits(content: object) -> bool:
    """Whether JSON is such a registry."""
    return isinstance(content, dict) and bool(content) and content.keys() <= _FRAMEWORKS


def read(content: Mapping[str, Any]) -> Imported:
    """The keys of every format that is ours.

    Raises:
        ValueError: no row can be used (KeyError, TypeError, AttributeError: another shape).
    """
    found = Collector()
    for framework, rows in content.items():
        add = _READERS.get(framework)
        for kid, row in rows.items():
            if add is None:
                found.leave_out("its format is not ours")
            elif row.get("status") != "current":
                found.leave_out("it is no longer current")
            else:
                try:
                    add(found, kid, row)
                except ROW_ERRORS:
                    found.leave_out(UNREADABLE)
    return found.result()


def _hcert(found: Collector, kid: str, row: Mapping[str, Any]) -> None:
    kind, der = _material(row)
    if kind == "CERTIFICATE":
        signer = from_certificate(der)
        if signer.kid != b64decode(kid):
            found.leave_out("its key identifier is not its certificate's")
            return
        found.signers.append(signer)
        return
    found.signers.append(
        Signer(
            b64decode(kid, validate=True), load_key(der), name=_name(row),
            not_before=moment(row.get("validFromDT")), not_after=moment(row.get("validUntilDT")),
        )
    )  # fmt: skip


def _shc(found: Collector, kid: str, row: Mapping[str, Any]) -> None:
    issuer, _, named = kid.rpartition("#")
    key = row.get("didDocument") or row.get("publicKeyJwk")
    if isinstance(key, Mapping):
        add_key(found, {**key, "kid": named}, issuer, _name(row))
        return
    public = load_key(_material(row)[1])
    if not is_thumbprint(named, public):
        found.leave_out("its key identifier is not the key's thumbprint")
        return
    found.signers.append(Signer(named.encode(), public, name=_name(row), scheme=Scheme.SHC, issuer=issuer.rstrip("/")))


def _icao(found: Collector, kid: str, row: Mapping[str, Any]) -> None:
    kind, der = _material(row)
    if kind != "CERTIFICATE":
        found.leave_out("it holds a key without certificate")
        return
    found.signers.append(from_icao_certificate(der))


def _divoc(found: Collector, kid: str, row: Mapping[str, Any]) -> None:
    _, der = _material(row)
    found.signers.append(Signer(kid.encode(), load_key(der), name=_name(row), scheme=Scheme.DIVOC))


_READERS: Mapping[str, Callable[[Collector, str, Mapping[str, Any]], None]] = {
    "EUDCC": _hcert,
    "DCC": _hcert,
    "SmartHealthCards": _shc,
    "SHC": _shc,
    "ICAO": _icao,
    "DIVOC": _divoc,
}


def _material(row: Mapping[str, Any]) -> tuple[str, bytes]:
    """What there is of a key: `CERTIFICATE` or `PUBLIC KEY`, and its DER."""
    jwk = row.get("publicKeyJwk")
    if isinstance(jwk, Mapping) and jwk.get("x5c"):
        return "CERTIFICATE", b64decode(jwk["x5c"][0])
    text = row.get("didDocument")
    if isinstance(text, str):
        kind = _FENCE.search(text)
        return kind[1] if kind else "PUBLIC KEY", b64decode(_FENCE.sub("", text))
    return "PUBLIC KEY", b64decode(row["publicKey"])


def _name(row: Mapping[str, Any]) -> str:
    return str(row["displayName"].get("en", ""))
