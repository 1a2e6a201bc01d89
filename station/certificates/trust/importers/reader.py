"""What kind of trust list some bytes are, and the reader for it."""

import base64
import json
import re
from collections.abc import Callable
from typing import Any

from station.certificates.keys import from_jwk, is_thumbprint, unbase64url
from station.certificates.revocation import eu_gateway, shc
from station.certificates.trust.bundle import Scheme, Signer, from_certificate, from_icao_certificate
from station.certificates.trust.cms_signature import open_signed
from station.certificates.trust.importers import did_document, divoc, eu_dsc_list, icao, pathcheck, shc_keys
from station.certificates.trust.importers.imported import Collector, Imported

_PEM = re.compile(rb"-----BEGIN (CERTIFICATE|PUBLIC KEY)-----(.+?)-----END \1-----", re.DOTALL)
_SIGNED_LINE = re.compile(rb"[A-Za-z0-9+/=]{40,}\s*\n\s*(?=[\[{])")
"""The German service puts its signature in base64 on a line of its own before the JSON."""
_JWS = re.compile(rb"\s*(ey[\w-]+)\.(ey[\w-]+)\.[\w-]+\s*")

READERS: tuple[tuple[Callable[[object], bool], Callable[[Any], Imported]], ...] = (
    (eu_dsc_list.fits, eu_dsc_list.read),
    (shc_keys.fits, shc_keys.read),
    (divoc.fits, divoc.read),
    (did_document.fits, did_document.read),
    (pathcheck.fits, pathcheck.read),
)


def read_list(data: bytes, issuer: str = "", *, either: bool = False) -> Imported:
    """The content of a list, whatever its kind.

    Args:
        data: JSON, PEM, DER, CMS, or DER and CMS in base64.
        issuer: for a bare key set or card revocation list: the address of the SMART Health Card issuer it belongs to.
        either: take a certificate that does not say of which world it is for both; a person named that very one.

    Raises:
        ValueError: none of the known kinds (KeyError, TypeError, AttributeError, RecursionError: JSON of another
            shape).
    """
    plain = data.lstrip()
    if not plain.startswith(b"\x30"):
        plain = _SIGNED_LINE.sub(b"", plain, count=1) if _SIGNED_LINE.match(plain) else plain
        if plain[:1] in (b"{", b"["):
            return read_json(json.loads(plain), issuer)
        signed = _JWS.fullmatch(plain)
        if signed:
            return read_json(json.loads(unbase64url(signed[2].decode())), issuer)
    blocks = _PEM.findall(plain)
    if blocks:
        found = Collector()
        for kind, body in blocks:
            if kind != b"CERTIFICATE":
                raise ValueError("a bare public key has no key identifier; give the certificate, a key set or a bundle")
            found.signers += certificate(base64.b64decode(body), either=either)
        return found.result()
    if plain[:1] == b"\x30":
        return _der(data if data[:1] == b"\x30" else plain, either)
    return _der(base64.b64decode(plain.strip(), validate=True), either)


def read_json(content: Any, issuer: str = "") -> Imported:
    """The content of a list in JSON; as `read_list`."""
    for fits, read in READERS:
        if fits(content):
            return read(content)
    if eu_gateway.is_batch(content):
        return Imported(batches=(eu_gateway.read_batch(content),))
    if shc.is_list(content):
        return Imported(batches=(shc.read_list(content, issuer),))
    if "kty" in content:
        content = {"keys": [content]}
    if issuer:
        return shc_keys.read_set(content, issuer)
    return Imported(tuple(signer for key in content["keys"] for signer in _jwk(key)))


def certificate(der: bytes, *, either: bool = False) -> tuple[Signer, ...]:
    """The signer of one certificate: of ICAO's world by its profile, else of HCERT's.

    Raises:
        ValueError: no certificate.
    """
    if either and not icao.says_its_use(der):
        return from_certificate(der), from_icao_certificate(der)
    return (from_icao_certificate(der) if icao.is_icao(der) else from_certificate(der),)


def _der(data: bytes, either: bool) -> Imported:
    if not icao.is_cms(data):
        return Imported(certificate(data, either=either))
    content = open_signed(data).content
    if content.lstrip()[:1] == b"{":
        return read_json(json.loads(content))
    return icao.read_master_list(data)


def _jwk(key: dict[str, Any]) -> list[Signer]:
    """Signers of one JSON Web Key (RFC 7517): a card's, by its certificate, or under every reading of its identifier.

    A key whose identifier is its thumbprint is a card's and nobody else's: the key of a pharmacy must not sign what
    states sign.
    """
    named = str(key.get("kid", ""))
    public = from_jwk(key) if "x" in key or "n" in key else None
    if public is not None and is_thumbprint(named, public):
        # Named by a person without its issuer's address: an issuer of any address.
        return [Signer(named.encode(), public, name=named, scheme=Scheme.SHC)]
    if key.get("x5c"):
        return [from_certificate(base64.b64decode(key["x5c"][0]))]
    if public is None or not named:
        raise ValueError("a key of the set is none, or has no identifier")
    kids = {named.encode(), *_decoded(named)}
    return [Signer(kid, public, str(key.get("country", "")), named) for kid in sorted(kids)]


def _decoded(kid: str) -> tuple[bytes, ...]:
    try:
        return (unbase64url(kid),)
    except ValueError:
        return ()
