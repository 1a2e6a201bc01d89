"""Nothing that was changed after signing is accepted: header, payload, signature, one bit at a time, and foreign keys.

Each valid certificate is taken apart into the bytes that its signature covers and the signature itself; one bit is
changed in one part, and the whole is put together again so that only the signature can notice.
"""

import base64
import io
import itertools
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import cbor2
import pytest

from station.certificates.divoc.archive import MEMBER
from station.certificates.divoc.proof import sign_input
from station.certificates.hcert.container import decode_base45
from station.certificates.hcert.cose import open_envelope, signed_bytes
from station.certificates.issuing import drill
from station.certificates.issuing.content import Recovery, Subject, Swab, Vaccination, kind_of
from station.certificates.issuing.flaws import Flaw
from station.certificates.issuing.hcert import pack
from station.certificates.issuing.signers import ec_key, ed25519_key, raw_signature
from station.certificates.result import CertificateFormat, Verdict
from station.certificates.shc.jws import base64url
from station.certificates.shc.numeric import encode_numeric, join, read_parts
from station.certificates.trust.bundle import Scheme, Signer, TrustBundle, bundle, from_certificate
from station.certificates.verify import verify

DATA = Path(__file__).parents[4] / "shared/data/certificates"
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
AUTHORITY = drill.make_authority(b"tampering", NOW)
TRUST = drill.trust(AUTHORITY, NOW)
SUBJECT = Subject("Øster-Müller", "Anna Đặng", date(1974, 8, 12))
PROOFS = (
    Vaccination(date(2026, 9, 1), 3, 3),
    Swab(NOW - timedelta(hours=20)),
    Recovery(date(2026, 8, 1), date(2026, 8, 12), date(2027, 1, 28)),
)
FOREIGN = ec_key(b"nobody's")
Parts = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Case:
    """One valid certificate, and whom it takes to believe it."""

    name: str
    text: str
    trust: TrustBundle
    now: datetime


@dataclass(frozen=True, slots=True)
class Surgeon:
    """How a format comes apart and together again."""

    apart: Callable[[str], Parts]
    together: Callable[[Parts], str]
    resigned: Callable[[Parts], Parts]
    """The same signed by FOREIGN under the same signer's name."""


def _hcert_apart(text: str) -> Parts:
    envelope = open_envelope(zlib.decompress(decode_base45(text.strip()[4:])))
    loose = cbor2.dumps(dict(envelope.unprotected))
    return {
        "header": envelope.protected_bytes, "payload": envelope.payload, "signature": envelope.signature,
        "loose": loose,
    }  # fmt: skip


def _hcert_together(parts: Parts) -> str:
    loose = cbor2.loads(parts["loose"])
    message = [parts["header"], loose, parts["payload"], parts["signature"]]
    return pack(cbor2.dumps(cbor2.CBORTag(18, message)))


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


def _own(form: CertificateFormat) -> Iterator[Case]:
    for number, proof in enumerate(PROOFS):
        if kind_of(proof) in drill.CARRIES[form]:
            issued = drill.issue(form, AUTHORITY, SUBJECT, [proof], NOW, f"own-{number}")
            yield Case(f"own {form.value} {number}", issued.text, TRUST, NOW)


def _eu_cases() -> Iterator[Case]:
    for file in sorted((DATA / "eu-dgc-testdata").glob("**/*.json")):
        case = json.loads(file.read_text())
        context = case["TESTCTX"]
        clock = datetime.fromisoformat(context["VALIDATIONCLOCK"])
        trust = bundle([from_certificate(base64.b64decode(context["CERTIFICATE"]))])
        yield Case(file.name, case["PREFIX"], trust, clock if clock.tzinfo else clock.replace(tzinfo=UTC))


def _cards() -> Iterator[Case]:
    folder = DATA / "kde-khealthcertificate/autotests/data/shc"
    for file in sorted(folder.glob("*.jwk")):
        jwk = json.loads(file.read_text())
        trust = _card_trust(jwk)
        for card in sorted(folder.glob("*.txt")):
            yield Case(card.name, card.read_text(), trust, datetime(2022, 1, 1, tzinfo=UTC))


def _card_trust(jwk: Mapping[str, Any]) -> TrustBundle:
    from station.certificates.keys import from_jwk

    kid = str(jwk["kid"]).encode()
    return bundle(
        [Signer(kid, from_jwk(jwk), scheme=Scheme.SHC, issuer="https://spec.smarthealth.cards/examples/issuer")]
    )


def _seals() -> Iterator[Case]:
    file = DATA / "icao-vdsnc-dotnet/VDS-NC-Dotnet.Tests/Helpers/VDS-NC-Examples.json"
    for number, seal in enumerate(json.loads(file.read_text()) if file.exists() else ()):
        signer = from_certificate(base64.urlsafe_b64decode(seal["sig"]["cer"] + "=="))
        trust = bundle([replace(signer, scheme=Scheme.ICAO)])
        yield Case(f"seal {number}", json.dumps(seal, ensure_ascii=False), trust, datetime(2021, 10, 1, tzinfo=UTC))


GATHERED: Mapping[str, tuple[CertificateFormat, Callable[[], Iterator[Case]], int]] = {
    **{f"own {form.value}": (form, lambda form=form: _own(form), 1) for form in drill.FORMATS},
    "EU conformance": (CertificateFormat.HCERT, _eu_cases, 200),
    "SMART example": (CertificateFormat.SHC, _cards, 1),
    "ICAO examples": (CertificateFormat.VDS_NC, _seals, 2),
}
"""Name of a collection: its format, its cases, and how many of them must be valid for the test to mean anything."""
SEEDS = {"own": 60, "EU": 3, "SMART": 60, "ICAO": 60}
REGIONS = ("header", "options", "payload", "signature", "signer")


