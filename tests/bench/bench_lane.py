"""The lane in its real composition: last evidence to the verdict on the traveller screen, and start to ready."""

import json
import shutil
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from websockets import Origin
from websockets.sync.client import ClientConnection, connect

from config.loader import load
from drivers.readings import SkinTemperature, TemperatureState
from models.regions import MrzFormat, ReadState
from models.specimens.mrz_text import compose
from station.app import Kiosk
from station.certificates.issuing.hcert import Subject, Vaccination, issue, make_issuer
from station.certificates.verify import verify
from station.demonstration.house import House
from station.documents.mrz import parse
from station.evidence import CertificateRead, DocumentRead
from station.lane.events import CertificateSeen, DocumentSeen, TemperatureSeen
from sync.centre.embedded import data_folder

BIRTH = date(1991, 4, 17)


def run(travellers: int = 100) -> dict[str, Any]:
    """Milliseconds from posting the last evidence until the WebSocket says so, saving included; seconds to ready."""
    with tempfile.TemporaryDirectory() as folder:
        times = _verdicts(Path(folder), travellers)
        ready = [_seconds_to_ready(Path(folder) / f"start-{n}") for n in range(3)]
    times.sort()
    return {
        "travellers": travellers,
        "verdict_on_screen_ms_median": round(statistics.median(times), 1),
        "verdict_on_screen_ms_p95": round(times[int(0.95 * travellers)], 1),
        "start_to_ready_s": round(statistics.median(ready), 2),
    }


def _verdicts(folder: Path, travellers: int) -> list[float]:
    (folder / "camera").mkdir()
    settings = load(
        "demo",
        {
            "station": {"state": folder / "station"},
            "camera": {"source": f"folder:{folder / 'camera'}"},
            "thermal": {"port": str(folder / "no-scanner")},
            "kiosk": {"port": 0},
            "sync": {"enabled": False},
        },
    )
    issuer = make_issuer(b"bench", datetime.now(UTC))
    kiosk = Kiosk(settings)
    kiosk.start()
    time.sleep(1)
    url = kiosk.address.replace("http", "ws", 1) + "/live/traveller?lang=en"
    try:
        with connect(url, origin=Origin(kiosk.address), proxy=None, max_size=None) as screen:
            return [_one(kiosk, screen, issuer, number) for number in range(travellers)]
    finally:
        kiosk.stop()


def _one(kiosk: Kiosk, screen: ClientConnection, issuer: Any, number: int) -> float:
    now = datetime.now(UTC)
    zone = compose(
        MrzFormat.TD3, document_code="P", issuing_state="UTO", surname="LINDQVARN", given_names="MAJA",
        number=f"UT{number:07d}", nationality="UTO", birth=BIRTH, sex="F", expiry=date(2033, 1, 1),
    )  # fmt: skip
    read = DocumentRead("d", now, "camera", parse(zone, now.date()), ReadState.CLEAN, 0.99, 3)
    text = issue(issuer, Subject("Lindqvarn", "Maja", BIRTH), Vaccination(date(2026, 8, 1)), now, f"{number:04d}")
    result = verify(text, issuer.bundle(now), now)
    kiosk._runner.post(DocumentSeen(read))
    kiosk._runner.post(CertificateSeen(CertificateRead("c", now, "camera", result)))
    _until(screen, "temperature")
    reading = SkinTemperature(TemperatureState.READY, now, "thermal", 36.4, 0.2, 29.0, 6, 0.98, (4, 16))
    began = time.perf_counter()
    kiosk._runner.post(TemperatureSeen(replace(reading)))
    _until(screen, "admit")
    return (time.perf_counter() - began) * 1000


def _until(screen: ClientConnection, name: str) -> None:
    while True:
        message = screen.recv(timeout=10)
        if isinstance(message, str) and json.loads(message).get("view", {}).get("screen") == name:
            return


def _seconds_to_ready(folder: Path) -> float:
    house = House(folder)
    house.prepare()
    began = time.perf_counter()
    try:
        house.kiosk.start()
        house.kiosk.wait_ready()
        return time.perf_counter() - began
    finally:
        house.stop()
        shutil.rmtree(data_folder(house.centre_state), ignore_errors=True)


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
