"""Seals of documents and datastructures for barcode: public vectors, own seals of every kind, damage."""

import base64
import hashlib
import json
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st

from config.rules.reasons import ReasonCode
from station.certificates.icao import x509
from station.certificates.result import CertificateFormat, CertificateResult, Step, Verdict
from station.certificates.trust.bundle import Scheme, Signer, TrustBundle, bundle, from_certificate
from station.certificates.verify import verify

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ARRIVAL_MRZ = "MED<<MUSTERMANN<<ERIKA<<<<<<<<<<<<<<\nM<91374613SYR6408125F1607314<<<<<<<8"
PERMIT_MRZ = "ATD<<RESIDORCE<<ROLAND<<<<<<<<<<<<<<\n6525845096USA7008038M2201018<<<<<<06"
KOEPPENIK = "<<KOEPPENIK<<JONATHAN<GERALD<<<<<\n2L1T3QPB04D<<8506210M2604239<<<<<<<8"
SHA_1 = "00112233445566778899AABBCCDDEEFF00112233"

SEALS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "residentPermit": (
        "RESIDENCE_PERMIT",
        {"country": "UTO", "signer": "UTTS", "certificate_reference": "5B", "issued": "2020-01-01"},
        {"MRZ": PERMIT_MRZ, "PASSPORT_NUMBER": "UFO001979"},
    ),
    "ankunftsnwPapier": (
        "ARRIVAL_ATTESTATION",
        {"country": "D", "signer": "DEME", "issued": "2016-02-01", "signed": "2016-05-23"},
        {"MRZ": ARRIVAL_MRZ, "AZR": "123456789012"},
    ),
    "ankunftsnwPapier2": (
        "ARRIVAL_ATTESTATION",
        {"signer": "DEME", "certificate_reference": "00008", "issued": "2016-02-01", "signed": "2016-05-23"},
        {"MRZ": ARRIVAL_MRZ, "AZR": "123456789012"},
    ),
    "meldebescheinigung": (
        "MELDEBESCHEINIGUNG",
        {"country": "D", "signer": "DEZV", "certificate_reference": SHA_1, "issued": "2025-05-14"},
        {
            "DOC_PROFILE_NUMBER": "9a4223406d374ef99e2cf95e31a23846",
            "SURNAME": "Mustermann",
            "ACADEMIC_DEGREE": "Dr.",
            "FIRST_NAME": "Erika",
            "MOVING_DATE": "20250414",
            "DATE_OF_NOTIFICATION": "20250504",
            "HOUSING_STATUS": 0,
        },
    ),
    "utoVisa": ("DOCUMENT_5F03", {"country": "UTO", "signer": "DEKD", "signed": "2023-06-28"}, {}),
    "administrativeDocumentV9Basic": (
        "ADMINISTRATIVE_DOCUMENT",
        {"signer": "DEZV", "certificate_reference": SHA_1},
        {"PROFILE_URI": "example.com/profiles", "CERTIFICATE_URI": "example.com/certs"},
    ),
    "administrativeDocumentV9WithDates": (
        "ADMINISTRATIVE_DOCUMENT",
        {},
        {"VALID_FROM": "2025-01-01", "VALID_TO": "2025-12-31"},
    ),
    "administrativeDocumentV9WithStatus": (
        "ADMINISTRATIVE_DOCUMENT",
        {},
        {"STATUS_URI": "example.com/status", "STATUS_LIST_INDEX": "067932"},
    ),
    "SubstituteIdentityDocument": (
        "SUBSTITUTE_IDENTITY_DOCUMENT",
        {"country": "D", "certificate_reference": "a57a790577", "signed": "2025-02-07"},
        {"MRZ_TD2": f"AID{KOEPPENIK}", "EXPIRY_DATE": "2026-04-23", "NATIONAL_DOCUMENT_IDENTIFIER": 1},
    ),
    "EmergencyTravelDocument": (
        "SUBSTITUTE_PASSPORT_DOCUMENT",
        {"signed": "2025-02-11"},
        {"EMERGENCY_TRAVEL_DOCUMENT": {"MRZ": f"PUD{KOEPPENIK}"}, "EXPIRY_DATE": "2026-04-23"},
    ),
    "TemporaryPassport": (
        "TEMPORARY_PASSPORT",
        {"certificate_reference": "a57a790577", "signed": "2025-02-11"},
        {
            "MRZ_TD3": "PPD<<FOLKS<<TALLULAH<<<<<<<<<<<<<<<<<<<<<<<<\n3113883489D<<9709155F1601013<<<<<<<<<<<<<<04",
            "EXPIRY_DATE": "2027-01-31",
        },
    ),
    "ArrivalAttestation": (
        "ARRIVAL_ATTESTATION",
        {},
        {
            "MRZ_TD2": "AUD<<MANNSENS<<MANNY<<<<<<<<<<<<<<<<\n6525845096USA7008038M2201018<<<<<<06",
            "AZR": "ABC123456DEF",
            "NATIONAL_DOCUMENT_IDENTIFIER": 13,
        },
    ),
    "ProvisionalResidenceDocument": (
        "PROVISIONAL_RESIDENCE_DOCUMENT",
        {},
        {"DOCUMENT_REFERENCE": "123456789", "AZR": "ABC123456DEF", "NATIONAL_DOCUMENT_IDENTIFIER": 14},
    ),
    "CertifyingPermanentResidence": (
        "CERTIFYING_PERMANENT_RESIDENCE",
        {"country": "D", "signed": "2025-02-11"},
        {"DOCUMENT_REFERENCE": "123456789", "AZR": "ABC123456DEF", "NATIONAL_DOCUMENT_IDENTIFIER": 16},
    ),
    "FrontierWorkerPermit": ("FRONTIER_WORKER_PERMIT", {}, {"DOCUMENT_REFERENCE": "ABCDEFGHI"}),
    "SupplementarySheetResidencePermit": (
        "SUPPLEMENTARY_SHEET_FOR_RESIDENCE_PERMIT_CARD",
        {},
        {
            "MRZ_TD1": "AZD<<5W1ETCGE25<<<<<<<<<<<<<<<\n8703123F2908258CHL<<<<<<<<<<<4\nBORIC<<BRYAN<<<<<<<<<<<<<<<<<<",
            "DOCUMENT_NUMBER": "ABCDEFGHI",
        },
    ),
    "Visa": (
        "VISA",
        {"signed": "2026-03-24"},
        {
            "VISA": {
                "NUMBER_OF_ENTRIES": 1,
                "DURATION_OF_STAY": "90",
                "PASSPORT_NUMBER": "C000000736",
                "MRZ_MRVA": "P<D<<GARCIA<<EVELYN<<<<<<<<<<<<<<<<<<<<<<<<<\nB870L41688D<<8108108F3507050",
            }
        },
    ),
}
"""Kind, header and some messages of each public vector, as their project's own tests and the documents have them."""


