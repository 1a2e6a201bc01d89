"""Readers on pseudo-terminals: long certificates, repeats, unplugging, readers that do not answer."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime

from drivers.emulators.readers import ElyctisEmulator, Gm65Emulator, LineScannerEmulator, Rte6701Emulator
from drivers.emulators.serial_device import SerialDevice
from drivers.links.serial_port import open_serial
from drivers.readers import gm65
from drivers.readers.gm65 import Gm65Settings, ReadMode, Setting
from drivers.readers.gm65_reader import Gm65, Gm65Setup
from drivers.readers.reader import ReadEvent, SerialReader, SerialReaderSettings, _Stream
from drivers.readers.reads import CodeRead, FailedRead, FailReason, MrzRead, Read, ReaderCodec
from drivers.readers.registry import reader_codec
from drivers.readers.repeats import Repeats
from drivers.readings import DeviceState

TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
TD1 = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")


def reader(device: SerialDevice, codec: ReaderCodec, baud: int, **limits: float) -> SerialReader:
    settings = SerialReaderSettings(device="reader 1", **limits)
    return SerialReader(
        settings,
        codec,
        lambda: open_serial(device.path, baud),
        jitter=lambda: 1.0,
        pause=lambda _: time.sleep(0.02) is not None,
    )


def until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "did not come"
        time.sleep(0.01)


def next_read(station: SerialReader, after: int = 0, seconds: float = 12.0) -> ReadEvent:
    events = station.wait_newer(after, seconds)
    assert events, "nothing was read"
    return events[0]


def state(station: SerialReader) -> DeviceState:
    return station.health(datetime.now(UTC)).state


def certificate(size: int) -> bytes:
    """Text of every kind: base45, Thai in UTF-8."""
    text = ("HC1:6BF.+ROD0T3AS1/6*HQ%A0$N:E" + "ใบรับรอง") * (size // 54 + 1)
    return text.encode()[:size].decode("utf-8", "ignore").encode()


def test_what_is_not_complete_yet_is_in_no_repr() -> None:
    text = b"HC1:LINDQVARN"
    heard = reader_codec("scanner-lines").feed(text)
    assert heard.remainder == text
    stream = _Stream(0.0, reader_codec("scanner-lines").conversation(), 0.0, 0.0, heard.remainder)
    assert "LINDQVARN" not in f"{heard!r}{stream!r}"


def test_a_full_qr_code_at_9600_baud_with_a_pause_in_the_middle() -> None:
    text = certificate(2953)
    with LineScannerEmulator(b"\r", 9_600) as device, reader(device, reader_codec("scanner-lines"), 9_600) as station:
        until(lambda: state(station) is DeviceState.READY)
        device.present(text, pause_at=1400, pause_seconds=1.0)
        assert next_read(station).read == CodeRead(text)
        assert len(station.wait_newer(0, 0)) == 1


def test_the_longest_text_is_whole() -> None:
    text = certificate(16_384)
    with (
        LineScannerEmulator(b"\r\n", 115_200) as device,
        reader(device, reader_codec("scanner-lines"), 115_200) as station,
    ):
        until(lambda: state(station) is DeviceState.READY)
        device.present(text)
        assert next_read(station).read == CodeRead(text)
        assert station.health(datetime.now(UTC)).frames_good == 1


def test_a_scanner_without_a_line_ending_never_gives_half_a_text_and_is_told() -> None:
    with (
        LineScannerEmulator(b"", 115_200) as device,
        reader(device, reader_codec("scanner-lines"), 115_200, unfinished_seconds=0.2) as station,
    ):
        until(lambda: state(station) is DeviceState.READY)
        sequence = 0
        for _ in range(4):
            device.present(b"HC1:6BF+ROD0T3")
            event = next_read(station, sequence)
            sequence = event.sequence
            assert event.read == FailedRead(FailReason.UNFINISHED)
        health = station.health(datetime.now(UTC))
        assert health.state is DeviceState.DEGRADED
        assert "set its suffix to CR" in health.reason


def test_the_tail_of_a_failed_text_is_dropped_and_forgotten_after_a_while() -> None:
    with LineScannerEmulator(b"\r", 115_200) as device:
        limits = {"unfinished_seconds": 0.2, "forget_seconds": 0.8}
        with reader(device, reader_codec("scanner-lines"), 115_200, **limits) as station:
            until(lambda: state(station) is DeviceState.READY)
            device.present(b"HC1:FIRSTHALFSECONDHALF", pause_at=13, pause_seconds=0.5)
            assert next_read(station).read == FailedRead(FailReason.UNFINISHED)
            time.sleep(0.6)
            device.present(b"HC1:WHOLE")
            assert next_read(station, 1).read == CodeRead(b"HC1:WHOLE")
            device.send(b"HC1:TORN")
            assert next_read(station, 2).read == FailedRead(FailReason.UNFINISHED)
            time.sleep(1.0)
            device.present(b"HC1:AFTER")
            assert next_read(station, 3).read == CodeRead(b"HC1:AFTER")


def test_a_code_held_in_front_is_one_read() -> None:
    with (
        LineScannerEmulator(b"\r", 115_200) as device,
        reader(device, reader_codec("scanner-lines"), 115_200, repeat_seconds=0.4) as station,
    ):
        until(lambda: state(station) is DeviceState.READY)
        for _ in range(8):
            device.present(b"HC1:ONE")
            time.sleep(0.1)
        device.present(b"HC1:TWO")
        assert next_read(station, 1).read == CodeRead(b"HC1:TWO")
        time.sleep(0.6)
        device.present(b"HC1:ONE")
        assert next_read(station, 2).read == CodeRead(b"HC1:ONE")
        assert len(station.wait_newer(0, 0)) == 3
        station.forget()
        assert station.wait_newer(0, 0) == ()


class TestRepeats:
    def test_two_seconds(self) -> None:
        repeats, one = Repeats(), CodeRead(b"one")
        assert repeats.fresh(one, 10.0, 10.0)
        assert not repeats.fresh(one, 11.9, 11.9)
        assert not repeats.fresh(one, 13.8, 13.8)
        assert repeats.fresh(one, 15.8, 15.8)

    def test_a_slow_line_is_judged_by_the_beginning_of_the_second_text(self) -> None:
        """A full QR code takes 3.1 s at 9600 baud: its repeat ends long after the two seconds."""
        repeats, long = Repeats(), CodeRead(certificate(2953))
        assert repeats.fresh(long, 0.0, 3.1)
        assert not repeats.fresh(long, 3.6, 6.7)

    def test_two_codes_on_one_page(self) -> None:
        repeats = Repeats()
        pages: list[Read] = [CodeRead(b"one"), CodeRead(b"two")] * 5
        fresh = [repeats.fresh(read, at * 0.3, at * 0.3) for at, read in enumerate(pages)]
        assert fresh == [True, True] + [False] * 8

    def test_failed_reads_are_never_repeats(self) -> None:
        repeats, failed = Repeats(), FailedRead(FailReason.UNREADABLE)
        assert repeats.fresh(failed, 0, 0)
        assert repeats.fresh(failed, 0.1, 0.1)

    def test_documents_repeat_too(self) -> None:
        repeats = Repeats()
        assert repeats.fresh(MrzRead(TD3), 0, 0)
        assert not repeats.fresh(MrzRead(TD3), 1, 1)
        assert repeats.fresh(MrzRead(TD1), 1, 1)


class TestGm65:
    def test_wrong_settings_are_corrected_and_kept(self) -> None:
        with (
            Gm65Emulator(9_600, {Setting.TAIL: 0x1C, Setting.VERSION: 0x69}) as device,
            reader(device, Gm65(Gm65Settings(ReadMode.SENSOR)), 9_600) as station,
        ):
            until(lambda: state(station) is DeviceState.READY)
            assert device.setting(Setting.TAIL) == 0x21
            assert device.setting(Setting.MODE) == 0xD7
            assert device.setting(Setting.RAW) == 0x08
            assert device.saves == 1
            device.present(certificate(500))
            assert next_read(station).read == CodeRead(certificate(500))
            device.unplug()
            device.plug()
            assert device.setting(Setting.TAIL) == 0x21
            with reader(device, Gm65(Gm65Settings(ReadMode.SENSOR)), 9_600) as station:
                until(lambda: state(station) is DeviceState.READY)
            assert device.saves == 1

    def test_one_that_does_not_answer_still_reads(self) -> None:
        setup = Gm65Setup(Gm65Settings())
        sent = [data for tenths in range(40) for data in setup.step(tenths / 10, None)]
        assert len(sent) == 3
        assert setup.ready
        assert "does not answer" in setup.trouble

    def test_an_answer_may_come_behind_a_long_text(self) -> None:
        codec = Gm65()
        setup = Gm65Setup(Gm65Settings())
        assert len(setup.step(0.0, None)) == 1
        for tenths in range(1, 40):
            assert setup.step(tenths / 10, codec.feed(b"HC1:STILLCOMING")) == ()
        assert setup.step(4.0, codec.feed(gm65.answer(b"\x87"))) == (gm65.read_setting(Setting.TAIL),)
        assert setup.version == 0x87
        assert setup.trouble == ""

    def test_one_that_takes_no_setting_is_told(self) -> None:
        setup, codec = Gm65Setup(Gm65Settings()), Gm65()
        heard = None
        for moment in range(20):
            sent = setup.step(moment / 10, heard)
            if not sent:
                break
            heard = codec.feed(gm65.answer())
        assert "does not take its setting 0060" in setup.trouble


class TestPassportReaders:
    def test_elyctis_is_turned_on_again_after_every_document(self) -> None:
        with ElyctisEmulator() as device, reader(device, reader_codec("elyctis"), 115_200) as station:
            until(lambda: state(station) is DeviceState.READY)
            sequence = 0
            for document in (TD3, TD1):
                until(lambda: device.looking)
                device.insert(document)
                event = next_read(station, sequence)
                assert event.read == MrzRead(document)
                sequence = event.sequence
            until(lambda: device.looking)

    def test_elyctis_that_does_not_answer_is_told(self) -> None:
        conversation = reader_codec("elyctis").conversation()
        assert len(conversation.step(0.0, None)) == 3
        for tenths in range(1, 70):
            conversation.step(tenths / 10, None)
        assert not conversation.ready
        assert "does not answer" in conversation.trouble

    def test_a_swipe(self) -> None:
        with Rte6701Emulator() as device, reader(device, reader_codec("rte6701"), 9_600) as station:
            until(lambda: state(station) is DeviceState.READY)
            device.swipe(TD3)
            assert next_read(station).read == MrzRead(TD3)


def test_noise_on_the_line_is_told() -> None:
    with (
        LineScannerEmulator(b"\r", 115_200) as device,
        reader(device, reader_codec("scanner-lines"), 115_200) as station,
    ):
        until(lambda: state(station) is DeviceState.READY)
        device.send(random.Random(5).randbytes(4000) + b"\r")
        until(lambda: state(station) is DeviceState.DEGRADED)
        assert "baud rate" in station.health(datetime.now(UTC)).reason
