"""Several workers on one PostgreSQL behind nginx: one is killed, nothing is lost and nothing doubled."""

import datetime as dt
import signal
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

sys.path.insert(0, str(Path(__file__).resolve().parent))

from conftest import Eoc  # of tests/sync
from scale_kit import free_port, nginx, program, wait_for, worker
from websockets.sync.client import connect

from sync.batch import MAX_WIRE_BYTES
from sync.centre.app import CentreSettings, open_centre
from sync.centre.errors import CentreError
from sync.centre.front import Front, configuration
from sync.uplink import Outcome


@pytest.fixture
def behind(database_url, tmp_path):
    """A centre of two workers behind nginx: (what enrols stations, its workers, nginx's folder)."""
    program("nginx")
    ports, front = (free_port(), free_port()), free_port()
    settings = CentreSettings(tmp_path / "eoc", database_url)
    eoc = Eoc(settings, tmp_path, port=front)
    eoc.centre = open_centre(settings)
    with worker(settings.state, database_url, ports[0]) as one, worker(settings.state, database_url, ports[1]) as two:
        for port in ports:
            wait_for(port)
        with nginx(tmp_path / "nginx", ports, front):
            yield eoc, (one, two), tmp_path / "nginx"
    eoc.centre.close()


def test_a_worker_is_killed_and_nothing_is_lost_or_doubled(behind):
    eoc, workers, folder = behind
    kiosks = [eoc.enrol(f"demo-{n}") for n in range(1, 5)]
    for kiosk in kiosks:
        kiosk.journal.add(400)
    refused = []

    def send(kiosk):
        going = kiosk.worker(kiosk.uplink(entries=5))
        while (result := going.once()).outcome is not Outcome.ALL_SENT:
            if result.outcome is Outcome.REFUSED:
                refused.append(result.reason)
            time.sleep(0.05)

    threads = [threading.Thread(target=send, args=(kiosk,)) for kiosk in kiosks]
    for thread in threads:
        thread.start()
    while eoc.rows("SELECT count(*) FROM ledger_key")[0][0] < 200:
        time.sleep(0.01)
    workers[0].send_signal(signal.SIGKILL)
    killed_at = eoc.rows("SELECT count(*) FROM ledger_key")[0][0]
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    assert killed_at < 1600, "the worker was killed too late to show anything"
    assert refused == []
    found = eoc.rows("SELECT station, count(*), count(DISTINCT sequence), max(sequence) FROM ledger_key GROUP BY 1")
    assert sorted(found) == [(f"demo-{n}", 400, 400, 400) for n in range(1, 5)]
    assert eoc.rows("SELECT count(*) FROM parked") == [(0,)]
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {path.name for path in files} <= {"nginx.conf", "nginx.pid", "stderr"}, "a body was written to disk"


def test_both_workers_take_part_and_sign_alike(behind):
    eoc, _, folder = behind
    kiosk = eoc.enrol()
    kiosk.journal.add(60)
    assert kiosk.uplink(entries=1).drain().outcome is Outcome.ALL_SENT  # every receipt is believed by one key
    log = (folder / "stderr").read_text()
    taken = {line.split()[-1] for line in log.splitlines() if " POST 200 " in line}
    assert len(taken) == 2
    assert "demo-1" not in log
    assert "/v1" not in log


def test_without_a_worker_the_answer_is_a_refusal_that_says_when_to_come_again(behind):
    eoc, workers, _ = behind
    kiosk = eoc.enrol()
    kiosk.journal.add(1)
    for each in workers:
        each.kill()
        each.wait()
    result = kiosk.uplink().drain()
    assert result.outcome is Outcome.UNREACHABLE
    assert result.retry_after_seconds == 5


def test_limits_hold_and_the_live_board_goes_through(behind):
    eoc, _, _ = behind
    with httpx.Client(base_url=eoc.address) as client:
        with connect(eoc.address.replace("http", "ws") + "/v1/board/live") as page:
            assert '"checkpoints"' in page.recv(timeout=10)
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.post("/v1/batches", content=bytes(MAX_WIRE_BYTES + 1)).status_code == 413
        assert client.post("/v1/enrolments", content=bytes(9000)).status_code == 413
        assert client.get("/healthz", headers={"Host": "elsewhere.test"}).status_code == 421
        answers = [client.post("/v1/enrolments", content=b"{}") for _ in range(40)]
    busy = [answer for answer in answers if answer.status_code == 429]
    assert busy
    assert busy[0].headers["Retry-After"] == "5"
    assert busy[0].json()["type"] == "urn:daan:problem:busy"


def test_tls_is_prepared(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "eoc.test")])
    now = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    certificate = made.not_valid_before(now).not_valid_after(now + dt.timedelta(days=1)).sign(key, hashes.SHA256())
    (tmp_path / "tls.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (tmp_path / "tls.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, *private))
    port = free_port()
    pair = {"certificate": tmp_path / "tls.pem", "certificate_key": tmp_path / "tls.key"}
    with nginx(tmp_path / "nginx", (free_port(),), port, **pair), httpx.Client(verify=False) as client:
        answer = client.get(f"https://127.0.0.1:{port}/healthz")
    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:daan:problem:ledger-unavailable"


@pytest.mark.parametrize(
    "change",
    [
        {"workers": ("127.0.0.1:1; return 200",)},
        {"workers": ()},
        {"names": ("a b",)},
        {"names": ("x;",)},
        {"folder": Path("/tmp/a b")},
        {"listen": "80"},
        {"certificate": Path("/etc/tls.pem")},
    ],
)
def test_what_could_end_a_directive_is_refused(change):
    good = {"workers": ("127.0.0.1:1",), "listen": "127.0.0.1:2", "names": ("eoc.test",), "folder": Path("/run/eoc")}
    assert "server 127.0.0.1:1 " in configuration(Front(**good))
    with pytest.raises(CentreError):
        configuration(Front(**{**good, **change}))
