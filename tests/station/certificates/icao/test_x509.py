"""Certificates of authorities as countries really write them, and odd ones made on the spot."""

import base64
import json
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import core, keys
from asn1crypto import x509 as loose
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from station.certificates.icao import x509
from station.certificates.icao.countries import spellings, two_letters
from station.certificates.keys import Algorithm


@pytest.fixture(scope="module")
def authorities(samples: Path) -> dict[str, list[x509.Certificate]]:
    """A public snapshot of country authorities, by country."""
    found = defaultdict(list)
    for name in ("ICAO_ml_latest.json", "ICAO_health_latest.json"):
        rows = json.loads((samples / "pathcheck-trust-registry/scripts" / name).read_text())["ICAO"]
        for row in rows.values():
            der = base64.b64decode(re.sub(r"-----[^-]+-----|\s", "", row["didDocument"]))
            certificate = x509.read(der)
            found[two_letters(certificate.country)].append(certificate)
    return found


def test_every_real_authority_is_read(authorities: dict[str, list[x509.Certificate]]) -> None:
    everyone = [each for group in authorities.values() for each in group]
    assert len(everyone) == 255
    assert sum(each.authority is True for each in everyone) == 253
    assert all(each.key_id for each in everyone)
    assert len(authorities["TH"]) == 9


def test_signatures_of_real_authorities(authorities: dict[str, list[x509.Certificate]]) -> None:
    """Self-signed, or signed by an earlier key under the same name; SHA-1 is not accepted."""
    held, sha_1, link = 0, 0, 0
    for group in authorities.values():
        for each in group:
            if each.subject != each.issuer:
                continue
            if each.way is None:
                sha_1 += 1
                assert not x509.issued(each, each.key)
            elif x509.issued(each, each.key):
                held += 1
            else:
                link += 1
                assert any(x509.issued(each, other.key) for other in group)
                assert each.issuer_key_id != each.key_id
    assert (held, link, sha_1) == (172, 21, 42)


def test_what_a_certificate_says(certified: Callable[..., Any]) -> None:
    csca = certified("Authority", authority=True)
    signer = x509.read(certified("Signer", by=csca, types=("NV", "NT")).der)
    assert (signer.country, signer.name, signer.serial) == ("AU", "Signer", 0x5B)
    assert signer.document_types == {"NV", "NT"}
    assert signer.uses == {"2.23.136.1.1.14.2"}
    assert (signer.authority, x509.read(csca.der).authority) == (None, True)
    assert signer.issuer == x509.read(csca.der).subject
    assert signer.issuer_key_id == x509.read(csca.der).key_id
    assert x509.issued(signer, csca.key.public_key())
    assert not x509.issued(signer, certified().key.public_key())


def test_a_key_of_another_kind_never_issued(certified: Callable[..., Any], rsa_key: Any) -> None:
    by_curve = x509.read(certified("BSC", by=certified(authority=True)).der)
    by_rsa = x509.read(certified("BSC", by=certified(authority=True, key=rsa_key)).der)
    assert not x509.issued(by_curve, rsa_key.public_key())
    assert not x509.issued(by_rsa, certified().key.public_key())
    assert x509.issued(by_rsa, rsa_key.public_key())


def test_a_curve_written_out_by_numbers(certified: Callable[..., Any]) -> None:
    """Doc 9303-12 demands it of authorities; the generator that is written along is not believed."""
    for curve, prime in ((ec.SECP256R1(), 2**256 - 2**224 + 2**192 + 2**96 - 1), (ec.SECP384R1(), None)):
        csca = certified(authority=True, key=ec.generate_private_key(curve))
        certificate = loose.Certificate.load(csca.der)
        body = certificate["tbs_certificate"]
        field = prime or 2**384 - 2**128 - 2**96 + 2**32 - 1
        numbers = keys.SpecifiedECDomain(
            {
                "version": 1,
                "field_id": {"field_type": "prime_field", "parameters": core.Integer(field)},
                "curve": {"a": b"\x01", "b": b"\x02"},
                "base": b"\x04" + b"\x03" * 64,
                "order": 7,
            }
        )
        parameters = keys.ECDomainParameters(name="specified", value=numbers)
        body["subject_public_key_info"]["algorithm"]["parameters"] = parameters
        signature = csca.key.sign(body.dump(force=True), ec.ECDSA(hashes.SHA256()))
        whole = {"tbs_certificate": body, "signature_algorithm": certificate["signature_algorithm"]}
        der = loose.Certificate({**whole, "signature_value": signature}).dump(force=True)
        found = x509.read(der)
        assert found.key == csca.key.public_key()
        assert x509.issued(found, csca.key.public_key())


def test_a_stray_null(certified: Callable[..., Any], stray_null: Callable[..., Any]) -> None:
    csca = certified(authority=True)
    odd = stray_null(certified("BSC", by=csca), csca)
    assert x509.issued(x509.read(odd.der), csca.key.public_key())


def test_the_shell_has_one_spelling(certified: Callable[..., Any], stray_null: Callable[..., Any]) -> None:
    csca = certified(authority=True)
    signer = certified("BSC", by=csca)
    whole = loose.Certificate.load(signer.der)
    inside = whole["tbs_certificate"].dump()
    odd = loose.Certificate.load(stray_null(signer, csca).der)
    signature = whole["signature_value"].dump()
    shells = [
        core.Sequence(contents=inside + odd["signature_algorithm"].dump() + signature).dump(),
        b"\x30\x83\x00" + signer.der[2:],
        signer.der + b"\x00",
    ]
    for der in shells:
        with pytest.raises(ValueError, match=r"."):
            x509.read(der)


def test_the_curve_fixes_the_algorithm(rsa_key: Any) -> None:
    for curve, algorithm in (
        (ec.SECP256R1(), Algorithm.ES256),
        (ec.BrainpoolP256R1(), Algorithm.ES256),
        (ec.SECP256K1(), Algorithm.ES256),
        (ec.BrainpoolP384R1(), Algorithm.ES384),
        (ec.BrainpoolP512R1(), Algorithm.ES512),
        (ec.SECP521R1(), Algorithm.ES512),
        (ec.SECP224R1(), None),
    ):
        assert x509.algorithm_of(ec.generate_private_key(curve).public_key()) is algorithm
    assert x509.algorithm_of(rsa_key.public_key()) is None


def test_countries() -> None:
    for code, two in (("AUS", "AU"), ("D<<", "DE"), ("D", "DE"), ("UTO", "UT"), ("tha", "TH"), ("GBN", "GB")):
        assert two_letters(code) == two
    for unknown in ("", "XYZ", "FR", "Q"):
        assert two_letters(unknown) == unknown
    assert spellings("D") == ("DE", "DEU", "D")
    assert spellings("AU") == ("AU", "AUS")
