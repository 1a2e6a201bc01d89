"""VDS-NC: real samples, chains of every kind, and what must not pass."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st

from config.rules.reasons import ReasonCode
from station.certificates.icao import vds_nc, x509
from station.certificates.icao.canonical import canonical
from station.certificates.keys import unbase64url
from station.certificates.moment import Interval
from station.certificates.result import CertificateFormat, CertificateResult, EntryKind, Step, Verdict
from station.certificates.revocation.batches import Batch, Entry, HashKind, digests_of
from station.certificates.revocation.lists import Revocations, Subject
from station.certificates.revocation.memory import MemoryList
from station.certificates.trust.bundle import Scheme, Signer, TrustBundle, bundle, from_certificate
from station.certificates.trust.marking import marked
from station.certificates.verify import verify

NOW = datetime(2022, 1, 1, tzinfo=UTC)
AT = Interval.of(NOW)
DIGESTS = {256: ("ES256", hashes.SHA256()), 384: ("ES384", hashes.SHA384()), 521: ("ES512", hashes.SHA512())}
VACCINATION: dict[str, Any] = {
    "hdr": {"t": "icao.vacc", "v": 1, "is": "AUS"},
    "msg": {
        "uvci": "V1",
        "pid": {"n": "CITIZEN  JANE SUE", "dob": "1961-05-15"},
        "ve": [
            {
                "des": "XM8NQ0",
                "nam": "Comirnaty",
                "dis": "RA01.0",
                "vd": [
                    {"dvc": "2021-03-03", "seq": 1, "ctr": "AUS", "adm": "GP", "lot": "1"},
                    {"dvc": "2021-03-24", "seq": 2, "ctr": "NZL", "adm": "GP", "lot": "2"},
                ],
            }
        ],
    },
}
TEST: dict[str, Any] = {
    "hdr": {"t": "icao.test", "v": 1, "is": "AUS"},
    "msg": {
        "utci": "T1",
        "pid": {"n": "CITIZEN  JANE", "dob": "1961-05-15", "dt": "P", "dn": "X1"},
        "sp": {"spn": "Lab", "ctr": "AUS"},
        "dat": {"sc": "2021-12-31T10:00:00+10:00", "ri": "2021-12-31T20:00:00+10:00"},
        "tr": {"tc": "antigen", "r": "positive"},
    },
}


def sealed(data: dict[str, Any], signer: Any, *, alg: str = "", key: Any = None) -> str:
    """A VDS-NC over that data."""
    key = key or signer.key
    name, digest = DIGESTS[key.key_size]
    r, s = decode_dss_signature(key.sign(canonical(data), ec.ECDSA(digest)))
    size = (key.key_size + 7) // 8
    seal = {
        "alg": alg or name,
        "cer": base64.urlsafe_b64encode(signer.der).decode(),
        "sigvl": base64.urlsafe_b64encode(r.to_bytes(size, "big") + s.to_bytes(size, "big")).decode(),
    }
    return json.dumps({"data": data, "sig": seal}, ensure_ascii=False)


def listed(der: bytes) -> Signer:
    return replace(from_certificate(der), scheme=Scheme.ICAO)


@pytest.fixture(scope="module")
def csca(certified: Callable[..., Any]) -> Any:
    return certified(authority=True)


@pytest.fixture(scope="module")
def signer(certified: Callable[..., Any], csca: Any) -> Any:
    return certified("BSC", by=csca)


@pytest.fixture(scope="module")
def trust(csca: Any) -> TrustBundle:
    return bundle([csca.listed()])


@pytest.fixture(scope="module")
def real(samples: Path) -> dict[str, dict[str, Any]]:
    first = json.loads((samples / "icao-vdsnc-dotnet/VDS-NC-Dotnet.Tests/Helpers/VDS-NC-Examples.json").read_text())
    kde = samples / "kde-khealthcertificate/autotests/data/icao"
    return {
        "utopia": first[0],
        "australia": first[1],
        "kde vaccination": json.loads((kde / "single-vaccine.txt").read_text()),
        "kde test": json.loads((kde / "test.txt").read_text()),
    }


@pytest.fixture(scope="module")
def australia(samples: Path) -> Signer:
    return listed((samples / "icao-vdsnc-au-csca/VDSNCChecker/resources/assets/certificates/CSCA_AUS.der").read_bytes())


# Real samples


@pytest.mark.parametrize("name", ["utopia", "kde vaccination", "kde test"])
def test_utopia_verifies_with_its_signer_listed(real: dict[str, Any], name: str) -> None:
    text = json.dumps(real[name])
    (its,) = marked([listed(unbase64url(real[name]["sig"]["cer"]))])
    found = verify(text, bundle([its]), NOW)
    assert (found.format, found.verdict, found.step) == (CertificateFormat.VDS_NC, Verdict.VALID, Step.DONE)
    assert found.signer == "DSC number worker of Friesland"
    assert found.holder is not None
    assert found.holder.surname in ("Smith Bill", "Cook Gerald")
    unknown = verify(text, TrustBundle(), NOW)
    assert (unknown.verdict, unknown.step) == (Verdict.UNDECIDED, Step.SIGNER)
    assert unknown.reason is ReasonCode.CERTIFICATE_SIGNER_UNKNOWN
    assert unknown.entries == found.entries


def test_australia_chains_to_its_authority(real: dict[str, Any], australia: Signer, csca: Any) -> None:
    text = json.dumps(real["australia"])
    found = verify(text, bundle([australia]), NOW)
    assert (found.verdict, found.signer, found.warnings) == (
        Verdict.VALID,
        "Passport Country Signing Authority",
        (),
    )
    assert found.payload == {
        "ver": "1.3.0",
        "nam": {"fn": "CITIZEN", "gn": "JANE SUE", "fnt": "CITIZEN", "gnt": "JANE<SUE"},
        "dob": "1961-05-15",
        "v": [
            {
                "tg": "840539006",
                "co": "AU",
                "is": "AUS",
                "ci": "VB0009990012",
                "vp": "29061000087103",
                "mp": "EU/1/21/1529",
                "ma": "ORG-100001699",
                "dn": 1,
                "dt": "2021-09-15",
            }
        ],
    }
    # Another authority of Australia is none of its own.
    assert verify(text, bundle([csca.listed()]), NOW).reason is ReasonCode.CERTIFICATE_SIGNER_UNKNOWN
    # The right name and identifier with another key: an authority that never issued it.
    foreign = replace(australia, key=csca.key.public_key())
    assert verify(text, bundle([foreign]), NOW).reason is ReasonCode.CERTIFICATE_CHAIN


def test_the_content_of_real_samples(real: dict[str, Any]) -> None:
    two = verify(json.dumps(real["utopia"]), TrustBundle(), NOW)
    assert [(each.dose, each.date) for each in two.entries] == [(2, "2021-03-24"), (1, "2021-03-03")]
    assert {(each.product, each.manufacturer, each.vaccine) for each in two.entries} == {
        ("EU/1/20/1528", "ORG-100030215", "1119349007")
    }
    # A dose number as text.
    assert [each.dose for each in verify(json.dumps(real["kde vaccination"]), TrustBundle(), NOW).entries] == [1]
    (test,) = verify(json.dumps(real["kde test"]), TrustBundle(), NOW).entries
    assert (test.kind, test.test_type, test.test_result) == (EntryKind.TEST, "LP6464-4", "260415000")
    assert (test.date, test.country, test.centre) == ("2020-12-12T12:00:00+08:00", "AU", "General Hospital")


def test_no_bit_of_a_real_sample_may_change(real: dict[str, Any], australia: Signer) -> None:
    """Every 101st bit of the whole text; white space and letters of what is not signed may."""
    trust = bundle([australia])
    text = json.dumps(real["australia"]).encode()
    for bit in range(0, len(text) * 8, 101):
        changed = bytearray(text)
        changed[bit // 8] ^= 1 << bit % 8
        found = verify(changed.decode("latin-1"), trust, NOW)
        assert found.verdict is not Verdict.VALID or dict(found.products.content) == real["australia"]["data"]


# Chains


@pytest.mark.parametrize("size", [256, 384, 521])
def test_curves_and_their_algorithms(certified: Callable[..., Any], csca: Any, trust: TrustBundle, size: int) -> None:
    curve = {256: ec.SECP256R1(), 384: ec.SECP384R1(), 521: ec.SECP521R1()}[size]
    signer = certified("BSC", by=csca, key=ec.generate_private_key(curve))
    assert vds_nc.verify(sealed(VACCINATION, signer), trust, AT).verdict is Verdict.VALID
    for alg in ("ES256", "ES384", "ES512", "none", "RS256", "HS256", "EdDSA", "es256", ""):
        text = sealed(VACCINATION, signer).replace(f'"alg": "{DIGESTS[size][0]}"', f'"alg": "{alg}"')
        found = vds_nc.verify(text, trust, AT)
        right = alg == DIGESTS[size][0]
        assert found.verdict is (Verdict.VALID if right else Verdict.INVALID)
        assert found.reason is (ReasonCode.CERTIFICATE_VALID if right else ReasonCode.CERTIFICATE_ALGORITHM)


def test_authorities_of_every_kind(certified: Callable[..., Any], rsa_key: Any, stray_null: Callable[..., Any]) -> None:
    brainpool = certified(authority=True, key=ec.generate_private_key(ec.BrainpoolP384R1()))
    plain, salted = certified(authority=True, key=rsa_key), certified("PSS", authority=True, key=rsa_key)
    for authority, signer in (
        (brainpool, certified("BSC", by=brainpool)),
        (plain, certified("BSC", by=plain)),
        (salted, certified("BSC", by=salted, pss=True)),
        (brainpool, certified("BSC", by=brainpool, key_ids=False)),
        (brainpool, stray_null(certified("BSC", by=brainpool), brainpool)),
    ):
        text = sealed(VACCINATION, signer)
        assert vds_nc.verify(text, bundle([authority.listed()]), AT).verdict is Verdict.VALID
        # Also when the bundle knows only the authority's key.
        bare = replace(authority.listed(), certificate=b"")
        assert vds_nc.verify(text, bundle([bare]), AT).verdict is Verdict.VALID
        assert vds_nc.verify(text, TrustBundle(), AT).reason is ReasonCode.CERTIFICATE_SIGNER_UNKNOWN


def test_a_key_of_another_world_is_nobody(csca: Any, signer: Any) -> None:
    for scheme in (Scheme.HCERT, Scheme.SHC, Scheme.DIVOC):
        trust = bundle([replace(csca.listed(), scheme=scheme), replace(signer.listed(), scheme=scheme)])
        assert vds_nc.verify(sealed(VACCINATION, signer), trust, AT).step is Step.SIGNER


def test_a_signer_listed_by_itself(certified: Callable[..., Any], signer: Any, trust: TrustBundle) -> None:
    for entry in (signer.listed(), replace(signer.listed(), certificate=b"")):
        assert vds_nc.verify(sealed(VACCINATION, signer), bundle([entry]), AT).verdict is Verdict.VALID
    # Not another certificate by the same name.
    other = certified("BSC", by=certified(authority=True))
    assert vds_nc.verify(sealed(VACCINATION, other), bundle([signer.listed()]), AT).step is Step.SIGNER
    # A signer is no authority.
    below = certified("Below", by=signer)
    refused = vds_nc.verify(sealed(VACCINATION, below), bundle([signer.listed()]), AT)
    assert (refused.verdict, refused.step) == (Verdict.INVALID, Step.CHAIN)


def test_a_forged_and_an_unknown_authority(certified: Callable[..., Any], csca: Any, trust: TrustBundle) -> None:
    twin = certified(authority=True)  # same name, another key
    renewed = vds_nc.verify(sealed(VACCINATION, certified("BSC", by=twin)), trust, AT)
    assert (renewed.verdict, renewed.step) == (Verdict.UNDECIDED, Step.SIGNER)
    for forged in (
        certified("BSC", by=twin, issuer_key=csca.key),  # names our authority's key
        certified("BSC", by=twin, key_ids=False),  # names nothing but its name
    ):
        found = vds_nc.verify(sealed(VACCINATION, forged), trust, AT)
        assert (found.verdict, found.step, found.reason) == (
            Verdict.INVALID,
            Step.CHAIN,
            ReasonCode.CERTIFICATE_CHAIN,
        )


def test_the_country_is_bound_to_the_signer(certified: Callable[..., Any], csca: Any, signer: Any) -> None:
    trust = bundle([csca.listed()])
    for code, verdict in (
        ("AUS", Verdict.VALID),
        ("THA", Verdict.INVALID),
        ("UTO", Verdict.INVALID),
        ("", Verdict.INVALID),
    ):
        data = {**VACCINATION, "hdr": {**VACCINATION["hdr"], "is": code}}
        found = vds_nc.verify(sealed(data, signer), trust, AT)
        assert found.verdict is verdict
        assert code == "AUS" or found.step is Step.CHAIN
    # An authority of one country does not certify a signer of another.
    stranger = certified("BSC", country="TH", by=csca)
    data = {**VACCINATION, "hdr": {**VACCINATION["hdr"], "is": "THA"}}
    assert vds_nc.verify(sealed(data, stranger), trust, AT).verdict is not Verdict.VALID
    nowhere = certified("BSC", country="", by=csca)
    assert vds_nc.verify(sealed(VACCINATION, nowhere), trust, AT).verdict is Verdict.VALID
    assert vds_nc.verify(sealed(data, nowhere), trust, AT).verdict is Verdict.INVALID
    for unnamed in (replace(csca.listed(), country=""), replace(nowhere.listed(), country="")):
        data = {**VACCINATION, "hdr": {**VACCINATION["hdr"], "is": ""}}
        assert vds_nc.verify(sealed(data, nowhere), bundle([unnamed]), AT).verdict is not Verdict.VALID
    chinese = certified(country="CN", authority=True)
    for code, verdict in (("CHN", Verdict.VALID), ("HKG", Verdict.VALID), ("TWN", Verdict.INVALID)):
        data = {**VACCINATION, "hdr": {**VACCINATION["hdr"], "is": code}}
        text = sealed(data, certified("BSC", country="CN", by=chinese))
        assert vds_nc.verify(text, bundle([chinese.listed()]), AT).verdict is verdict
    german = certified(country="DE", authority=True)
    data = {**VACCINATION, "hdr": {**VACCINATION["hdr"], "is": "D"}}
    text = sealed(data, certified("BSC", country="de", by=german))
    assert vds_nc.verify(text, bundle([german.listed()]), AT).verdict is Verdict.VALID


def test_a_specimen_is_believed_of_a_signer_for_tests_only(signer: Any) -> None:
    text = sealed({**VACCINATION, "hdr": {**VACCINATION["hdr"], "is": "UTO"}}, signer)
    real = vds_nc.verify(text, bundle([signer.listed()]), AT)
    assert (real.verdict, real.step) == (Verdict.INVALID, Step.CHAIN)
    test = vds_nc.verify(text, bundle([signer.listed(test=True)]), AT)
    assert (test.verdict, test.test_signer) == (Verdict.VALID, True)


def test_a_number_has_one_spelling(signer: Any, trust: TrustBundle) -> None:
    """5 and 5.0 are signed alike: a list that names the one finds the other."""
    text = sealed({**VACCINATION, "msg": {**VACCINATION["msg"], "uvci": 12345}}, signer)
    subject = Subject(Scheme.ICAO, identifiers=("12345",))
    listed = Batch("b", "icao", HashKind.UCI, entries=tuple(map(Entry, digests_of(subject)[HashKind.UCI])))
    revoking = replace(trust, revocations=Revocations((MemoryList([listed]),)))
    for spelling in ("12345", "12345.0", "1.2345e4", "1234500e-2"):
        shown = text.replace('"uvci": 12345', f'"uvci": {spelling}')
        assert vds_nc.verify(shown, trust, AT).verdict is Verdict.VALID
        assert vds_nc.verify(shown, revoking, AT).reason is ReasonCode.CERTIFICATE_REVOKED
    doses = text.replace('"seq": 2', '"seq": 2.0')
    assert [entry.dose for entry in vds_nc.verify(doses, trust, AT).entries] == [2, 1]


def test_what_a_signer_may_sign(certified: Callable[..., Any], csca: Any, trust: TrustBundle) -> None:
    for changes, vaccination, test in (
        ({"types": ("NV",)}, True, False),
        ({"types": ("NT",)}, False, True),
        ({"types": ("P", "ID")}, False, False),
        ({"types": (), "use": "2.23.136.1.1.3"}, False, False),  # of master lists
        ({"types": ()}, True, True),
        ({"types": (), "use": None}, True, True),
    ):
        signer = certified("BSC", by=csca, **changes)
        for data, allowed in ((VACCINATION, vaccination), (TEST, test)):
            found = vds_nc.verify(sealed(data, signer), trust, AT)
            assert found.verdict is (Verdict.VALID if allowed else Verdict.INVALID), changes
            assert allowed or found.reason is ReasonCode.CERTIFICATE_KEY_USAGE
    authority = certified("CSCA 2", authority=True)
    assert vds_nc.verify(sealed(TEST, authority), bundle([authority.listed()]), AT).step is Step.KEY_USAGE
    limited = bundle([csca.listed(kinds=frozenset({EntryKind.TEST}))])
    signer = certified("BSC", by=csca)
    assert vds_nc.verify(sealed(VACCINATION, signer), limited, AT).step is Step.KEY_USAGE
    assert vds_nc.verify(sealed(TEST, signer), limited, AT).verdict is Verdict.VALID


def test_ages_are_warnings(signer: Any, trust: TrustBundle) -> None:
    late = vds_nc.verify(sealed(VACCINATION, signer), trust, Interval.of(datetime(2031, 1, 1, tzinfo=UTC)))
    assert late.verdict is Verdict.VALID
    assert set(late.warnings) >= {
        "the signer's own certificate has expired",
        "the authority's own certificate has expired",
    }
    early = vds_nc.verify(sealed(VACCINATION, signer), trust, Interval.of(datetime(2019, 1, 1, tzinfo=UTC)))
    assert "an entry's date is in the future; check the clock" in early.warnings


def test_a_test_reported_in_the_future(signer: Any, trust: TrustBundle) -> None:
    reported = datetime(2021, 12, 31, 10, tzinfo=UTC)
    for now, verdict in (
        (NOW, Verdict.VALID),
        (reported - timedelta(days=1), Verdict.VALID),
        (reported - timedelta(days=8), Verdict.INVALID),
    ):
        found = vds_nc.verify(sealed(TEST, signer), trust, Interval.of(now))
        assert found.verdict is verdict
        assert found.issued_at == reported
    unsure = Interval(reported - timedelta(days=9), reported)
    assert vds_nc.verify(sealed(TEST, signer), trust, unsure).verdict is Verdict.UNDECIDED
    for odd in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "soon", 7, None):
        data = {**TEST, "msg": {**TEST["msg"], "dat": {"sc": "2021-12-31", "ri": odd}}}
        assert vds_nc.verify(sealed(data, signer), trust, AT).issued_at is None


def test_another_kind_of_seal_is_not_judged(signer: Any, trust: TrustBundle) -> None:
    data = {"hdr": {"t": "icao.dta", "v": 1, "is": "AUS"}, "msg": {"x": 1}}
    found = verify(sealed(data, signer), trust, NOW)
    assert (found.format, found.verdict, found.step, found.reason) == (
        CertificateFormat.VDS_NC,
        Verdict.UNDECIDED,
        Step.KIND,
        ReasonCode.CERTIFICATE_KIND,
    )
    assert found.products.content == data


# Tampering and rubbish


def test_any_change_of_the_content_is_noticed(signer: Any, trust: TrustBundle) -> None:
    whole = json.loads(sealed(VACCINATION, signer))

    def changed(path: tuple[Any, ...], value: Any) -> CertificateResult:
        copy = json.loads(json.dumps(whole))
        place = copy
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        return vds_nc.verify(json.dumps(copy), trust, AT)

    assert changed(("data", "hdr", "v"), 1).verdict is Verdict.VALID
    assert changed(("data", "hdr", "v"), 1.0).verdict is Verdict.VALID  # the same number
    for path, value in (
        (("data", "hdr", "v"), 2),
        (("data", "hdr", "v"), "1"),
        (("data", "hdr", "t"), "icao.test"),
        (("data", "hdr", "is"), "NZL"),
        (("data", "hdr", "x"), 1),
        (("data", "x"), 1),
        (("data", "msg", "pid", "n"), "CITIZEN  JOHN"),
        (("data", "msg", "ve", 0, "vd", 1, "seq"), 3),
        (("data", "msg", "ve", 0, "vd"), []),
        (("data", "msg", "x"), None),
    ):
        found = changed(path, value)
        assert (found.verdict, found.step) == (Verdict.INVALID, Step.SIGNATURE), path
    assert changed(("sig", "cer"), "AAAA").step is Step.SEAL
    assert changed(("sig", "sigvl"), "").step is Step.SIGNATURE
    assert changed(("sig", "x"), 1).verdict is Verdict.VALID  # outside of what is signed
    # A change is told even when the signer is unknown.
    text = json.dumps(whole).replace("JANE", "JOHN")
    assert vds_nc.verify(text, TrustBundle(), AT).step is Step.SIGNATURE


def test_no_bit_of_signature_or_certificate_may_change(signer: Any, trust: TrustBundle) -> None:
    whole = json.loads(sealed(VACCINATION, signer))
    for name, stride in (("sigvl", 1), ("cer", 7)):
        data = unbase64url(whole["sig"][name])
        for bit in range(0, len(data) * 8, stride):
            changed = bytearray(data)
            changed[bit // 8] ^= 1 << bit % 8
            seal = {**whole["sig"], name: base64.urlsafe_b64encode(changed).decode()}
            found = vds_nc.verify(json.dumps({**whole, "sig": seal}), trust, AT)
            assert found.verdict is not Verdict.VALID, (name, bit)


def test_a_foreign_key_under_a_trusted_certificate(
    certified: Callable[..., Any], signer: Any, trust: TrustBundle
) -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    assert vds_nc.verify(sealed(VACCINATION, signer, key=other), trust, AT).step is Step.SIGNATURE


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ('{"data":{"hdr":{"t":"icao.vacc","t":"icao.test"}}}', Step.JSON),
        ('{"data":{"hdr":{"t":"icao.vacc","v":NaN}}}', Step.JSON),
        ('{"data":{"hdr":{"t":"icao.vacc"' + "[" * 5000, Step.JSON),
        ('{"data":{"hdr":{"t":"icao.vacc"}},"x":' + "1" * 16_400 + "}", Step.JSON),
        ('{"data":{"hdr":{"t":"icao.vacc"},"msg":{"x":1}},"sig":{"alg":"ES256"}}', Step.SEAL),
        ('{"data":{"hdr":{"t":"icao.vacc"},"msg":{"x":1}},"sig":{"alg":"ES256","cer":"%%","sigvl":"é"}}', Step.SEAL),
        ('{"data":[{"hdr":{"t":"icao.vacc"}}],"sig":[]}', Step.SEAL),
        ('{"data":{"hdr":{"t":"icao.vacc"},"msg":{"x":1e999}},"sig":{"alg":"ES256"}}', Step.JSON),
    ],
)
def test_rubbish(text: str, step: Step) -> None:
    found = verify(text, TrustBundle(), NOW)
    assert (found.format, found.verdict, found.step) == (CertificateFormat.VDS_NC, Verdict.INVALID, step)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.just("icao.vacc"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["data", "hdr", "msg", "sig", "t", "is", "pid", "n", "dob", "ve", "vd", "seq", "dvc", "tr"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(message=JSON, header=JSON)
def test_no_content_breaks_it(message: Any, header: Any) -> None:
    for kind in ("icao.vacc", "icao.test"):
        head = {"t": kind, **header} if isinstance(header, dict) else {"t": kind}
        text = json.dumps({"data": {"hdr": {**head, "t": kind}, "msg": message}, "sig": header})
        assert verify(text, TrustBundle(), NOW).verdict is not Verdict.VALID


@settings(max_examples=100, deadline=None)
@given(message=st.dictionaries(st.sampled_from(["pid", "ve", "dat", "tr", "sp", "uvci", "utci"]), JSON, min_size=1))
def test_signed_nonsense_has_a_verdict(signer: Any, trust: TrustBundle, message: dict[str, Any]) -> None:
    for kind in ("icao.vacc", "icao.test"):
        data = {"hdr": {"t": kind, "v": 1, "is": "AUS"}, "msg": message}
        try:
            text = sealed(data, signer)
        except ValueError:
            return  # NaN has no canonical form
        found = vds_nc.verify(text, trust, AT)
        assert found.verdict in Verdict
        assert "Holder(…)" in repr(found.holder)


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=200), place=st.integers(0, 400))
def test_no_bytes_break_the_certificate_reader(signer: Any, data: bytes, place: int) -> None:
    der = signer.der
    for changed in (data, der[:place] + data, der + data, der[:place] + data + der[place + len(data) :]):
        try:
            x509.read(changed)
        except ValueError:
            continue