@pytest.fixture(scope="module")
def vectors(samples: Path) -> dict[str, str]:
    """Texts by name; bytes as Latin-1."""
    found = json.loads((samples / "icao-vds-vdstools/vectors-extracted.json").read_text())
    return {
        name: bytes.fromhex(text).decode("latin-1") if text[:2].lower() == "dc" else text
        for name, text in found.items()
    }


@pytest.fixture(scope="module")
def utopian(samples: Path) -> Signer:
    folder = samples / "icao-vds-vdstools/src/commonTest/resources"
    return _listed((folder / "sealgen_UTTS5B.crt").read_bytes())


def _listed(der: bytes, **changes: Any) -> Signer:
    return replace(from_certificate(der), scheme=Scheme.ICAO, **changes)


def test_every_vector_is_expected(vectors: dict[str, str]) -> None:
    assert vectors.keys() == SEALS.keys()
    assert len(vectors) == 17


@pytest.mark.parametrize("name", SEALS)
def test_vectors_decode(vectors: dict[str, str], name: str) -> None:
    kind, header, messages = SEALS[name]
    found = verify(vectors[name], TrustBundle(), NOW)
    constrained = vectors[name].startswith("\xdc")
    assert found.format is (CertificateFormat.VDS if constrained else CertificateFormat.IDB)
    content = found.products.content
    assert content["kind"] == kind
    assert {key: content[key] for key in header} == header
    assert {key: content["messages"][key] for key in messages} == messages
    assert found.verdict is Verdict.UNDECIDED
    unsigned = name.startswith("administrative")
    assert found.step is (Step.KIND if unsigned else Step.SIGNER)
    assert bool(found.products.signature) is not unsigned
    assert len(content["messages"].get("FACE_IMAGE", "00" * 900)) // 2 >= 900


