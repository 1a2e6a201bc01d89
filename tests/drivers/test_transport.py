"""Opening and losing serial ports; real pseudo-terminals and a real socket, no stand-ins."""

import os
import socket
import stat
import subprocess
import sys
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.errors import DeviceAbsent, DeviceBusy, DeviceGone
from drivers.transport import list_serial_ports, open_serial


@pytest.fixture
def pty() -> Iterator[tuple[int, str]]:
    master, slave = os.openpty()
    tty.setraw(slave)
    path = os.ttyname(slave)
    os.close(slave)
    yield master, path
    try:
        os.close(master)
    except OSError:
        return


def test_bytes_go_both_ways(pty: tuple[int, str]) -> None:
    master, path = pty
    link = open_serial(path, 460_800)
    try:
        assert link.name == path
        assert link.read_some() == b""
        every = bytes(range(256))
        os.write(master, every)
        assert link.read_some() == every
        link.write(every)
        assert os.read(master, 1024) == every
    finally:
        link.close()
        link.close()


def test_a_port_that_is_not_there() -> None:
    with pytest.raises(DeviceAbsent, match=r"/dev/ttyNONE; plug the device in"):
        open_serial("/dev/ttyNONE", 9600)


@pytest.mark.parametrize("url", ["socket://127.0.0.1:1", "nonsense://x", "socket://127.0.0.1:notaport"])
def test_urls_that_lead_nowhere(url: str) -> None:
    with pytest.raises(DeviceAbsent, match="correct the port"):
        open_serial(url, 9600)


def test_a_file_is_no_port(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"")
    with pytest.raises(DeviceAbsent, match="not a serial port"):
        open_serial(str(path), 9600)


def test_no_right_to_open(pty: tuple[int, str]) -> None:
    _, path = pty
    if os.geteuid() == 0:
        pytest.skip("root may open everything")
    Path(path).chmod(0)
    with pytest.raises(DeviceAbsent, match="dialout"):
        open_serial(path, 9600)


def test_two_openings_in_one_program(pty: tuple[int, str]) -> None:
    _, path = pty
    first = open_serial(path, 9600)
    try:
        with pytest.raises(DeviceBusy, match="Another program holds"):
            open_serial(path, 9600)
    finally:
        first.close()
    open_serial(path, 9600).close()


def test_another_program_holds_it(pty: tuple[int, str]) -> None:
    _, path = pty
    program = (
        "import sys; from drivers.transport import open_serial; "
        "link = open_serial(sys.argv[1], 9600); print('open', flush=True); sys.stdin.read()"
    )
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", program, path], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(DeviceBusy, match="Another program holds"):
            open_serial(path, 9600)
        other.communicate()
    open_serial(path, 9600).close()


def test_unplugged_while_open(pty: tuple[int, str]) -> None:
    master, path = pty
    link = open_serial(path, 9600)
    os.close(master)
    with pytest.raises(DeviceGone, match="check its cable"):
        link.read_some()
    with pytest.raises(DeviceGone, match="check its cable"):
        link.write(b"\x00")
    link.close()


def test_a_socket_is_a_cable_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        link = open_serial(f"socket://127.0.0.1:{server.getsockname()[1]}", 9600)
        peer, _ = server.accept()
        with peer:
            peer.sendall(b"\x5a" * 2000)
            assert link.read_some() == b"\x5a" * 2000
        with pytest.raises(DeviceGone):
            link.read_some()
        link.close()


def test_failed_openings_leak_nothing(tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    (tmp_path / "file").write_bytes(b"")
    for _ in range(50):
        for url in ("/dev/ttyNONE", str(tmp_path / "file")):
            with pytest.raises(DeviceAbsent):
                open_serial(url, 9600)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_listing_ports_opens_none() -> None:
    for port in list_serial_ports():
        assert stat.S_ISCHR(Path(port.path).stat().st_mode)
