"""DID documents: the WHO's GDHCN trust list (SMART Trust, "DID Trustlist v2") and single issuers' documents.

`{"id": "did:web:tng-cdn.who.int:v2:trustlist:DOMAIN:PARTICIPANT:USAGE", "verificationMethod": [{"id": "did:…#kid",
"type": "JsonWebKey2020", "controller", "publicKeyJwk": {…, "x5c": [DER]}}]}`. PARTICIPANT is a country in three
letters, USAGE is DSC for document signers; authorities (SCA) and exchange keys (DECA, DESC) sign no certificates and
are left out. Entries that are only the address of another document cannot be followed here. The document's own proof is
not checked: it needs the WHO's key and a canonicalisation of RDF; whoever fetches the document answers for it. Where it
names the WHO's development or acceptance lists, or an invented participant, its keys are test keys; some acceptance
documents bear the addresses of the real list and cannot be told.

Numbers of a key may be written with a leading zero byte (seen in the specification's example). A key on a curve that is
not of health certificates is left out.
"""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from station.certificates.icao.countries import two_letters
from station.certificates.keys import from_jwk, unbase64url
from station.certificates.trust.bundle import Scheme, Signer, from_certificate
from station.certificates.trust.importers.imported import ROW_ERRORS, UNREADABLE, Collector, Imported, moment

_GDHCN = "trustlist"
_SIGNER = "DSC"
_USAGES = ("DSC", "SCA", "DECA", "DESC")
_TEST_HOSTS = ("tng-cdn-dev.who.int", "tng-cdn-uat.who.int")
"""Where the WHO publishes its lists for development and acceptance ("DID Trustlist v2", table of environments)."""
_TEST_PARTICIPANTS = "XX"
"""How the codes of its invented participants begin (XXA, XXB); ISO 3166-1 gives no country such a one."""


def fits(content: object) -> bool:
    """Whether JSON is a DID document."""
    return isinstance(content, dict) and "verificationMethod" in content and str(content.get("id")).startswith("did:")


def read(content: Mapping[str, Any]) -> Imported:
    """The keys of a document: HCERT signers of the WHO's list, DIVOC keys of any other.

    Raises:
        ValueError: no key can be used (KeyError, TypeError, AttributeError: another shape).
    """
    found = Collector()
    methods = content["verificationMethod"]
    for method in methods if isinstance(methods, list) else [methods]:
        if not isinstance(method, Mapping):
            found.leave_out("it is only the address of another document")
            continue
        try:
            _add(found, method, str(content["id"]))
        except ROW_ERRORS:
            found.leave_out(UNREADABLE)
    proof = content.get("proof")
    return found.result(moment(proof.get("created")) if isinstance(proof, Mapping) else None)


def _add(found: Collector, method: Mapping[str, Any], document: str) -> None:
    address = str(method["id"])
    if f":{_GDHCN}" not in f"{document}:{address}":
        found.signers.append(Signer(address.encode(), from_jwk(method["publicKeyJwk"]), scheme=Scheme.DIVOC))
        return
    jwk = method["publicKeyJwk"]
    levels = [*address.partition("#")[0].split(":"), *str(method.get("controller", "")).split(":")]
    usages = [level for level in levels if level in _USAGES]
    if usages and usages[0] != _SIGNER:
        found.leave_out("it is no document signer")
        return
    country = _participant(levels)
    named = {*levels, *document.split(":")}
    test = country.startswith(_TEST_PARTICIPANTS) or not named.isdisjoint(_TEST_HOSTS)
    if jwk.get("x5c"):
        signer = from_certificate(b64decode(jwk["x5c"][0]), test=test)
        found.signers.append(replace(signer, country=country or signer.country))
        return
    kid = str(jwk.get("kid") or address.partition("#")[2])
    found.signers.append(Signer(unbase64url(kid), from_jwk(jwk), country, test=test))


def _participant(levels: list[str]) -> str:
    """The country behind `trustlist:DOMAIN:`; a dash stands for any."""
    if _GDHCN in levels:
        place = levels.index(_GDHCN) + 2
        if place < len(levels) and len(levels[place]) == 3 and levels[place].isalpha():
            return two_letters(levels[place])
    return ""
