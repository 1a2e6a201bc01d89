"""Fan-out by a NATS cluster of three: one server dies, then all disks are lost; the ledger makes the stream again."""

import asyncio
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import cbor2
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from scale_kit import ROOT, Cluster, everything, journal_of, ledger_of, running, take

from sync.centre.cursor import Follower, Told
from sync.centre.fanout import Fanout, FanoutAway, FanoutSettings, message_id, subject
from sync.facts import FactKind

nats = pytest.importorskip("nats", reason="nats-py is not installed: daan-station[scale]")


def run_apart(work):
    """Run a coroutine in a thread of its own: browser tests of the same process leave a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@pytest.fixture
def database(database_url, tmp_path):
    with ledger_of(tmp_path, database_url) as opened:
        yield opened


@asynccontextmanager
async def fanout_of(database, urls, replicas=3):
    """A fan-out that waits until the servers have a majority."""
    deadline = time.monotonic() + 40
    while True:
        try:
            async with Fanout(
                Follower(database, "fanout"), FanoutSettings(urls, replicas=replicas, answer_seconds=3)
            ) as fanout:
                yield fanout
                return
        except FanoutAway:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.3)


async def send_all(fanout, seconds=40):
    """Publish until nothing is left; a server that is away is asked again, as `run` does."""
    deadline, sent = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        try:
            more = await fanout.once()
        except FanoutAway:
            await asyncio.sleep(0.2)
            continue
        if not more:
            return sent
        sent += more
    raise AssertionError("the stream does not take what is left")


async def asked(urls, question):
    """Ask the servers; a new leader may take a moment to be found."""
    deadline = time.monotonic() + 40
    while True:
        try:
            client = await nats.connect(servers=list(urls), error_cb=_quiet)
            try:
                return await question(client.jetstream())
            finally:
                await client.close()
        except (nats.errors.Error, TimeoutError):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.3)


async def _quiet(error):
    """A killed server is no news here."""


async def stream_of(urls):
    """Messages of the stream: [(subject, id, body)]."""

    async def read(stream):
        found, held = [], (await stream.stream_info("DAAN_LEDGER")).state.messages
        subscription = await stream.pull_subscribe("daan.ledger.>", stream="DAAN_LEDGER")
        while len(found) < held:
            for message in await subscription.fetch(500, timeout=5):
                found.append((message.subject, message.headers["Nats-Msg-Id"], message.data))
                await message.ack()
        return found

    return await asked(urls, read)


async def leader_of(urls):
    async def look(stream):
        return int((await stream.stream_info("DAAN_LEDGER")).cluster.leader.removeprefix("n"))

    return await asked(urls, look)


def ids(found):
    names = [name for _, name, _ in found]
    assert len(names) == len(set(names)), "a message came twice"
    return set(names)


def held(database):
    return {"/".join(map(str, key)) for key in everything(database)}


def test_one_server_carries_entries_and_a_repeat_is_one_message(database, tmp_path):
    async def whole(urls):
        journal = journal_of(30)
        take(database, journal, 0, 30)
        async with fanout_of(database, urls, replicas=1) as fanout:
            assert await send_all(fanout) == 30
            Follower(database, "fanout").start_again()  # as when the cursor was not moved before a kill
            assert await send_all(fanout) == 30
        found = await stream_of(urls)
        assert ids(found) == held(database)
        assert {place for place, _, _ in found} == {"daan.ledger.demo.screening"}
        bodies = [cbor2.loads(body) for _, _, body in found]
        assert [(b["sequence"], b["payload"]) for b in bodies] == [
            (e.sequence, e.payload) for e in journal.entries(0, 30)
        ]

    with Cluster(tmp_path / "nats", size=1) as cluster:
        run_apart(whole(cluster.urls))


def test_what_is_not_acknowledged_stays_with_the_ledger(database, tmp_path):
    async def whole(cluster):
        take(database, journal_of(5), 0, 5)
        async with fanout_of(database, cluster.urls, replicas=1) as fanout:
            cluster.kill(0)
            with pytest.raises(FanoutAway):
                await fanout.once()
            assert Follower(database, "fanout").behind() == 1
            cluster.start(0)
            assert await send_all(fanout) == 5
        assert ids(await stream_of(cluster.urls)) == held(database)

    with Cluster(tmp_path / "nats", size=1) as cluster:
        run_apart(whole(cluster))


@pytest.mark.slow
def test_three_servers_one_killed_then_all_wiped(database, tmp_path):
    async def whole(cluster):
        journals = [journal_of(400, f"demo-{n}", n) for n in (1, 2, 3)]
        async with fanout_of(database, cluster.urls) as fanout:
            for journal in journals:
                take(database, journal, 0, 200)
            assert await send_all(fanout) == 600
            leader = await leader_of(cluster.urls)
            for journal in journals:
                take(database, journal, 200, 100)
            going = asyncio.create_task(send_all(fanout))
            cluster.kill(leader)
            assert await going >= 300
            assert ids(await stream_of(cluster.urls)) == held(database)
            cluster.start(leader)
        cluster.wipe()
        for journal in journals:
            take(database, journal, 300, 100)
        with cluster:
            async with fanout_of(database, cluster.urls) as fanout:
                assert await send_all(fanout) == 300, "the cursor stands where the lost stream stood"
                await fanout.rebuild()
                assert await send_all(fanout) == 1200
            assert ids(await stream_of(cluster.urls)) == held(database)

    with Cluster(tmp_path / "nats") as cluster:
        run_apart(whole(cluster))


def test_a_subject_holds_nothing_that_means_something_to_nats():
    entry = next(journal_of(1).entries(0, 1))
    assert subject(Told("a.b *>", entry)) == "daan.ledger.a_b___.screening"
    assert entry.kind is FactKind.SCREENING
    assert message_id(Told("demo", entry)) == f"demo-1/{entry.journal}/1"


def test_without_a_server_it_says_what_to_do(database):
    async def whole():
        async with Fanout(Follower(database, "fanout"), FanoutSettings(("nats://127.0.0.1:1",), answer_seconds=1)):
            pass

    with pytest.raises(FanoutAway, match="see that most of its servers run"):
        run_apart(whole())


def test_the_command_publishes_until_it_is_told_to_stop(database, database_url, tmp_path):
    take(database, journal_of(12), 0, 12)
    command = [sys.executable, "-m", "sync.centre", "fanout", "--replicas", "1", "--database", database_url]
    with Cluster(tmp_path / "nats", size=1) as cluster:
        told = ["--server", cluster.urls[0], "--state", str(tmp_path / "eoc")]
        with running(*command, *told, cwd=ROOT) as program:
            deadline = time.monotonic() + 30
            while Follower(database, "fanout-DAAN_LEDGER").behind():
                assert time.monotonic() < deadline
                time.sleep(0.1)
            program.terminate()
            assert program.wait(10) == 0
        assert ids(run_apart(stream_of(cluster.urls))) == held(database)
