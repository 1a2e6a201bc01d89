"""The centre's signed answer to a batch: the only thing that a station believes.

On the wire it is JSON: `{"receipt": {...}, "signature": base64url}`. The signature is Ed25519 by the centre's receipt
key over the canonical form of `receipt`, so a proxy may reformat the page but not change it.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from config.messages.said import say
from sync.errors import CentreUnreachable, ReceiptRejected
from sync.facts import canonical, rfc3339
from sync.keys import decode, detached_is_good, encode, sign_detached

PURPOSE = "daan-receipt-v1"


class ParkReason(StrEnum):
    """Why an entry is held apart instead of in the ledger."""

    PAYLOAD_HASH = "payload_hash"
    """Salt and payload do not give the hash in the header: damaged at the station."""
    CHAIN = "chain"
    """The chain hash does not follow from the entry before."""
    UNREADABLE = "unreadable"
    """The payload is no JSON object, or the ledger's database cannot hold what the entry says."""
    KIND_UNKNOWN = "kind_unknown"
    """Said only by older centres: a kind that they did not know. It is taken now."""
    OTHER = "other"
    """A newer centre says why, in a word that this station does not know."""
    OVERSIZE = "oversize"
    """The payload is over the limit and stayed at the station."""
    CONFLICT = "conflict"
    """The ledger holds other content under the same address; both are kept."""


@dataclass(frozen=True, slots=True)
class Parked:
    """One entry that the centre holds apart. It counts as held."""

    sequence: int
    reason: ParkReason


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the centre says it holds of one journal."""

    station: str
    journal: str
    watermark: int
    """Everything from 1 to here is held; 0 when nothing is."""
    ranges: tuple[tuple[int, int], ...]
    """First and last of what is held above the watermark, in order."""
    parked: tuple[Parked, ...]
    """Those entries of the answered batch that are held apart."""
    ledger_epoch: str
    """Changes when the ledger was restored from a backup; then the watermark may be lower than before."""
    batch_sha256: bytes
    """SHA-256 of the answered batch as it was on the wire."""
    issued_at: datetime
    backed_up: int = 0
    """Everything from 1 to here is in a backup of the centre as well: only that may a station erase. 0 when the centre
    does not say."""
    parked_all: bool = False
    """Whether `parked` is everything of the journal that is held apart now: so an answer to a batch without entries."""
    dictionaries: tuple[int, ...] = ()
    """Numbers of the shared dictionaries that the centre can unpack with."""


def seal(receipt: Receipt, key: Ed25519PrivateKey) -> bytes:
    """The signed answer as bytes."""
    body = _body(receipt)
    return canonical({"receipt": body, "signature": encode(sign_detached(key, PURPOSE, canonical(body)))})


def verify(answer: bytes, key: Ed25519PublicKey, batch_sha256: bytes) -> Receipt:
    """Read an answer and believe it only if the centre signed it for this very batch.

    Raises:
        CentreUnreachable: it is not a receipt at all, such as the page of a captive portal.
        ReceiptRejected: it looks like one, but the signature does not hold, or it answers another batch.
    """
    try:
        document = json.loads(answer)
        body, signature = document["receipt"], document["signature"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CentreUnreachable(
            say("the answer is not from the centre: a portal or proxy is in the way; check the link")
        ) from error
    try:
        good = detached_is_good(key, PURPOSE, canonical(body), decode(signature))
    except (ValueError, TypeError, AttributeError) as error:
        raise ReceiptRejected(
            say("the receipt is malformed; check which server answers at the centre's address")
        ) from error
    if not good:
        raise ReceiptRejected(
            say("the receipt is not signed by the centre of the enrolment package; check the address")
        )
    receipt = _parse(body)
    if receipt.batch_sha256 != batch_sha256:
        raise ReceiptRejected(
            say("the receipt answers another batch; nothing was taken from it, the batch is sent again")
        )
    return receipt


def _body(receipt: Receipt) -> dict[str, Any]:
    said = {
        "batch_sha256": receipt.batch_sha256.hex(),
        "issued_at": rfc3339(receipt.issued_at),
        "journal": receipt.journal,
        "ledger_epoch": receipt.ledger_epoch,
        "parked": [{"reason": p.reason.value, "sequence": p.sequence} for p in receipt.parked],
        "ranges": [list(r) for r in receipt.ranges],
        "station": receipt.station,
        "watermark": receipt.watermark,
    }
    later: dict[str, Any] = {  # parts that an older station does not know, and an older centre does not say
        "backed_up": receipt.backed_up,
        "dictionaries": list(receipt.dictionaries),
        "parked_all": receipt.parked_all,
    }
    return said | {name: value for name, value in later.items() if value}


def _parse(body: dict[str, Any]) -> Receipt:
    try:
        return Receipt(
            station=body["station"],
            journal=body["journal"],
            watermark=int(body["watermark"]),
            ranges=tuple((int(first), int(last)) for first, last in body["ranges"]),
            parked=tuple(Parked(int(p["sequence"]), _reason(p["reason"])) for p in body["parked"]),
            ledger_epoch=body["ledger_epoch"],
            batch_sha256=bytes.fromhex(body["batch_sha256"]),
            issued_at=datetime.fromisoformat(body["issued_at"]).astimezone(UTC),
            backed_up=min(int(body.get("backed_up", 0)), int(body["watermark"])),
            parked_all=body.get("parked_all") is True,
            dictionaries=tuple(int(number) for number in body.get("dictionaries", ())),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ReceiptRejected(
            say("the receipt has a form that this station does not know; update the station")
        ) from error


def _reason(word: Any) -> ParkReason:
    try:
        return ParkReason(word)
    except ValueError:
        return ParkReason.OTHER
