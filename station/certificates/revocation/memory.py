"""A few batches held in memory: a list that a person named on the command line, not the station's own."""

from collections.abc import Iterable

from station.certificates.revocation.batches import Batch, digests_of
from station.certificates.revocation.lists import Revoked, Subject


class MemoryList:
    """Answers out of batches with exact entries; a `lists.Source`."""

    def __init__(self, batches: Iterable[Batch]) -> None:
        """Take the batches."""
        self._batches = [(batch, {entry.digest: entry.before for entry in batch.entries}) for batch in batches]

    def status(self, subject: Subject) -> Revoked:
        """As the store says it."""
        found = Revoked.NO
        digests = digests_of(subject)
        for batch, entries in self._batches:
            fits = (
                batch.scheme == subject.scheme
                and batch.kid in (subject.kid, b"")
                and batch.issuer in (subject.issuer.rstrip("/"), "")
            )
            for each in digests.get(batch.kind, ()) if fits else ():
                if each not in entries:
                    continue
                before = entries[each]
                if before is None or (subject.issued_at is not None and subject.issued_at < before):
                    return Revoked.YES
                if subject.issued_at is None:
                    found = Revoked.PERHAPS
        return found
