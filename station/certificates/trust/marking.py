"""Test keys among signers: marked for the demonstration, refused everywhere else."""

from collections.abc import Iterable
from dataclasses import replace

from station.certificates.errors import TrustRefused
from station.certificates.trust.bundle import Signer
from station.certificates.trust.known_test_keys import is_known_test_key


def marked(signers: Iterable[Signer]) -> list[Signer]:
    """The signers, those with a known public test key marked as such."""
    return [replace(each, test=True) if not each.test and is_known_test_key(each.key) else each for each in signers]


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
