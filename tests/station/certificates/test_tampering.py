"""Nothing that was changed after signing is accepted: header, payload, signature, one bit at a time, and foreign keys.

Each valid certificate is taken apart into the bytes that its signature covers and the signature itself; one bit is
changed in one part, and the whole is put together again so that only the signature can notice.
"""

import base64
import importlib.util
import itertools
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from station.certificates.issuing import drill
from station.certificates.issuing.content import Recovery, Subject, Swab, Vaccination, kind_of
from station.certificates.issuing.flaws import Flaw
from station.certificates.keys import from_jwk, load_key
from station.certificates.result import CertificateFormat, Verdict
from station.certificates.trust.bundle import (
    Scheme,
    Signer,
    TrustBundle,
    bundle,
    from_certificate,
    from_icao_certificate,
)
from station.certificates.trust.marking import marked
from station.certificates.verify import verify

_spec = importlib.util.spec_from_file_location("certificate_surgery", Path(__file__).with_name("surgery.py"))
surgery = importlib.util.module_from_spec(_spec)
# Dataclasses look their own module up.
sys.modules[_spec.name] = surgery
_spec.loader.exec_module(surgery)
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


@dataclass(frozen=True, slots=True)
class Case:
    """One valid certificate, and whom it takes to believe it."""

    name: str
    text: str
    trust: TrustBundle
    now: datetime


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


def _wallet() -> Iterator[Case]:
    """EU certificates of real shape with their signers beside them."""
    folder = DATA / "kde-khealthcertificate/autotests/data/eu-dgc"
    trust = bundle([from_certificate(file.read_bytes()) for file in sorted(folder.glob("*.der"))])
    for file in sorted(folder.glob("*.txt")):
        yield Case(file.name, file.read_text().strip(), trust, datetime(2021, 9, 1, tzinfo=UTC))


def _who() -> Iterator[Case]:
    """The WHO's demonstration codes; their key has the public test identifier 11."""
    registry = DATA / "pathcheck-trust-registry/test_registry.json"
    folder = DATA / "who-gdhcn-validator/test-resources/src/main/resources"
    for number in (1, 2) if registry.exists() else ():
        rows = json.loads(registry.read_text())["EUDCC"]
        body = "".join(rows[base64.b64encode(b"11").decode()]["didDocument"].split("-----")[2].split())
        key = load_key(base64.b64decode(body))
        text = (folder / f"WHOQR{number}Contents.txt").read_text()
        yield Case(f"WHO {number}", text, bundle([Signer(b"11", key)]), datetime(2021, 9, 1, tzinfo=UTC))


def _cards() -> Iterator[Case]:
    folders = (DATA / "kde-khealthcertificate/autotests/data/shc", DATA / "shc-dev-tools/testdata")
    for file in sorted(folders[0].glob("*.jwk")):
        trust = _card_trust(json.loads(file.read_text()))
        for card in sorted(each for folder in folders for each in folder.glob("*.txt")):
            yield Case(card.name, card.read_text().strip(), trust, datetime(2022, 1, 1, tzinfo=UTC))


def _card_trust(jwk: Mapping[str, Any]) -> TrustBundle:
    kid = str(jwk["kid"]).encode()
    return bundle(
        [Signer(kid, from_jwk(jwk), scheme=Scheme.SHC, issuer="https://spec.smarthealth.cards/examples/issuer")]
    )


def _seals() -> Iterator[Case]:
    """ICAO proofs with their signer listed, and Australia's also under its country's authority."""
    file = DATA / "icao-vdsnc-dotnet/VDS-NC-Dotnet.Tests/Helpers/VDS-NC-Examples.json"
    kde = sorted((DATA / "kde-khealthcertificate/autotests/data/icao").glob("*.txt"))
    seals = json.loads(file.read_text()) if file.exists() else []
    authority = DATA / "icao-vdsnc-au-csca/VDSNCChecker/resources/assets/certificates/CSCA_AUS.der"
    for number, seal in enumerate([*seals, *(json.loads(each.read_text()) for each in kde)]):
        signers = [from_icao_certificate(base64.urlsafe_b64decode(seal["sig"]["cer"] + "=="))]
        if seal["data"]["hdr"]["is"] == "AUS" and authority.exists():
            signers = [from_icao_certificate(authority.read_bytes())]
        yield Case(
            f"seal {number}",
            json.dumps(seal, ensure_ascii=False),
            bundle(marked(signers)),
            datetime(2021, 10, 1, tzinfo=UTC),
        )


GATHERED: Mapping[str, tuple[CertificateFormat, Callable[[], Iterator[Case]], int]] = {
    **{f"own {form.value}": (form, lambda form=form: _own(form), 1) for form in drill.FORMATS},
    "EU conformance": (CertificateFormat.HCERT, _eu_cases, 200),
    "EU wallet": (CertificateFormat.HCERT, _wallet, 3),
    "WHO demonstration": (CertificateFormat.DDCC, _who, 2),
    "SMART examples": (CertificateFormat.SHC, _cards, 1),
    "ICAO examples": (CertificateFormat.VDS_NC, _seals, 4),
}
"""Name of a collection: its format, its cases, and how many of them must be valid for the test to mean anything."""
SEEDS = {"own": 150, "EU": 5, "WHO": 150, "SMART": 100, "ICAO": 100}
REGIONS = ("header", "options", "payload", "signature", "signer")
"""What is signed, by whichever name; an ICAO seal carries its signer's certificate, which the authority signed."""


def _valid(name: str) -> tuple[Any, list[Case]]:
    form, gather, least = GATHERED[name]
    found = list(gather())
    if not found:
        pytest.skip("the cases are not in ../shared/data")
    valid = [case for case in found if verify(case.text, case.trust, case.now).verdict is Verdict.VALID]
    assert len(valid) >= least, f"{name}: only {len(valid)} of {len(found)} are valid before any change"
    return surgery.SURGEONS[form], valid


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
                changed = surgeon.together(parts | {region: surgery.flipped(parts[region], bit)})
                tried += 1
                if verify(changed, case.trust, case.now).verdict is Verdict.VALID:
                    accepted.append(f"{case.name}: {region}, bit {bit}")
    assert not accepted, f"{len(accepted)} of {tried} changed certificates were accepted: {accepted[:5]}"
    assert tried >= len(cases) * 3, f"only {tried} changes were tried"


def test_an_unsigned_header_changes_nothing_that_is_believed() -> None:
    """The WHO names the signer where nobody signs: whatever is changed there, it names the same one or nobody."""
    surgeon, cases = _valid("WHO demonstration")
    for case in cases:
        parts, before = surgeon.apart(case.text), verify(case.text, case.trust, case.now)
        for bit in range(8 * len(parts["loose header"])):
            changed = parts | {"loose header": surgery.flipped(parts["loose header"], bit)}
            after = verify(surgeon.together(changed), case.trust, case.now)
            if after.verdict is Verdict.VALID:
                assert (after.kid, after.signer, after.payload) == (before.kid, before.signer, before.payload)


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
    other = replace(TRUST.of_scheme(Scheme.HCERT)[0], key=surgery.FOREIGN.public_key())
    crowded = bundle([other, *(signer for scheme in Scheme for signer in TRUST.of_scheme(scheme))])
    surgeon = surgery.SURGEONS[CertificateFormat.HCERT]
    for case in _own(CertificateFormat.HCERT):
        assert verify(case.text, crowded, NOW).verdict is Verdict.VALID
        resigned = surgeon.together(surgeon.resigned(surgeon.apart(case.text)))
        assert verify(resigned, TRUST, NOW).verdict is Verdict.INVALID
