"""CMS signed data (RFC 5652): the content, if the signature inside holds by a certificate inside.

Whom that certificate belongs to is not judged here.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import cms, x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from station.certificates.keys import PublicKey
from station.certificates.trust.signer_certificate import read_certificate

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


@dataclass(frozen=True, slots=True)
class Signed:
    """What was signed."""

    content_type: str
    """Dotted object identifier."""
    content: bytes
    certificate: bytes
    """Of the signer, DER."""
    signed_at: datetime | None


def open_signed(data: bytes) -> Signed:
    """Take signed data apart and check the signature.

    Raises:
        ValueError: none, without content, or the signature does not hold.
    """
    try:
        body = cms.ContentInfo.load(data)["content"]
        inner = body["encap_content_info"]
        content, kind = bytes(inner["content"]), inner["content_type"].dotted
        (info,) = list(body["signer_infos"])
        signer = _certificate_of(info, [each.chosen for each in body["certificates"]])
        _check(info, content, kind, signer)
        return Signed(kind, content, signer, _signed_at(info))
    except InvalidSignature as error:
        raise ValueError("the signature over the list does not hold") from error
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError("it is no CMS signed data with one signer") from error


def _check(info: cms.SignerInfo, content: bytes, content_type: str, signer: bytes) -> None:
    name = info["digest_algorithm"]["algorithm"].native
    if name not in _HASHES:
        raise ValueError("the list is signed with an outdated or unknown hash")
    signed = content
    if len(info["signed_attrs"]):
        attributes = {each["type"].native: each["values"] for each in info["signed_attrs"]}
        if attributes["message_digest"][0].native != hashlib.new(name, content).digest():
            raise InvalidSignature
        if attributes["content_type"][0].dotted != content_type:
            raise InvalidSignature
        signed = b"\x31" + info["signed_attrs"].dump()[1:]  # signed as a SET, sent under a tag of its own (5.4)
    algorithm = info["signature_algorithm"]
    try:
        digest = _HASHES[algorithm.hash_algo]
    except ValueError:  # plain rsaEncryption: the hash is the message digest's
        digest = _HASHES[name]
    verify(read_certificate(signer).key, algorithm.signature_algo, digest, info["signature"].native, signed)


def verify(key: PublicKey, kind: str, digest: hashes.HashAlgorithm, signature: bytes, signed: bytes) -> None:
    """Check one signature of CMS.

    Raises:
        InvalidSignature: it does not hold, or the key is of another kind.
    """
    if isinstance(key, rsa.RSAPublicKey) and kind == "rsassa_pss":
        key.verify(signature, signed, padding.PSS(padding.MGF1(digest), padding.PSS.AUTO), digest)
    elif isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, signed, padding.PKCS1v15(), digest)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, signed, ec.ECDSA(digest))
    else:
        raise InvalidSignature


def _certificate_of(info: cms.SignerInfo, certificates: list[x509.Certificate]) -> bytes:
    named = info["sid"]
    for certificate in certificates:
        if named.name == "issuer_and_serial_number":
            wanted = named.chosen
            same = certificate.serial_number == wanted["serial_number"].native
            if same and certificate.issuer == wanted["issuer"]:
                return bytes(certificate.dump())
        elif certificate.key_identifier == named.chosen.native:
            return bytes(certificate.dump())
    raise ValueError("the list does not hold its signer's certificate")


def _signed_at(info: cms.SignerInfo) -> datetime | None:
    for each in info["signed_attrs"]:
        if each["type"].native == "signing_time":
            found = each["values"][0].native
            return found.astimezone(UTC) if isinstance(found, datetime) else None
    return None
