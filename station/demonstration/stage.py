"""What stands before the emulated camera and scanner: pixels into a folder, skin temperature into a pseudo-terminal.

The station's camera watches the folder, its scanner driver opens the terminal: nothing else connects the two.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.emulators.thermal import ThermalEmulator
from models.specimens.booklet import open_booklet
from models.specimens.certificate_page import CODE_FILL, draw_phone, draw_sheet
from models.specimens.frames import Scene, empty_desk
from models.specimens.passport import draw_document
from models.specimens.reach import Difficulty
from station.demonstration.cast import Special, Traveller
from station.demonstration.ports import Holding

FRAMES_A_SECOND = 6.0
_JPEG = (cv2.IMWRITE_JPEG_QUALITY, 88)


class Stage:
    """The place before the kiosk. One thread draws what the camera would see.

    Args:
        folder: of the world: gets `camera/`, which the station's camera watches, and the link `thermal`.
        seed: of every hand, light and grain.
        now_monotonic: seconds that only grow.
    """

    def __init__(self, folder: Path, seed: int, now_monotonic: Callable[[], float]) -> None:
        self._camera = folder / "camera"
        self._camera.mkdir(parents=True, exist_ok=True)
        self._link = folder / "thermal"
        self._rng = Random(seed)
        self._thermal = ThermalEmulator(seed)
        self._monotonic = now_monotonic
        self._lock = threading.Lock()
        self._scene: Scene | None = None
        self._since = 0.0
        self._jpeg: bytes | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="stage", daemon=True)
        self.holding: Holding = "nothing"

    @property
    def scanner(self) -> ThermalEmulator:
        """The emulated scanner: its cable can be pulled."""
        return self._thermal

    def start(self) -> None:
        """Plug the scanner in and switch the light on."""
        self._thermal.start()
        self._link.unlink(missing_ok=True)
        self._link.symlink_to(self._thermal.path)
        self._thread.start()

    def stop(self) -> None:
        """Take everything away."""
        self._stop.set()
        self._thread.join(5)
        self._link.unlink(missing_ok=True)
        self._thermal.stop()

    def passport(self, traveller: Traveller) -> None:
        """Hold the passport up."""
        page = draw_document(traveller.person, traveller.zone, torn=traveller.special is Special.TORN_PASSPORT)
        booklet, focus = open_booklet(page, self._rng.randrange(1_000_000))
        # Its zone must be large enough to read: the page is held close.
        self._show(Scene(booklet, self._rng, Difficulty.EASY, focus=focus, fill=(0.86, 0.95)), "passport")

    def certificate(self, traveller: Traveller) -> None:
        """Hold the code up, on paper or on a phone."""
        draw = draw_phone if traveller.on_phone else draw_sheet
        rows = (("Name", f"{traveller.person.surname}, {traveller.person.given_names}"), ("State", "UTOPIA (UTO)"))
        page = draw(traveller.certificate, rows)
        scene = Scene(page.pixels, self._rng, Difficulty.EASY, focus=page.code_box, fill=CODE_FILL[Difficulty.EASY])
        self._show(scene, "certificate")

    def face(self, celsius: float) -> None:
        """Look into the scanner, hands down."""
        self._show(None, "face")
        self._thermal.present(celsius)

    def nothing(self) -> None:
        """Step away."""
        self._thermal.present(None)
        self._show(None, "nothing")

    def picture(self) -> bytes | None:
        """The JPEG before the camera now."""
        return self._jpeg

    def _show(self, scene: Scene | None, holding: Holding) -> None:
        with self._lock:
            self._scene, self._since, self.holding = scene, self._monotonic(), holding

    def _run(self) -> None:
        desk = empty_desk(self._rng)
        while not self._stop.wait(1 / FRAMES_A_SECOND):
            with self._lock:
                scene, since = self._scene, self._since
            if scene is None:
                pixels = _grain(desk, self._rng)
            else:
                pixels = scene.see(self._rng, tremor=self._monotonic() - since).pixels
            jpeg = cv2.imencode(".jpg", pixels, _JPEG)[1].tobytes()
            try:
                self._write(jpeg)
                self._jpeg = jpeg
            except OSError:  # the folder was taken away, as a camera is: nothing is before the lens
                self._jpeg = None

    def _write(self, jpeg: bytes) -> None:
        """Whole or not at all: the station never sees half a picture."""
        draft = self._camera / "now.part"
        draft.write_bytes(jpeg)
        draft.replace(self._camera / "now.jpg")


def _grain(picture: NDArray[np.uint8], rng: Random) -> NDArray[np.uint8]:
    """A sensor's restlessness, or a still desk would look like a stuck camera."""
    shift = np.int16(rng.choice((-1, 0, 1)))
    return np.asarray(np.clip(picture.astype(np.int16) + shift, 0, 255), dtype=np.uint8)
