"""Links opened by URL: cables in memory, captures, and what is said of names that lead nowhere."""

import threading
from pathlib import Path

import pytest

from drivers.errors import CaptureUnreadable, DeviceAbsent, DeviceBusy, DeviceGone
from drivers.links.memory import Cable
from drivers.links.opening import link_kind, open_link
from drivers.ports import ByteLink


def test_bytes_go_both_ways_in_memory() -> None:
    with Cable("scanner") as cable:
        link = open_link("memory:scanner", 9_600)
        assert link.name == "memory:scanner"
        assert link.read_some() == b""
        every = bytes(range(256))
        cable.device.write(every[:100])
        cable.device.write(every[100:])
        assert link.read_some() == every
        link.write(every)
        assert cable.device.read_some() == every
        link.close()
        link.close()


def test_a_cable_is_for_one_and_can_be_opened_again() -> None:
    with Cable("one") as cable:
        link = open_link("memory:one", 1)
        with pytest.raises(DeviceBusy, match="open already"):
            open_link("memory:one", 1)
        link.close()
        cable.device.write(b"for nobody")
        again = open_link("memory:one", 1)
        assert again.read_some() == b"", "what came while nobody had it open is lost"
        with pytest.raises(DeviceGone):
            link.read_some()
        with pytest.raises(ValueError, match="its own name"), Cable("one"):
            pass
        again.close()
    with pytest.raises(DeviceAbsent, match="plug the device in"):
        open_link("memory:one", 1)


def read_on(link: ByteLink) -> None:
    while True:
        link.read_some()


def test_a_pulled_cable_wakes_who_waits_and_comes_back_empty() -> None:
    with Cable("pulled") as cable:
        for _ in range(100):
            link = open_link("memory:pulled", 1)
            cable.device.write(b"lost")
            puller = threading.Timer(0.002, cable.unplug)
            puller.start()
            with pytest.raises(DeviceGone, match="check its cable"):
                read_on(link)
            puller.join()
            with pytest.raises(DeviceGone):
                link.write(b"x")
            with pytest.raises(DeviceAbsent):
                open_link("memory:pulled", 1)
            link.close()
            cable.plug()
        link = open_link("memory:pulled", 1)
        assert link.read_some() == b""
    assert threading.active_count() < 10


@pytest.mark.parametrize("url", ["memory:none", "replay:x?speed=fast", "replay:x?speed=-1", "replay:x?faster=1"])
def test_names_that_lead_nowhere(url: str) -> None:
    with pytest.raises(DeviceAbsent, match=r"(no replay|correct the port).*[a-z2]\.$"):
        open_link(url, 9_600)


def test_a_file_that_is_no_capture(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"\x00" * 5000)
    for name in ("none", "x"):
        with pytest.raises(CaptureUnreadable, match="choose another file"):
            open_link(f"replay:{tmp_path / name}", 9_600)


def test_kinds_of_links() -> None:
    assert [link_kind(url) for url in ("/dev/ttyUSB0", "socket://h:1", "replay:x", "memory:x", "COM:1")] == [
        "serial",
        "socket",
        "replay",
        "memory",
        "serial",
    ]
