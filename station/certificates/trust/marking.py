"""Test keys among signers: marked for the demonstration, refused everywhere else."""

from collections.abc import Iterable
from dataclasses import replace

from station.certificates.errors import TrustRefused
from station.certificates.trust.bundle import Signer
from station.certificates.trust.known_test_keys import is_known_test_key
from station.certificates.trust.signer_certificate import DEMONSTRATION


def marked(signers: Iterable[Signer]) -> list[Signer]:
    """The signers, marked where the key is a known public test key or the certificate is a demonstration's.

    What the certificate says counts, whatever the bundle says beside it.
    """
    return [each if each.test or not _is_test(each) else replace(each, test=True) for each in signers]


def _is_test(signer: Signer) -> bool:
    return DEMONSTRATION.encode() in signer.certificate or is_known_test_key(signer.key)


def refuse_test_keys(signers: Iterable[Signer], name: str, *, allow_test: bool) -> list[Signer]:
    """The signers, marked.

    Raises:
        TrustRefused: one is a test key, and that is not allowed.
    """
    found = marked(signers)
    if not allow_test and any(signer.test for signer in found):
        raise TrustRefused(
            f"The trust file {name} holds demonstration keys, which only the demonstration may believe; remove it."
        )
    return found
