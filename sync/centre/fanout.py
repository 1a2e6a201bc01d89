"""Fan-out of the ledger by NATS JetStream, for consumers that want to be told: the one file with nats.

The ledger stays the truth. The stream is a copy for convenience: it forgets after some days, its servers answer before
their disks have what they took, and it is made anew from the ledger whenever somebody asks. A message is one entry:
subject `daan.ledger.CHECKPOINT.KIND`, `Nats-Msg-Id` STATION/JOURNAL/SEQUENCE, body `pack_entry` (a CBOR map).
Within a station messages are in the order of the ledger. A repeat within the window is dropped by the server; a later
one reaches the consumer, which tells it by the same id.
"""

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import structlog

from config.messages.said import say
from sync.centre.cursor import Follower, Told
from sync.centre.errors import CentreError
from sync.columns import pack_entry

if TYPE_CHECKING:
    from nats.js.api import StreamConfig

SUBJECTS = "daan.ledger.>"
_DUPLICATES_SECONDS = 600.0
_IN_FLIGHT = 256
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True, slots=True)
class FanoutSettings:
    """Where the stream is and how it is kept."""

    servers: tuple[str, ...]
    """URLs, nats://HOST:PORT; one that answers is enough."""
    stream: str = "DAAN_LEDGER"
    replicas: int = 3
    keep_days: float = 3.0
    """No longer: it holds contents, and what the ledger purges must go here too."""
    answer_seconds: float = 10.0


class FanoutAway(CentreError):
    """NATS does not take messages; they stay in the ledger and are published later."""


class Fanout:
    """Carries news from a follower to the stream; as an asynchronous context manager it is connected."""

    def __init__(self, follower: Follower, settings: FanoutSettings) -> None:
        from nats.aio.client import Client  # only who fans out needs it: daan-station[scale]

        self._follower, self._settings = follower, settings
        self._nats = Client()
        self._stream = self._nats.jetstream(timeout=settings.answer_seconds, publish_async_max_pending=4 * _IN_FLIGHT)

    async def __aenter__(self) -> Self:
        """Connect and make the stream when it is not there.

        Raises:
            FanoutAway: no server answers, or they have no majority.
        """
        try:
            connecting = self._nats.connect(
                servers=list(self._settings.servers), max_reconnect_attempts=-1, reconnect_time_wait=1,
                connect_timeout=2, error_cb=_quiet, name="daan-fanout",
            )  # fmt: skip
            await asyncio.wait_for(connecting, self._settings.answer_seconds)
            await self._make()
        except Exception as error:
            await self._nats.close()
            raise _away(error) from error
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._nats.close()

    async def once(self, limit: int = 20) -> int:
        """Publish what comes next and move the cursor once every message is acknowledged; how many there were.

        Raises:
            FanoutAway: not every message was acknowledged; all of them come again.
            LedgerUnavailable: the database does not answer.
        """
        news = await asyncio.to_thread(self._follower.next, limit)
        if news is None:
            return 0
        try:
            for first in range(0, len(news.entries), _IN_FLIGHT):
                await self._publish(news.entries[first : first + _IN_FLIGHT])
        except Exception as error:
            raise _away(error) from error
        await asyncio.to_thread(self._follower.done, news)
        return len(news.entries)

    async def run(self, stopped: Callable[[], bool], poll_seconds: float = 0.5) -> None:
        """Publish until `stopped()`; what is away is asked again."""
        trouble = ""
        while not stopped():
            try:
                sent, trouble = await self.once(), ""
            except CentreError as error:
                if str(error) != trouble:
                    structlog.get_logger().warning("fanout_waits", reason=str(error))
                sent, trouble = 0, str(error)
            if not sent:
                await asyncio.sleep(poll_seconds)

    async def rebuild(self) -> None:
        """Throw the stream away and begin again at the ledger's first entry; `once` or `run` fill it.

        Raises:
            FanoutAway: no server answers, or they have no majority.
            LedgerUnavailable: the database does not answer.
        """
        from nats.js.errors import NotFoundError

        await asyncio.to_thread(self._follower.start_again)
        try:
            with suppress(NotFoundError):
                await self._stream.delete_stream(self._settings.stream)
            await self._make()
        except Exception as error:
            raise _away(error) from error

    async def _make(self) -> None:
        from nats.js.errors import NotFoundError

        try:
            await self._stream.stream_info(self._settings.stream)
        except NotFoundError:
            await self._stream.add_stream(self._configuration())

    def _configuration(self) -> "StreamConfig":
        from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig

        return StreamConfig(
            name=self._settings.stream, subjects=[SUBJECTS], retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE, discard=DiscardPolicy.OLD, num_replicas=self._settings.replicas,
            max_age=self._settings.keep_days * 86400, duplicate_window=_DUPLICATES_SECONDS,
        )  # fmt: skip

    async def _publish(self, entries: tuple[Told, ...]) -> None:
        """Publish in order, so many at a time, and wait for every acknowledgement."""
        acks = []
        try:
            for told in entries:
                headers = {"Nats-Msg-Id": message_id(told)}
                acks.append(await self._stream.publish_async(subject(told), pack_entry(told.entry), headers=headers))
            await asyncio.wait_for(asyncio.gather(*acks), self._settings.answer_seconds)
        finally:
            for ack in acks:  # those that never came give their place back
                ack.cancel()


def subject(told: Told) -> str:
    """`daan.ledger.CHECKPOINT.KIND`; what means something to NATS is replaced."""
    return f"daan.ledger.{_NOT_PLAIN.sub('_', told.checkpoint)}.{_NOT_PLAIN.sub('_', str(told.entry.kind))}"


def message_id(told: Told) -> str:
    """The entry's address, by which a repeat is known."""
    return f"{told.entry.station}/{told.entry.journal}/{told.entry.sequence}"


def _away(error: Exception) -> FanoutAway:
    kind = type(error).__name__
    return FanoutAway(say("NATS does not take messages ({kind}); see that most of its servers run", kind=kind))


async def _quiet(_: Exception) -> None:
    """The library would print to standard error; `run` says it once."""
