"""ESC/POS: documented bytes, then slips on an emulated printer that draws what it was told."""

import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageFont

from drivers.actuators import escpos
from drivers.actuators.escpos import About, Align, Order, PrinterState
from drivers.actuators.outcome import Outcome
from drivers.actuators.registry import ACTUATORS, actuator_profile
from drivers.actuators.slip_bytes import slip
from drivers.actuators.slip_printer import PrinterSettings, SlipPrinter
from drivers.actuators.slip_text import SlipLine, Typeface, break_line, draw, runs
from drivers.emulators.slip_printer import Paper, SlipPrinterEmulator
from drivers.errors import DriverError
from drivers.links.serial_port import open_serial
from drivers.readings import DeviceState

THAI = "ด่าน".encode("tis-620") + b"\n"
THAI_FONT = Path("/usr/share/fonts/truetype/noto/NotoSansThai-Regular.ttf")
FACE = Typeface(latin=THAI_FONT.with_name("NotoSans-Regular.ttf"), thai=THAI_FONT)
needs_font = pytest.mark.skipif(not THAI_FONT.exists(), reason="Noto Sans Thai is not installed: fonts-noto-core")
QR_TEXT = "DAAN:1:TH-83:20210701:0123456789abcdef:signature-of-the-slip"


def until(true: Callable[[], bool], seconds: float = 8.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "did not come"
        time.sleep(0.01)


def qr(dots_a_module: int = 6) -> np.ndarray:
    code = zxingcpp.create_barcode(QR_TEXT, zxingcpp.BarcodeFormat.QRCode)
    small = np.asarray(code.to_image(scale=1)) < 128
    return small.repeat(dots_a_module, 0).repeat(dots_a_module, 1)


def picture(rows: int = 300, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).random((rows, escpos.DOTS_80_MM)) < 0.2


def printer(device: SlipPrinterEmulator) -> SlipPrinter:
    return SlipPrinter(
        PrinterSettings("printer", answer_seconds=1.0, state_seconds=0.2, idle_seconds=0.2),
        lambda: open_serial(device.path, 115_200),
        jitter=lambda: 1.0,
        pause=lambda _: time.sleep(0.02) is not None,
    )


def state(slips: SlipPrinter) -> DeviceState:
    return slips.health(datetime.now(UTC)).state


def test_documented_commands() -> None:
    assert escpos.START.hex() == "1b40"
    assert escpos.CUT.hex() == "1d564200"
    assert escpos.ask(About.ROLL).hex() == "100404"
    dots = np.zeros((2, 10), np.bool_)
    dots[0, 0] = dots[1, 9] = True
    begun, strip, ended = slip(dots)
    assert begun.hex() == "1b40" + "1b6101"
    assert strip.hex() == "1d763000" + "0200" + "0200" + "8000" + "0040"
    # On 58 mm paper there may be no knife: the last line is fed past the edge where it is torn off.
    assert ended.hex() == "1b6404" + "1d564200"
    assert slip(np.zeros((1, 400), np.bool_))[-1] == escpos.CUT


@pytest.mark.parametrize("shape", [(0, 10), (10, 0), (10, 577)])
def test_pictures_that_do_not_fit(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="dots wide"):
        slip(np.zeros(shape, np.bool_))


def test_the_library_that_makes_slips_is_not_loaded_before_the_first_one() -> None:
    code = (
        "import sys, numpy as np, tempfile, pathlib\n"
        "from drivers.actuators import slip_bytes, slip_printer, registry\n"
        "assert 'escpos' not in sys.modules\n"
        "slip_bytes.slip(np.zeros((1, 8), bool))\n"
        "assert 'escpos' in sys.modules\n"
        "print(len(list(pathlib.Path(tempfile.gettempdir()).iterdir())))"
    )
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "TMPDIR": folder},
            capture_output=True,
            text=True,
            check=True,
        )
    assert run.stdout.strip() == "0", "it leaves a folder behind at every start"


def test_every_state_is_told_apart_from_done() -> None:
    for flags in itertools.product([False, True], repeat=5):
        said = PrinterState(*flags)
        answers = escpos.state_bytes(said)
        assert escpos.parse_state(answers) == said
        for byte in answers.values():
            assert escpos.is_state_answer(byte)
            assert not escpos.is_done_answer(byte)
        assert escpos.is_done_answer(escpos.done_byte(said))
        assert not escpos.is_state_answer(escpos.done_byte(said))