def _valid(name: str) -> tuple[Surgeon, list[Case]]:
    form, gather, least = GATHERED[name]
    found = list(gather())
    if not found:
        pytest.skip("the cases are not in ../shared/data")
    valid = [case for case in found if verify(case.text, case.trust, case.now).verdict is Verdict.VALID]
    assert len(valid) >= least, f"{name}: only {len(valid)} of {len(found)} are valid before any change"
    return SURGEONS[form], valid


@pytest.mark.parametrize("name", GATHERED)
def test_one_changed_bit_is_never_accepted(name: str) -> None:
    surgeon, cases = _valid(name)
    accepted, tried = [], 0
    for case in cases:
        parts = surgeon.apart(case.text)
        same = verify(surgeon.together(parts), case.trust, case.now)
        assert same.verdict is Verdict.VALID, f"{case.name} does not survive being taken apart: {same.sentence}"
        for region in (each for each in REGIONS if parts.get(each)):
            rng = Random(f"{case.name} {region}")
            for _ in range(SEEDS[name.split()[0]]):
                bit = rng.randrange(8 * len(parts[region]))
                changed = surgeon.together(parts | {region: flipped(parts[region], bit)})
                tried += 1
                if verify(changed, case.trust, case.now).verdict is Verdict.VALID:
                    accepted.append(f"{case.name}: {region}, bit {bit}")
    assert not accepted, f"{len(accepted)} of {tried} changed certificates were accepted: {accepted[:5]}"
    assert tried >= len(cases) * 3, f"only {tried} changes were tried"


def flipped(data: bytes, bit: int) -> bytes:
    """The same bytes with one bit changed."""
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


@pytest.mark.parametrize("name", GATHERED)
def test_a_foreign_key_under_a_trusted_name_is_never_accepted(name: str) -> None:
    surgeon, cases = _valid(name)
    results = [
        verify(surgeon.together(surgeon.resigned(surgeon.apart(case.text))), case.trust, case.now) for case in cases
    ]
    accepted = sum(result.verdict is Verdict.VALID for result in results)
    assert accepted == 0, f"{accepted} of {len(results)} foreign signatures were accepted"
    assert all(result.verdict is Verdict.INVALID for result in results)


@pytest.mark.parametrize("name", GATHERED)
def test_parts_of_two_certificates_do_not_fit_together(name: str) -> None:
    """A signature under another certificate's content."""
    surgeon, cases = _valid(name)
    pairs = [(one, other) for one, other in itertools.pairwise(cases) if one.text != other.text]
    accepted = 0
    for one, other in pairs:
        first, second = surgeon.apart(one.text), surgeon.apart(other.text)
        if first["payload"] == second["payload"]:
            continue
        mixed = surgeon.together(first | {"signature": second["signature"]})
        accepted += verify(mixed, one.trust, one.now).verdict is Verdict.VALID
    assert accepted == 0, f"{accepted} of {len(pairs)} mixed certificates were accepted"


@pytest.mark.parametrize("form", drill.FORMATS)
def test_drills_say_what_is_expected(form: CertificateFormat) -> None:
    for flaw in drill.flaws_of(form, PROOFS[:1]):
        issued = drill.issue(form, AUTHORITY, SUBJECT, PROOFS[:1], NOW, f"f-{flaw.value}", flaw)
        result = verify(issued.text, drill.trust(AUTHORITY, NOW, [issued]), NOW)
        said = (result.verdict, result.step, result.reason)
        wanted = (issued.expected.verdict, issued.expected.step, issued.expected.reason)
        assert said == wanted, f"{form.value} {flaw.value}: {result.sentence}"


def test_nobody_is_trusted_without_a_bundle() -> None:
    for form in drill.FORMATS:
        for case in _own(form):
            assert verify(case.text, TrustBundle(), NOW).verdict is Verdict.UNDECIDED


def test_a_key_of_one_world_is_nobody_in_another() -> None:
    """The same keys under every other scheme."""
    schemes = [Scheme.HCERT, Scheme.SHC, Scheme.ICAO, Scheme.DIVOC]
    for form in drill.FORMATS:
        issued = drill.issue(form, AUTHORITY, SUBJECT, PROOFS[:1], NOW, "x", Flaw.NONE)
        for shift in (1, 2, 3):
            moved = [
                replace(signer, scheme=schemes[(schemes.index(scheme) + shift) % 4])
                for scheme in schemes
                for signer in TRUST.of_scheme(scheme)
            ]
            assert verify(issued.text, bundle(moved), NOW).verdict is Verdict.UNDECIDED, form


def test_signers_that_share_an_identifier_are_told_apart() -> None:
    other = replace(TRUST.of_scheme(Scheme.HCERT)[0], key=FOREIGN.public_key())
    crowded = bundle([other, *(signer for scheme in Scheme for signer in TRUST.of_scheme(scheme))])
    for case in _own(CertificateFormat.HCERT):
        assert verify(case.text, crowded, NOW).verdict is Verdict.VALID
        resigned = _hcert_together(_hcert_resigned(_hcert_apart(case.text)))
        assert verify(resigned, TRUST, NOW).verdict is Verdict.INVALID
