"""What stations ask of the centre: batches, enrolment, the time. Pure of HTTP but for the problems it raises."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.batch import Batch, decode
from sync.centre.ledger import Ledger
from sync.centre.problems import Problem, unsigned
from sync.centre.registry import Registry
from sync.dictionary import DICTIONARIES
from sync.enrolment import answer, read_request
from sync.errors import BatchUnreadable, EnrolmentFailed, SignatureRejected
from sync.facts import canonical, rfc3339
from sync.keys import encode, sign_detached
from sync.receipt import Receipt, seal
from sync.signing import VerifiedRequest, verify_request

TIME_PURPOSE = "daan-time-v1"


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes what stations send."""

    registry: Registry
    ledger: Ledger
    key: Ed25519PrivateKey
    """The receipt key."""
    clock: Callable[[], datetime]

    def batch(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> bytes:
        """Check who sent a batch, put it into the ledger, and answer with the signed receipt.

        A signature of any age is taken: a repeat changes nothing, and a station whose clock is wrong must not lose
        its records. The difference of the clocks is recorded.

        Raises:
            Problem: unsigned, not a batch, another station's, or its head is not signed.
            LedgerUnavailable: the database does not answer.
        """
        now = self.clock()
        try:
            sender = verify_request(method, target, headers, body, self.registry.key_of, now, None)
        except SignatureRejected as error:
            raise unsigned() from error
        try:
            batch = decode(body)
        except BatchUnreadable as error:
            raise Problem(400, "batch-unreadable", "The batch cannot be read", str(error)) from error
        self._check(batch, sender)
        skew = (sender.signed_at - now).total_seconds()
        holding = self.ledger.take(batch, now, skew)
        receipt = Receipt(
            station=batch.station,
            journal=batch.journal,
            watermark=holding.watermark,
            ranges=holding.ranges,
            parked=holding.parked,
            ledger_epoch=holding.epoch,
            batch_sha256=hashlib.sha256(body).digest(),
            issued_at=now,
            backed_up=holding.backed_up,
            parked_all=holding.parked_all,
            dictionaries=tuple(DICTIONARIES),
        )
        return seal(receipt, self.key)

    def enrolment(self, body: bytes) -> bytes:
        """Enrol a station; the signed answer.

        Raises:
            Problem: the request is malformed or its code does not count.
            LedgerUnavailable: the database does not answer.
        """
        try:
            named, request = read_request(body)
            checkpoint, at = self.registry.enrol(named, request, self.clock())
        except EnrolmentFailed as error:
            raise Problem(403, "enrolment-refused", "The enrolment is refused", str(error)) from error
        return answer(request, checkpoint, at, self.key)

    def time(self, nonce: str) -> bytes:
        """The centre's time, signed together with what the asker sent, so that an old answer cannot pass for new."""
        body = {"at": rfc3339(self.clock()), "nonce": nonce}
        return canonical({"time": body, "signature": encode(sign_detached(self.key, TIME_PURPOSE, canonical(body)))})

    def _check(self, batch: Batch, sender: VerifiedRequest) -> None:
        if batch.station != sender.station:
            raise Problem(
                403, "foreign-station", "The batch is another station's", "A station sends only its own journal."
            )
        key = self.registry.key_of(sender.station)
        if key is None or not batch.head.is_signed_by(key, batch.station, batch.journal):
            raise Problem(
                400, "head-unsigned", "The chain head is not signed", "Sign the head with the station's key; update it."
            )
