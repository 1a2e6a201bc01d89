"""Document signer lists of the EU gateway and of the national services that pass it on.

- DGCG `/trustList`: `[{"kid", "timestamp", "country", "certificateType": "DSC", "thumbprint", "rawData": base64 DER}]`
- the same rows under `certificates` (German service; a base64 signature may stand on a line before the JSON)
- `{"eu_keys": {kid: [{"subjectPk": base64 SPKI, "keyUsage": ["v", "t", "r"]}]}}` (Dutch service)
- `{"dsc_trust_list": {country: {"keys": [JWK with x5c]}}, "iat": seconds}` (DSC-TL 1.0, Swedish service)

A gateway's country counts before the certificate's own, since the gateway checked who uploaded it.
"""

from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from station.certificates.keys import load_key
from station.certificates.result import EntryKind
from station.certificates.trust.bundle import Signer, from_certificate
from station.certificates.trust.importers.imported import ROW_ERRORS, UNREADABLE, Collector, Imported, moment
from station.certificates.trust.signer_certificate import ALL_KINDS


def fits(content: object) -> bool:
    """Whether JSON is one of these lists."""
    if isinstance(content, dict):
        return any(name in content for name in ("certificates", "eu_keys", "dsc_trust_list"))
    return isinstance(content, list) and bool(content) and isinstance(content[0], dict) and "rawData" in content[0]


def read(content: Any) -> Imported:
    """The signers of a list.

    Raises:
        ValueError: no row can be used (KeyError, TypeError, AttributeError: another shape).
    """
    found = Collector()
    if isinstance(content, list):
        return _gateway(content, found)
    if "certificates" in content:
        return _gateway(content["certificates"], found)
    if "eu_keys" in content:
        return _bare_keys(content["eu_keys"], found)
    return _by_country(content, found)


def _gateway(rows: Iterable[Mapping[str, Any]], found: Collector) -> Imported:
    newest: datetime | None = None
    for row in rows:
        if row.get("certificateType", "DSC") != "DSC":
            found.leave_out("it is no document signer")
            continue
        try:
            signer = from_certificate(b64decode(row["rawData"]))
            named = b64decode(row["kid"]) if "kid" in row else signer.kid
        except ROW_ERRORS:
            found.leave_out(UNREADABLE)
            continue
        if named != signer.kid:
            found.leave_out("its key identifier is not its certificate's")
            continue
        found.signers.append(replace(signer, country=str(row.get("country") or signer.country).upper()))
        stamp = moment(row.get("timestamp"))
        newest = max(filter(None, (newest, stamp)), default=None)
    return found.result(newest)


def _bare_keys(rows: Mapping[str, Any], found: Collector) -> Imported:
    for kid, keys in rows.items():
        for row in keys:
            try:
                kinds = frozenset(EntryKind(kind) for kind in row.get("keyUsage", ())) or ALL_KINDS
                found.signers.append(Signer(b64decode(kid), load_key(b64decode(row["subjectPk"])), kinds=kinds))
            except ROW_ERRORS:
                found.leave_out(UNREADABLE)
    return found.result()


def _by_country(content: Mapping[str, Any], found: Collector) -> Imported:
    for country, group in content["dsc_trust_list"].items():
        for row in group["keys"]:
            try:
                signer = from_certificate(b64decode(row["x5c"][0]))
            except ROW_ERRORS:
                found.leave_out(UNREADABLE)
            else:
                found.signers.append(replace(signer, country=str(country).upper()))
    issued = content.get("iat")
    return found.result(datetime.fromtimestamp(issued, UTC) if isinstance(issued, int) else None)