@settings(max_examples=40, deadline=None)
@given(cuts=st.lists(st.integers(0, 1 << 20), max_size=8), noise=st.binary(max_size=60))
def test_any_split_prints_the_same(cuts: list[int], noise: bytes) -> None:
    data = b"".join(slip(picture(50))) + noise + THAI + b"\x1bd\x02" + escpos.ASK_DONE
    edges = sorted({0, len(data), *(cut % len(data) for cut in cuts)})
    orders: list[Order] = []
    rest = b""
    for start, end in itertools.pairwise(edges):
        found, rest = escpos.feed_orders(rest + data[start:end])
        orders += found
    whole, whole_rest = escpos.feed_orders(data)
    assert rest == whole_rest
    assert joined(orders) == joined(list(whole))


def joined(orders: list[Order]) -> list[Order]:
    """Runs of text as one: a cut in the middle of a line makes two."""
    out: list[Order] = []
    for order in orders:
        if out and order.name == out[-1].name == "text":
            out[-1] = Order("text", data=out[-1].data + order.data)
        else:
            out.append(order)
    return out


def test_paper_shows_exactly_the_dots() -> None:
    paper, dots = Paper(), picture(100)
    for order in escpos.feed_orders(b"".join(slip(dots)))[0]:
        paper.obey(order)
    (printed,) = paper.slips
    assert np.array_equal(~np.asarray(printed), dots)


def test_a_narrow_picture_stands_in_the_middle() -> None:
    paper, code = Paper(), qr()
    for order in escpos.feed_orders(b"".join(slip(code)))[0]:
        paper.obey(order)
    shown = ~np.asarray(paper.slips[0])
    columns = np.flatnonzero(shown.any(0))
    assert abs((columns[0] + columns[-1]) / 2 - escpos.DOTS_80_MM / 2) < 8
    found = zxingcpp.read_barcodes(np.asarray(paper.slips[0].convert("L")))
    assert [code.text for code in found] == [QR_TEXT]


@needs_font
def test_text_in_a_thai_code_page_is_drawn() -> None:
    paper = Paper(font=THAI_FONT)
    data = escpos.START + b"\x1bt\x15" + b"\x1d!\x11" + "ผ่านการคัดกรอง".encode("tis-620") + b"\n" + escpos.CUT
    for order in escpos.feed_orders(data)[0]:
        paper.obey(order)
    assert [text.decode("tis-620") for text in paper.texts] == ["ผ่านการคัดกรอง"]
    assert (~np.asarray(paper.slips[0])).sum() > 500


@needs_font
def test_raster_text_breaks_between_letters_and_loses_nothing() -> None:
    length = ImageFont.truetype(str(THAI_FONT), 28).getlength
    text = "ผู้เดินทางผ่านการคัดกรองที่ด่านท่าฉัตรไชยจังหวัดภูเก็ตเรียบร้อยแล้วกรุณาเก็บใบนี้ไว้กับตัวตลอดการเดินทาง"
    broken = break_line(text, length, 300)
    assert "".join(broken) == text
    assert all(length(part) <= 300 for part in broken)
    for width in range(100, 300, 3):
        parts = break_line(text, length, width)
        assert "".join(parts) == text
        assert not any(part[0] in "่้๊๋ัิีึืุู็์ําำะๅๆฯ" for part in parts), (width, parts)
        assert not any(part[-1] in "เแโใไ" for part in parts), (width, parts)
    assert break_line("น้ำท่า", len, 4) == ["น้ำ", "ท่า"]
    assert break_line("one two three four five six seven eight nine ten", length, 300)[0].endswith(
        ("five", "six", "four", "seven")
    )
    dots = draw([SlipLine(text), SlipLine(""), SlipLine("A-0001", 60, Align.CENTRE)], FACE, 576)
    assert dots.shape[1] == 576
    assert dots.any()
    assert runs("เลข TC-2 ด่าน") == [(True, "เลข"), (False, " TC-2 "), (True, "ด่าน")]
    assert not draw([SlipLine("")], FACE, 576).any()
    assert draw([SlipLine("", 20, rule=True)], FACE, 576).sum() == 2 * 576


@needs_font
def test_a_slip_is_printed_and_confirmed() -> None:
    text = draw([SlipLine("ผ่านการคัดกรอง", 48, Align.CENTRE), SlipLine("Screened 1 Jul 2021 10:05")], FACE, 576)
    code = np.zeros((qr().shape[0], 576), np.bool_)
    code[:, 100 : 100 + qr().shape[1]] = qr()
    dots = np.concatenate([text, code])
    with SlipPrinterEmulator() as device, printer(device) as slips:
        until(lambda: state(slips) is DeviceState.READY)
        assert slips.print_slip(slip(dots)).result(20).outcome is Outcome.CONFIRMED
        (printed,) = device.paper.slips
        assert np.array_equal(~np.asarray(printed), dots)
        assert [found.text for found in zxingcpp.read_barcodes(np.asarray(printed.convert("L")))] == [QR_TEXT]


