"""The same records through ours, NATS JetStream and a Mosquitto QoS 1 bridge: rates, and what each loses on kill -9.

Lost is what a program acknowledged (saved, acked, PUBACK) and never arrives at the centre, counted after everything was
started again and had come to rest. A kill -9 loses what is only in the program's memory; what the kernel holds survives
it and does not survive a power cut, so the syncs per acknowledgement are counted too (strace), where strace is.
"""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from sync_place import KEY, Place, centre, folder_of, free_port, journal_of, now, wait_for, worker

from station.journal.reader import JournalReader
from sync.columns import pack_entry
from sync.faults.proxy import Proxy
from sync.faults.toxics import GOOD, Link
from sync.sync_store import SyncStore
from sync.uplink import Outcome, Uplink

HERE = Path(__file__).parent
WINDOW = 500
QUIET_SECONDS = 12.0
"""Longer than a bridge needs to notice that its link is there again (7 s seen)."""
MOSQUITTO = "/usr/sbin/mosquitto"
NATS = "nats-server"
AWAY = Link(silent=True)


def measure(url: str, full: bool) -> dict[str, Any]:
    """All three, one after another."""
    count = 20_000 if full else 5_000
    bodies = [pack_entry(entry) for entry in journal_of(count).entries(0, count)]
    found: dict[str, Any] = {"records": count, "body_bytes": round(sum(map(len, bodies)) / count)}
    found["daan"] = _ours(url, count)
    found["nats_jetstream"] = _nats(bodies)
    found["mosquitto_bridge"] = _mosquitto(bodies)
    return found


# --- ours