def test_a_genuine_seal_is_named_and_left_to_the_officer(vectors: dict[str, str], utopian: Signer) -> None:
    found = verify(vectors["residentPermit"], bundle([utopian]), NOW)
    assert (found.verdict, found.step, found.reason) == (Verdict.UNDECIDED, Step.KIND, ReasonCode.CERTIFICATE_KIND)
    assert found.sentence == "The seal is genuine and no health certificate; decide by hand."
    assert (found.signer, found.issuer, found.issued_at) == ("TS", "UTO", datetime(2020, 1, 1, tzinfo=UTC))


def test_no_bit_of_a_signed_vector_may_change(vectors: dict[str, str], utopian: Signer) -> None:
    trust = bundle([utopian])
    data = vectors["residentPermit"].encode("latin-1")
    genuine = 0
    for bit in range(len(data) * 8):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        found = verify(changed.decode("latin-1"), trust, NOW)
        assert found.verdict is not Verdict.VALID
        genuine += "genuine" in found.sentence
    assert genuine == 0


# Own seals


def _c40(text: str) -> bytes:
    values = [3 if each in " <" else ord(each) - (44 if each.isdigit() else 51) for each in text]
    values += [0] * (-len(values) % 3)
    packed = [1600 * a + 40 * b + c + 1 for a, b, c in zip(*[iter(values)] * 3, strict=True)]
    return b"".join(each.to_bytes(2, "big") for each in packed)


def _tlv(tag: int, value: bytes) -> bytes:
    size = bytes([len(value)]) if len(value) < 128 else b"\x82" + len(value).to_bytes(2, "big")
    return bytes([tag]) + size + value


def _sign(key: Any, data: bytes, digest: Any = None) -> bytes:
    size = (key.key_size + 7) // 8
    digest = digest or {32: hashes.SHA256(), 48: hashes.SHA384(), 64: hashes.SHA512(), 66: hashes.SHA512()}[size]
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(digest)))
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def _vds(signer: Any, who: str = "AUTS025B", country: str = "AUS", version: int = 3) -> str:
    header = bytes((0xDC, version)) + _c40(country) + _c40(who[:6]) + _c40(who[6:])
    header += (1012020).to_bytes(3, "big") * 2 + b"\xfb\x06"
    signed = header + _tlv(2, _c40("A" * 72)) + _tlv(9, b"?" * 130)
    return (signed + _tlv(0xFF, _sign(signer.key, signed))).decode("latin-1")


def _idb(
    signer: Any, *, carried: bool = False, flag: str = "B", algorithm: int = 1, country: str = "AUS", tag: int = 9
) -> str:
    reference = hashlib.sha1(signer.der, usedforsecurity=False).digest()[-5:]
    header = _c40(country) + bytes([algorithm]) + reference + b"\x00" + (2112025).to_bytes(3, "big")
    if flag in "AC":
        header = header[:2]
    body = header + _tlv(0x61, _tlv(tag, _c40("123456")))
    signature = _sign(signer.key, body)
    if carried:
        body += _tlv(0x7E, signer.der)
    if flag in "BD":
        body += _tlv(0x7F, signature)
    data = zlib.compress(body) if flag in "CD" else body
    return f"RDB1{flag}" + base64.b32encode(data).decode().rstrip("=")