def test_a_printer_that_says_nothing_is_only_commanded() -> None:
    with SlipPrinterEmulator(answers=False) as device, printer(device) as slips:
        until(lambda: state(slips) is DeviceState.READY)
        assert slips.print_slip(slip(picture(60))).result(5).outcome is Outcome.COMMANDED
        until(lambda: len(device.paper.slips) == 1)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (PrinterState(paper_end=True, offline=True), "out of paper; put in a new roll"),
        (PrinterState(cover_open=True, offline=True), "cover of printer is open"),
        (PrinterState(error=True, offline=True), "switch it off and on"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_printed(said: PrinterState, why: str) -> None:
    with SlipPrinterEmulator() as device, printer(device) as slips:
        until(lambda: state(slips) is DeviceState.READY)
        device.state = said
        done = slips.print_slip(slip(picture(60))).result(5)
        assert done.outcome is Outcome.FAILED
        assert why in done.reason
        assert why in slips.health(datetime.now(UTC)).reason
        device.state = PrinterState(paper_near_end=True)
        until(lambda: state(slips) is DeviceState.DEGRADED)
        assert slips.print_slip(slip(picture(60))).result(5).outcome is Outcome.CONFIRMED
        assert len(device.paper.slips) == 1


def test_paper_that_ends_in_the_middle_fails_the_slip() -> None:
    with SlipPrinterEmulator() as device, printer(device) as slips:
        until(lambda: state(slips) is DeviceState.READY)
        device.out_of_paper_after = 3
        done = slips.print_slip(slip(picture(300))).result(10)
        assert (done.outcome, done.reason) == (Outcome.FAILED, "printer is out of paper; put in a new roll.")
        assert device.paper.slips == []


def test_unplugged_in_the_middle_fails_and_is_not_printed_again() -> None:
    with SlipPrinterEmulator() as device, printer(device) as slips:
        until(lambda: state(slips) is DeviceState.READY)
        done = slips.print_slip(slip(picture(2000)))
        until(lambda: device.paper.height > 100)
        device.unplug()
        assert done.result(10).outcome is Outcome.FAILED
        until(lambda: state(slips) is DeviceState.ABSENT)
        assert "by hand" in slips.print_slip(slip(picture(10))).result(3).reason
        device.plug()
        until(lambda: state(slips) is DeviceState.READY)
        # Orders are carried out one after the other: what is left of the first would stand before the second.
        dots = picture(60, seed=2)
        assert slips.print_slip(slip(dots)).result(10).outcome is Outcome.CONFIRMED
        *before, printed = device.paper.slips
        assert np.array_equal(~np.asarray(printed), dots)
        assert not any((~np.asarray(paper)).any() for paper in before), "part of a slip was printed after all"


def test_another_printer_on_the_same_cable_is_judged_anew() -> None:
    """One that answers and is out of paper gives way to one whose sending line is not connected."""
    with SlipPrinterEmulator() as device, printer(device) as slips:
        device.state = PrinterState(paper_end=True, offline=True)
        until(lambda: state(slips) is DeviceState.FAILED)
        device.unplug()
        until(lambda: state(slips) is DeviceState.ABSENT)
        device.state, device.answers = PrinterState(), False
        device.plug()
        until(lambda: state(slips) is DeviceState.READY)
        assert slips.print_slip(slip(picture(60))).result(10).outcome is Outcome.COMMANDED
        until(lambda: len(device.paper.slips) == 1)


def test_a_torn_slip_is_cut_off_from_the_next_one() -> None:
    """The cable is pulled in the middle of a picture; the printer has its own power and waits for the rest of it."""
    with SlipPrinterEmulator() as device, printer(device) as slips:
        device.own_power = True
        until(lambda: state(slips) is DeviceState.READY)
        done = slips.print_slip(slip(picture(2000)))
        until(lambda: device.paper.height > 100)
        device.unplug()
        assert done.result(10).outcome is Outcome.FAILED
        device.plug()
        until(lambda: state(slips) is DeviceState.READY)
        dots = picture(60, seed=2)
        assert slips.print_slip(slip(dots)).result(10).outcome is Outcome.CONFIRMED
        assert len(device.paper.slips) == 2
        assert np.array_equal(~np.asarray(device.paper.slips[1]), dots)


def test_registry() -> None:
    assert set(ACTUATORS) == {"lcus", "escpos"}
    assert actuator_profile("lcus").baud == 9_600
    with pytest.raises(DriverError, match="known ones are: escpos, lcus"):
        actuator_profile("nonsense")
