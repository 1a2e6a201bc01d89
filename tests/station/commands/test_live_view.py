"""The live view as a picture: colours, the box around a face, sizes, and devices of every kind on one screen."""

from datetime import UTC, datetime

import numpy as np
import pytest
from rich.console import Console

from drivers.ports import Fact
from drivers.readings import DeviceHealth, DeviceState, ThermalFrame
from drivers.thermal.face import FaceRegion
from drivers.workbench.seen import ReadSeen, Sight
from station.commands.live_view import colour, picture, view

NOON = datetime(2026, 11, 21, 5, tzinfo=UTC)


def drawn(sights: list[Sight], width: int, height: int) -> list[str]:
    console = Console(width=width, height=height, force_terminal=False, color_system=None)
    with console.capture() as captured:
        console.print(view(sights, width, height))
    return captured.get().splitlines()


def scanner(shape: tuple[int, int], **health: object) -> Sight:
    celsius = np.full(shape, 24.0, np.float32)
    celsius[0, 0] = 36.5
    told = DeviceHealth("thermal", DeviceState.READY, **health)  # type: ignore[arg-type]
    return Sight("thermal", "x", told, True, ThermalFrame(celsius, 29.0), ((Fact.SERIAL, "S-17"),), 0.98)


def test_one_character_is_two_pixels_in_their_colours() -> None:
    frame = ThermalFrame(np.array([[20, 30], [40, 20]], np.float32), 25.0)
    text = picture(frame, None, 2, 1)
    assert text.plain == "▀▀"
    low, middle, high = ("#%02x%02x%02x" % tuple(colour(frame.celsius)[at]) for at in ((0, 0), (0, 1), (1, 0)))  # noqa: UP031
    assert [str(span.style) for span in text.spans] == [f"{low} on {high}", f"{middle} on {low}"]


def test_noise_on_a_wall_stays_dark() -> None:
    wall = colour(np.array([[24.0, 24.2]], np.float32))
    face = colour(np.array([[24.0, 36.0]], np.float32))
    assert int(wall.max()) < 60 < int(face.max())


def test_the_box_goes_around_the_face_and_the_warmest_point_is_marked() -> None:
    frame = ThermalFrame(np.full((24, 32), 24.0, np.float32), 29.0)
    mask = np.zeros((24, 32), np.bool_)
    mask[6:18, 10:22] = True
    face = FaceRegion(mask, 36.6, (9, 14), 0.5)
    styles = [str(span.style) for span in picture(frame, face, 32, 12).spans]
    box, spot = "#00ff80", "#00c8ff"
    assert sum(box in style for style in styles) >= 2 * 12 + 2 * 4
    assert [at for at, style in enumerate(styles) if spot in style] == [9 // 2 * 32 + 14]


@pytest.mark.parametrize("shape", [(24, 32), (62, 80), (1, 1)])
@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40), (200, 60), (40, 10)])
def test_it_fits_whatever_terminal_there_is(shape: tuple[int, int], width: int, height: int) -> None:
    lines = drawn([scanner(shape, reason="thermal is warming up; it can measure in 236 s.")], width, height)
    assert len(lines) <= height
    assert max(map(len, lines)) <= width
    assert "READY" in "".join(lines)


def test_every_kind_of_device_on_one_screen() -> None:
    reads = (ReadSeen(NOON, "reader", "zone", 88, "SECRET"), ReadSeen(NOON, "reader", "unreadable", 0))
    out = "printer is out of paper; put in a new roll."
    sights = [
        scanner((24, 32), frames_good=17, frames_bad=2, rate_hertz=4.0, bytes_in=26_000),
        Sight("reader", "elyctis", DeviceHealth("reader", DeviceState.READY, frames_good=1), reads=reads),
        Sight("relays", "lcus", DeviceHealth("relays", DeviceState.READY), relays=(True, False)),
        Sight("printer", "escpos", DeviceHealth("printer", DeviceState.FAILED, out)),
    ]
    screen = "\n".join(drawn(sights, 100, 30))
    for words in ("17 good, 2 bad", "4.0 a second, 26 KB", "S-17", "zone, 88 characters", "1:ON 2:off", out):
        assert words in screen
    assert "SECRET" not in screen


def test_a_scanner_that_says_nothing_yet() -> None:
    gone = DeviceHealth("thermal", DeviceState.ABSENT, "Nothing answers at /dev/daan-thermal; plug the device in.")
    screen = " ".join(" ".join(drawn([Sight("thermal", "gy-mcu90640", gone, True)], 80, 24)).split())
    assert "ABSENT" in screen
    assert "no picture" in screen
