"""The real kiosk over a lane in memory: pictures drawn once, a lane that shows a state, the server in a thread."""

import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

import cv2
import numpy as np
import uvicorn
from fastapi import FastAPI
from gallery import BELIEVED, MAJA, NOW, Exhibit, exhibits, settings

from config.rules.ruleset import RuleSet
from drivers.emulators.thermal_scene import Scene as ThermalScene
from drivers.emulators.thermal_scene import draw as draw_thermal
from drivers.readings import CameraFrame
from models.regions import MrzFormat, Quad
from models.specimens.certificate_page import draw_phone
from models.specimens.frames import Scene, empty_desk
from models.specimens.passport import draw_document
from models.specimens.people import zone_lines
from models.specimens.sheets import zone_quad
from station.equipment import Equipment
from station.evidence import Evidence, Judgement
from station.judgement.judge import judge
from station.kiosk.pictures import camera_jpeg, paper_jpeg, thermal_png
from station.kiosk.ports import Believed, Picture, UplinkWords
from station.kiosk.server import create_app
from station.lane.commands import Command
from station.lane.snapshot import LaneSnapshot


def _thermal(face: float | None) -> bytes:
    return thermal_png(draw_thermal(ThermalScene(face_celsius=face), np.random.default_rng(3)))


class Pictures:
    """What camera and scanner see, drawn once."""

    def __init__(self) -> None:
        rng = Random(7)
        lines = zone_lines(MAJA)
        page = draw_document(MAJA, lines)
        seen = Scene(page, rng, fill=(0.66, 0.68)).see(rng)
        phone = draw_phone("HC1:" + "SPECIMEN" * 20, (("Name", "LINDQVARN, Maja Elin"),))
        shown = Scene(phone.pixels, rng, fill=(0.86, 0.88)).see(rng)
        self.zone = _inside(seen.page_quad, zone_quad(MrzFormat.TD3), page.shape)
        left, top, right, bottom = phone.code_box
        box: Quad = ((left, top), (right, top), (right, bottom), (left, bottom))
        self.code = _inside(shown.page_quad, box, phone.pixels.shape)
        self.jpegs = {
            name: camera_jpeg(CameraFrame(pixels, NOW, 1))
            for name, pixels in (("passport", seen.pixels), ("phone", shown.pixels), ("desk", empty_desk(rng)))
        }

        self.papers = {"passport": paper_jpeg(CameraFrame(seen.pixels, NOW, 1))}
        self.thermal = cache(_thermal)


def _inside(page: Quad, box: Quad, shape: tuple[int, ...]) -> Quad:
    """A box of the page's pixels in the frame, by the page's corners."""
    height, width = shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, np.array(page, np.float32))
    points = cv2.perspectiveTransform(np.array([box], np.float32), matrix)[0]
    a, b, c, d = ((float(x), float(y)) for x, y in points)
    return a, b, c, d


def tick() -> int:
    """A new picture ten times a second, as a camera gives them."""
    return int(time.monotonic() * 10)


class LaneInMemory:
    """A lane whose state the test sets; it keeps the commands that it is sent."""

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        self.exhibits = exhibits(pictures.zone, pictures.code)
        self._changed = threading.Condition()
        self._revision = 1
        self._exhibit = self.exhibits["idle"]
        self.commands: list[Command] = []
        self.records: dict[str, Mapping[str, Any]] = {}

    def show(self, name: str) -> None:
        self.put(self.exhibits[name])

    def put(self, exhibit: Exhibit) -> None:
        with self._changed:
            self._revision += 1
            self._exhibit = replace(exhibit, snapshot=replace(exhibit.snapshot, revision=self._revision))
            self._changed.notify_all()

    def snapshot(self) -> LaneSnapshot:
        return self._exhibit.snapshot

    def wait(self, revision: int, timeout: float) -> LaneSnapshot:
        with self._changed:
            self._changed.wait_for(lambda: self._exhibit.snapshot.revision > revision, timeout)
            return self._exhibit.snapshot

    def send(self, command: Command) -> None:
        self.commands.append(command)

    def camera_jpeg(self) -> Picture | None:
        return (tick(), self._pictures.jpegs[self._exhibit.scene]) if self._exhibit.camera else None

    def thermal_png(self) -> Picture | None:
        return (tick(), self._pictures.thermal(self._exhibit.face)) if self._exhibit.scanner else None

    def equipment(self) -> tuple[Equipment, ...]:
        facts = {"thermal-1": (("protocol", "gy-mcu90640"), ("serial", "90640-0017"), ("emissivity", "0.98"))}
        return tuple(Equipment(d, facts.get(d.device, ())) for d in self.snapshot().devices)

    def uplink(self) -> UplinkWords:
        return self._exhibit.uplink

    def believed(self) -> Believed:
        return self._exhibit.believed

    def judge(self, evidence: Evidence) -> Judgement:
        return judge(evidence, self._exhibit.believed.order, NOW)

    def photograph(self) -> bytes | None:
        return self._pictures.papers["passport"] if self._exhibit.camera else None

    def recorded(self, screening: str) -> Mapping[str, Any]:
        return self.records.get(screening, {})

    def rule_set(self, digest: str) -> RuleSet | None:
        order = BELIEVED.order
        return order if order is not None and order.digest == digest else None


class Served:
    """The real application on a loopback port, in a thread of its own."""

    def __init__(self, app: FastAPI, port: int = 0) -> None:
        config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the kiosk's server did not start")
            threading.Event().wait(0.02)
        self.port = int(self._server.servers[0].sockets[0].getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)


def kiosk(lane: LaneInMemory, **options: object) -> FastAPI:
    """The real application over a lane in memory, at a fixed moment."""
    return create_app(lane, settings(), **({"unsealed": True, "limit_celsius": 37.5, "clock": lambda: NOW} | options))  # type: ignore[arg-type]