def _ours(url: str, count: int) -> dict[str, Any]:
    """The saving program, the sending program and the centre's worker are each killed in the middle."""
    with folder_of("ours") as folder, centre(url, "killed", ["bench-1"]) as place, ExitStack() as again:
        (folder / "key").write_bytes(os.urandom(32))
        saved, rate = _save_and_kill(folder, count)
        key = place.folder / "keys" / "receipt.key"
        sending = [sys.executable, str(HERE / "sync_sender.py"), str(folder), str(place.ports[0]), str(key)]
        with subprocess.Popen(sending, stdout=subprocess.DEVNULL) as sender:
            _until(lambda: _held(place) > count // 4, 30)
            sender.kill()
        with subprocess.Popen(sending, stdout=subprocess.DEVNULL) as sender:
            _until(lambda: _held(place) > count // 2, 30)
            place.workers[0].kill()
            place.workers[0].wait()
            sender.kill()
        again.enter_context(worker(place.folder, place.database, place.ports[0]))
        wait_for(place.ports[0])
        reader = JournalReader(folder / "journal.db", (folder / "key").read_bytes())
        uplink = Uplink(reader, SyncStore(folder / "sync.db"), place.station("bench-1"), KEY, now)
        assert uplink.drain().outcome is Outcome.ALL_SENT
        reader.close()
        rows = place.query("SELECT sequence FROM ledger_key")
    held = {sequence for (sequence,) in rows}
    return {
        "kills": 3,
        "acknowledged": len(saved),
        "lost": len(saved - held),
        "doubled": len(rows) - len(held),
        "saves_per_second_one_by_one": round(rate),
    }


def _save_and_kill(folder: Path, count: int) -> tuple[set[int], float]:
    saved: set[int] = set()
    saving = 0.0
    for limit in (count // 2, count * 2):
        command = [sys.executable, str(HERE / "sync_saver.py"), str(folder), str(count)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as saver:
            assert saver.stdout is not None
            first = None
            for line in saver.stdout:
                first = first or time.perf_counter()
                saved.add(int(line))
                if len(saved) == limit:
                    saver.kill()
            saving += time.perf_counter() - (first or 0.0)
    return saved, len(saved) / saving


def _held(place: Place) -> int:
    return int(place.query("SELECT count(*) FROM ledger_key")[0][0])


# --- NATS JetStream


def _nats(bodies: list[bytes]) -> dict[str, Any] | str:
    if shutil.which(NATS) is None:
        return "nats-server is not installed"
    try:
        import nats  # noqa: F401
    except ImportError:
        return "nats-py is not installed"
    with folder_of("nats") as folder:
        quiet = asyncio.run(_nats_run(folder / "a", bodies, kill_at=None))
        killed = asyncio.run(_nats_run(folder / "b", bodies, kill_at=len(bodies) // 2))
        syncs = asyncio.run(_nats_run(folder / "c", bodies[:2000], kill_at=None, trace=True))
    return {
        "setup": "one server, file storage, its defaults; Nats-Msg-Id, 500 in flight",
        "records_per_second": quiet["rate"],
        "kills": 1,
        "acknowledged": killed["acked"],
        "lost": killed["lost"],
        "doubled": killed["doubled"],
        "syncs_per_2000_acknowledgements": syncs["syncs"],
    }


async def _nats_run(folder: Path, bodies: list[bytes], kill_at: int | None, trace: bool = False) -> dict[str, Any]:
    from nats.js.api import StorageType, StreamConfig

    port = free_port()
    folder.mkdir()
    (folder / "conf").write_text(f"listen: 127.0.0.1:{port}\njetstream {{ store_dir: {folder}/store }}\n")
    command = [NATS, "-c", str(folder / "conf"), "-l", str(folder / "log")]
    process = _start(command, port, folder / "trace" if trace else None)
    acked: set[str] = set()
    client = await _connected(port)
    await client.jetstream().add_stream(StreamConfig(name="B", subjects=["b.>"], storage=StorageType.FILE))
    before = _syncs(folder / "trace") if trace else 0
    began = time.perf_counter()
    publishing = asyncio.create_task(_publish(client, bodies, acked))
    while not publishing.done():
        await asyncio.sleep(0)
        if kill_at is not None and len(acked) >= kill_at:
            _end(process)
            break
    if kill_at is None:
        await publishing
    seconds = time.perf_counter() - began
    syncs = _syncs(folder / "trace") - before if trace else None
    publishing.cancel()
    await asyncio.gather(publishing, return_exceptions=True)
    if kill_at is not None:
        process = _start(command, port, None)
    client2 = await _connected(port)
    stored = await _stored(client2)
    await client2.close()
    await client.close()
    _end(process)
    return {
        "rate": round(len(acked) / seconds),
        "acked": len(acked),
        "lost": len(acked - set(stored)),
        "doubled": len(stored) - len(set(stored)),
        "syncs": syncs,
    }


async def _connected(port: int) -> Any:
    import nats

    async def quiet(_: Exception) -> None: ...

    return await nats.connect(f"nats://127.0.0.1:{port}", error_cb=quiet, max_reconnect_attempts=3)


async def _publish(client: Any, bodies: list[bytes], acked: set[str]) -> None:
    stream = client.jetstream(timeout=10)

    def note(name: str, ack: Any) -> None:
        if not ack.cancelled() and ack.exception() is None:
            acked.add(name)

    for first in range(0, len(bodies), WINDOW):
        acks = []
        for number, body in enumerate(bodies[first : first + WINDOW], first):
            ack = await stream.publish_async("b.x", body, headers={"Nats-Msg-Id": str(number)})
            ack.add_done_callback(lambda done, name=str(number): note(name, done))
            acks.append(ack)
        await asyncio.gather(*acks)


async def _stored(client: Any) -> list[str]:
    stream = client.jetstream()
    count = (await stream.stream_info("B")).state.messages
    subscription = await stream.pull_subscribe("b.>", stream="B")
    names: list[str] = []
    while len(names) < count:
        for message in await subscription.fetch(500, timeout=10):
            names.append(message.headers["Nats-Msg-Id"])
            await message.ack()
    return names


# --- Mosquitto


def _mosquitto(bodies: list[bytes]) -> dict[str, Any] | str:
    if not Path(MOSQUITTO).exists():
        return "mosquitto is not installed"
    try:
        import paho.mqtt.client  # noqa: F401
    except ImportError:
        return "paho-mqtt is not installed"
    defaults = "persistence true"
    raised = "persistence true\nmax_queued_messages 0\nmax_queued_bytes 0"
    return {
        "setup": "station broker, QoS 1 bridge, centre broker; 100 in flight",
        "link_up_defaults": _bridge(bodies, defaults, link=True),
        "link_down_defaults": _bridge(bodies, defaults, link=False),
        "link_down_unlimited_queue": _bridge(bodies, raised, link=False),
        "link_down_unlimited_queue_without_a_kill": _bridge(bodies, raised, link=False, kill=False),
    }


def _bridge(bodies: list[bytes], options: str, link: bool, kill: bool = True) -> dict[str, Any]:
    """Publish to the station's broker, kill it: in the middle while the link is up, or after all with it down."""
    near, far = free_port(), free_port()
    arrived: list[int] = []
    with folder_of("mqtt") as folder, ExitStack() as things, Proxy("127.0.0.1", far, 1, GOOD if link else AWAY) as way:
        for name in ("near", "far"):
            (folder / name).mkdir()
        user = "user root\n" if os.geteuid() == 0 else ""
        common = f"{user}allow_anonymous true\npersistence_location {folder}/"
        # The centre's side must not be what loses: its queue has no limit, its reader waits, it is never killed.
        (folder / "far.conf").write_text(
            f"{common}far/\npersistence true\nmax_queued_messages 0\nmax_queued_bytes 0\nlistener {far} 127.0.0.1\n"
        )
        (folder / "near.conf").write_text(
            f"{common}near/\n{options}\nlistener {near} 127.0.0.1\nconnection centre\naddress 127.0.0.1:{way.port}\n"
            "topic b/# out 1\ncleansession false\nrestart_timeout 1\nremote_clientid bridge\n"
        )
        start_near = [MOSQUITTO, "-c", str(folder / "near.conf")]
        things.callback(_end, _start([MOSQUITTO, "-c", str(folder / "far.conf")], far, None))
        inbox = _inbox(far, arrived)
        things.callback(inbox.loop_stop)
        broker = _start(start_near, near, None)
        time.sleep(1)  # the bridge connects, or finds that it cannot
        began = time.perf_counter()
        acked = _publish_mqtt(near, bodies, broker if link and kill else None)
        seconds = time.perf_counter() - began
        if kill:
            _end(broker)
        way.become(GOOD)
        if kill:
            broker = _start(start_near, near, None)
        things.callback(_end, broker)
        _rest(arrived, acked)
    return {
        "acknowledged": len(acked),
        "acknowledged_per_second": round(len(acked) / seconds),
        "lost": len(acked - set(arrived)),
        "doubled": len(arrived) - len(set(arrived)),
    }


def _publish_mqtt(port: int, bodies: list[bytes], kill: subprocess.Popen | None) -> set[int]:
    """Numbers of those that the broker acknowledged; with `kill` it is killed after half of them."""
    from paho.mqtt import client as mqtt

    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, "station")
    client.max_inflight_messages_set(100)
    client.max_queued_messages_set(0)
    acked: set[int] = set()
    gone, guard, numbers = threading.Event(), threading.Condition(), {}

    def published(_: Any, __: Any, mid: int, *___: Any) -> None:
        with guard:
            acked.add(mid)
            guard.notify()

    client.on_publish = published
    client.on_disconnect = lambda *_: gone.set()
    client.connect("127.0.0.1", port)
    client.loop_start()
    sent = 0
    for number, body in enumerate(bodies):
        with guard:
            while sent - len(acked) >= 400 and not gone.is_set():
                guard.wait(0.1)
        if gone.is_set():
            break
        numbers[client.publish("b/x", number.to_bytes(4, "big") + body, qos=1).mid] = number
        sent += 1
        if kill is not None and len(acked) >= len(bodies) // 2:
            kill.kill()
            kill = None
    if not gone.is_set():
        _until(lambda: len(acked) == sent or gone.is_set(), 60)
    client.loop_stop()
    return {numbers[mid] for mid in acked if mid in numbers}


def _inbox(port: int, arrived: list[int]) -> Any:
    from paho.mqtt import client as mqtt

    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, "centre", clean_session=False)
    ready = threading.Event()
    client.on_message = lambda _, __, message: arrived.append(int.from_bytes(message.payload[:4], "big"))
    client.on_subscribe = lambda *_: ready.set()
    client.connect("127.0.0.1", port)
    client.loop_start()
    client.subscribe("b/#", qos=1)
    ready.wait(10)
    return client


def _rest(arrived: list[int], acked: set[int]) -> None:
    """Wait until everything is here, or nothing has arrived for a while; then a moment for what comes twice."""
    last, since = -1, time.monotonic()
    while time.monotonic() - since < QUIET_SECONDS and not acked <= set(arrived):
        if len(arrived) != last:
            last, since = len(arrived), time.monotonic()
        time.sleep(0.2)
    time.sleep(1)


# --- both


def _end(process: subprocess.Popen) -> None:
    """As kill -9, of strace and what it traces too."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _start(command: list[str], port: int, trace: Path | None) -> subprocess.Popen:
    if trace is not None:
        if shutil.which("strace") is None:
            trace = None
        else:
            command = ["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync,sync_file_range", "-o", str(trace), *command]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    wait_for(port)
    return process


def _syncs(trace: Path) -> int | None:
    if not trace.exists():
        return None
    return len(re.findall(r"(?:fsync|fdatasync|sync_file_range)\(", trace.read_text(errors="replace")))


def _until(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("what the bench waits for did not come")
        time.sleep(0.01)
