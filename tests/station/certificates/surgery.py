"""Valid certificates taken apart into what is signed and the signature, and put together again; for the tests."""

import base64
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import cbor2

from station.certificates.divoc.archive import MEMBER
from station.certificates.divoc.proof import sign_input
from station.certificates.hcert.container import decode_base45
from station.certificates.hcert.cose import open_envelope, signed_bytes
from station.certificates.issuing.hcert import pack
from station.certificates.issuing.signers import ec_key, ed25519_key, raw_signature
from station.certificates.keys import base64url
from station.certificates.result import CertificateFormat
from station.certificates.shc.numeric import encode_numeric, join, read_parts

FOREIGN = ec_key(b"nobody's")
Parts = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Surgeon:
    """How a format comes apart and together again."""

    apart: Callable[[str], Parts]
    together: Callable[[Parts], str]
    resigned: Callable[[Parts], Parts]
    """The same signed by FOREIGN under the same signer's name."""


def _hcert_apart(text: str) -> Parts:
    envelope = open_envelope(zlib.decompress(decode_base45(text.strip()[4:])))
    parts = {"header": envelope.protected_bytes, "payload": envelope.payload, "signature": envelope.signature}
    # Nobody signs the other header; it matters where it alone names the signer.
    loose = "other" if envelope.signed_kid else "loose header"
    return parts | {loose: cbor2.dumps(dict(envelope.unprotected))}


def _hcert_together(parts: Parts) -> str:
    loose = parts.get("other", parts.get("loose header", b""))
    header, payload, signature = (cbor2.dumps(parts[name]) for name in ("header", "payload", "signature"))
    return pack(b"\xd2\x84" + header + loose + payload + signature)


def _hcert_resigned(parts: Parts) -> Parts:
    return parts | {"signature": raw_signature(FOREIGN, signed_bytes(parts["header"], parts["payload"]))}


def _shc_apart(text: str) -> Parts:
    jws = text if text.startswith("eyJ") else join(read_parts(text))
    header, payload, signature = (base64.urlsafe_b64decode(part + "==") for part in jws.split("."))
    return {"header": header, "compressed": payload, "payload": zlib.decompress(payload, -15), "signature": signature}


def _shc_together(parts: Parts) -> str:
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    payload = stream.compress(parts["payload"]) + stream.flush()
    if zlib.decompressobj(-15).decompress(parts["compressed"]) == parts["payload"]:
        payload = parts["compressed"]
    return encode_numeric(".".join(base64url(part) for part in (parts["header"], payload, parts["signature"])))


def _shc_resigned(parts: Parts) -> Parts:
    signed = f"{base64url(parts['header'])}.{base64url(parts['compressed'])}"
    return parts | {"signature": raw_signature(FOREIGN, signed.encode())}


def _seal_apart(text: str) -> Parts:
    seal = json.loads(text)
    plain = {name: _canonical(seal["data"][name]) for name in ("hdr", "msg")}
    signature = base64.urlsafe_b64decode(seal["sig"]["sigvl"] + "==")
    rest = {key: value for key, value in seal["sig"].items() if key not in ("sigvl", "cer")}
    return {
        "header": plain["hdr"], "payload": plain["msg"], "signature": signature, "rest": _canonical(rest),
        "signer": base64.urlsafe_b64decode(seal["sig"]["cer"] + "=="),
    }  # fmt: skip


def _seal_together(parts: Parts) -> str:
    rest = parts["rest"].decode()[1:-1]
    seal = f'"cer":"{_b64(parts["signer"])}","sigvl":"{_b64(parts["signature"])}"' + (f",{rest}" if rest else "")
    header, message = (parts[name].decode("utf-8", "replace") for name in ("header", "payload"))
    return f'{{"data":{{"hdr":{header},"msg":{message}}},"sig":{{{seal}}}}}'


def _seal_resigned(parts: Parts) -> Parts:
    data = {"hdr": json.loads(parts["header"]), "msg": json.loads(parts["payload"])}
    return parts | {"signature": raw_signature(FOREIGN, _canonical(data))}


def _credential_apart(text: str) -> Parts:
    with zipfile.ZipFile(io.BytesIO(text.encode("latin-1"))) as archive:
        credential = json.loads(archive.read(MEMBER))
    proof = credential.pop("proof")
    header, _, signature = proof.pop("jws").split(".")
    return {
        "header": base64.urlsafe_b64decode(header + "=="), "options": _canonical(proof),
        "payload": _canonical(credential), "signature": base64.urlsafe_b64decode(signature + "=="),
    }  # fmt: skip


def _credential_together(parts: Parts) -> str:
    jws = f"{base64url(parts['header'])}..{base64url(parts['signature'])}"
    payload, options = parts["payload"], parts["options"]
    proof = options[:-1] + f',"jws":"{jws}"'.encode() + options[-1:]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MEMBER, payload[:-1] + b',"proof":' + proof + payload[-1:])
    return stream.getvalue().decode("latin-1")


def _credential_resigned(parts: Parts) -> Parts:
    signed = sign_input(json.loads(parts["payload"]), json.loads(parts["options"]))
    return parts | {"signature": ed25519_key(b"nobody's").sign(signed)}


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()


_CONTAINER = Surgeon(_hcert_apart, _hcert_together, _hcert_resigned)
SURGEONS: Mapping[CertificateFormat, Surgeon] = {
    CertificateFormat.HCERT: _CONTAINER,
    CertificateFormat.DDCC: _CONTAINER,
    CertificateFormat.SHC: Surgeon(_shc_apart, _shc_together, _shc_resigned),
    CertificateFormat.VDS_NC: Surgeon(_seal_apart, _seal_together, _seal_resigned),
    CertificateFormat.DIVOC: Surgeon(_credential_apart, _credential_together, _credential_resigned),
}


def flipped(data: bytes, bit: int) -> bytes:
    """The same bytes with one bit changed."""
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