def _outcome(text: str, *signers: Signer) -> tuple[Verdict, Step, ReasonCode]:
    found: CertificateResult = verify(text, bundle(signers), NOW)
    return found.verdict, found.step, found.reason


GENUINE = (Verdict.UNDECIDED, Step.KIND, ReasonCode.CERTIFICATE_KIND)
UNKNOWN = (Verdict.UNDECIDED, Step.SIGNER, ReasonCode.CERTIFICATE_SIGNER_UNKNOWN)
FORGED = (Verdict.INVALID, Step.SIGNATURE, ReasonCode.CERTIFICATE_SIGNATURE)
MALFORMED = (Verdict.INVALID, Step.SEAL, ReasonCode.CERTIFICATE_SEAL)
FOREIGN = (Verdict.INVALID, Step.CHAIN, ReasonCode.CERTIFICATE_CHAIN)


@pytest.mark.parametrize(
    "curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1(), ec.BrainpoolP256R1(), ec.BrainpoolP384R1()]
)
def test_own_seals_of_every_curve(certified: Callable[..., Any], curve: Any) -> None:
    signer, other = certified("TS", key=ec.generate_private_key(curve)), certified("TS")
    for text in (_vds(signer), _vds(signer, "AUTS0005B", version=2)):
        assert _outcome(text, signer.listed()) == GENUINE
        assert _outcome(text) == UNKNOWN
        assert _outcome(text, other.listed()) == FORGED
        assert _outcome(text, replace(signer.listed(), scheme=Scheme.HCERT)) == UNKNOWN
    assert _outcome(_vds(signer, "AUTS025C"), signer.listed()) == UNKNOWN
    assert _outcome(_vds(signer, "AUTX025B"), signer.listed()) == UNKNOWN
    assert _outcome(_vds(signer, country="NZL"), signer.listed()) == FOREIGN


def test_the_datastructure_for_barcode(certified: Callable[..., Any]) -> None:
    csca = certified(authority=True)
    signer = certified("TS", by=csca)
    for flag in "BD":
        assert _outcome(_idb(signer, flag=flag), signer.listed()) == GENUINE
        assert _outcome(_idb(signer, flag=flag), csca.listed()) == UNKNOWN
        assert _outcome(_idb(signer, flag=flag, carried=True), csca.listed()) == GENUINE
        assert _outcome(_idb(signer, flag=flag, carried=True), signer.listed()) == GENUINE
        assert _outcome(_idb(signer, flag=flag, carried=True)) == UNKNOWN
        assert _outcome(_idb(signer, flag=flag, carried=True, country="NZL"), csca.listed()) == FOREIGN
    for flag in "AC":
        assert _outcome(_idb(signer, flag=flag), signer.listed()) == GENUINE  # names its kind; it proves nothing
        assert "no signature" in verify(_idb(signer, flag=flag), TrustBundle(), NOW).sentence
    impostor = certified("TS", by=certified(authority=True), issuer_key=csca.key)
    assert _outcome(_idb(impostor, carried=True), csca.listed()) == FOREIGN
    assert _outcome(_idb(signer, algorithm=2), signer.listed()) == FORGED
    assert _outcome(_idb(signer, algorithm=9), signer.listed()) == MALFORMED


def test_no_bit_of_an_own_barcode_may_change(certified: Callable[..., Any]) -> None:
    csca = certified(authority=True)
    text = _idb(certified("TS", by=csca), carried=True)
    trust = bundle([csca.listed()])
    data = base64.b32decode(text[5:] + "=" * (-len(text[5:]) % 8))
    for bit in range(0, len(data) * 8, 3):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        again = "RDB1B" + base64.b32encode(changed).decode().rstrip("=")
        assert "genuine" not in verify(again, trust, NOW).sentence, bit


def test_damage(certified: Callable[..., Any]) -> None:
    signer = certified("TS")
    whole, bars = _vds(signer), _idb(signer)
    for text in (
        "\xdc\x03",
        "\xdc\x02" + "\x00" * 40,
        whole[:-1],
        whole + "\x01\x00",
        whole + whole[-66:],
        whole + "€",
        bars[:-3],
        "RDB1Z" + bars[5:],
        "RDB1B1" + bars[5:],
        "RDB1D" + bars[5:],
        "RDB1A" + "A" * 17_000,
        "RDB1C" + base64.b32encode(zlib.compress(b"\x00" * 200_000)).decode(),
        "RDB1B" + base64.b32encode(b"\x6a\xbc\x01" + bytes(9) + _tlv(0x7F, b"x")).decode(),
        "RDB1A" + base64.b32encode(b"\x6a\xbc" + _tlv(0x61, b"") * 2).decode(),
    ):
        assert _outcome(text, signer.listed()) == MALFORMED, text[:20]


def test_a_text_that_only_speaks_of_a_seal() -> None:
    assert _outcome("VDS: a talk on visible digital seals") == GENUINE


def test_health_proofs_in_a_barcode_are_shown() -> None:
    details = _tlv(51, b"\x00" + (3242021).to_bytes(3, "big")) + _tlv(52, _c40("2")) + _tlv(54, _c40("AUS"))
    event = _tlv(31, _c40("XM68M6")) + _tlv(32, _c40("COMIRNATY")) + _tlv(36, details)
    proof = _tlv(1, _c40("V1")) + _tlv(4, _c40("CITIZEN  JANE")) + _tlv(9, event) + _tlv(9, b"\x01")
    body = _c40("AUS") + _tlv(0x61, _tlv(4, proof))
    content = verify("RDB1A" + base64.b32encode(body).decode().rstrip("="), TrustBundle(), NOW).products.content
    assert content["kind"] == "PROOF_OF_VACCINATION"
    assert content["messages"]["PROOF_OF_VACCINATION"] == {
        "UVCI": "V1",
        "NAME_OF_HOLDER": "CITIZEN  JANE",
        "VACCINATION_EVENT": {
            "VACCINE_OR_PROPHYLAXIS": "XM68M6",
            "VACCINE_BRAND": "COMIRNATY",
            "VACCINATION_DETAILS": {
                "DATE_OF_VACCINATION": "2021-03-24",
                "DOSE_NUMBER": "2",
                "COUNTRY_OF_VACCINATION": "AUS",
            },
        },
        "VACCINATION_EVENT_2": "01",
    }


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=120), version=st.sampled_from([2, 3]))
def test_no_bytes_break_a_seal(data: bytes, version: int) -> None:
    header = bytes((0xDC, version)) + _c40("AUS") + _c40("AUTS02") + _c40("5B") + (1012020).to_bytes(3, "big") * 2
    for start in (bytes((0xDC, version)), header, header + b"\x5d\x01", header + b"\x01\xc8"):
        text = (start + data).decode("latin-1")
        assert verify(text, TrustBundle(), NOW).verdict is not Verdict.VALID


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=120), flag=st.sampled_from("ABCD"))
def test_no_bytes_break_a_barcode(data: bytes, flag: str) -> None:
    for body in (data, b"\x6a\xbc" + data, b"\x6a\xbc\x01" + bytes(9) + _tlv(0x61, data[:90]) + _tlv(0x7F, b"x")):
        packed = zlib.compress(body) if flag in "CD" else body
        text = f"RDB1{flag}" + base64.b32encode(packed).decode().rstrip("=")
        assert verify(text, TrustBundle(), NOW).verdict is not Verdict.VALID


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=60))
def test_no_text_breaks_either(text: str) -> None:
    for start in ("RDB1", "NDB1B", "\xdc\x03", "VDS:"):
        assert verify(start + text, TrustBundle(), NOW).verdict is not Verdict.VALID


def test_the_224_bit_signer_of_the_vectors_is_too_short(samples: Path) -> None:
    der = (samples / "icao-vds-vdstools/src/commonTest/resources/sealgen_DETS32.crt").read_bytes()
    with pytest.raises(ValueError, match="unsupported kind"):
        x509.read(der)
