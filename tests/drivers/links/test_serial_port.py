"""Opening and losing serial ports; real pseudo-terminals and a real socket, no stand-ins."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.errors import DeviceAbsent, DeviceBusy, DeviceGone
from drivers.links.holders import holder_of
from drivers.links.serial_port import SerialLink, open_serial


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


def read_on(master: int, link: SerialLink) -> None:
    """Until it fails; the device says something all the time."""
    for _ in range(4000):
        os.write(master, b"\x5a" * 200)
        link.read_some()


def other_program(code: str, path: str) -> "subprocess.Popen[str]":
    """A program of its own that does `code` with the port `sys.argv[1]`, says a line, and waits for its input's end."""
    root = Path(__file__).resolve().parents[3]
    program = f"import os, sys; {code}; print('open', flush=True); sys.stdin.read()"
    other = subprocess.Popen(
        [sys.executable, "-c", program, path], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "open\n"
    return other


OPENS_ALONE = "from drivers.links.serial_port import open_serial; link = open_serial(sys.argv[1], 9600)"
OPENS_CARELESSLY = "port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)"


@pytest.mark.parametrize("opens", [OPENS_ALONE, OPENS_CARELESSLY])
def test_another_program_holds_it_and_is_named(pty: tuple[int, str], opens: str) -> None:
    _, path = pty
    with other_program(opens, path) as other:
        with pytest.raises(DeviceBusy) as caught:
            open_serial(path, 9600)
        other.communicate()
    assert re.fullmatch(
        rf"Another program holds {path}: \S+ \(process {other.pid}\); "
        r"stop it, or name another port in the profile\.",
        str(caught.value),
    )
    open_serial(path, 9600).close()


def test_a_second_reader_who_came_later_is_named_too(pty: tuple[int, str]) -> None:
    master, path = pty
    link = open_serial(path, 9600)
    steals = f"{OPENS_CARELESSLY}; import select, threading; threading.Thread(target=lambda: [os.read(port, 999) " \
        "for _ in iter(lambda: select.select([port], [], []), None)], daemon=True).start()"  # fmt: skip
    if os.geteuid() != 0:
        link.close()
        pytest.skip("only root's programs are let through behind our back")
    try:
        with other_program(steals, path) as thief:
            with pytest.raises(DeviceGone) as caught:
                read_on(master, link)
            thief.communicate()
        assert f"Another program holds {path}" in str(caught.value)
        assert f"(process {thief.pid})" in str(caught.value)
    finally:
        link.close()


def test_the_far_end_of_a_pseudo_terminal_is_no_second_program() -> None:
    emulates = (
        "import tty; master, slave = os.openpty(); tty.setraw(slave); os.unlink(sys.argv[1]); "
        "os.symlink(os.ttyname(slave), sys.argv[1])"
    )
    with tempfile.NamedTemporaryFile(delete=False) as name:
        path = name.name
    with other_program(emulates, path) as other:
        assert holder_of(path) is None
        open_serial(path, 9600).close()
        open_serial(path, 9600).close()
        other.communicate()
    Path(path).unlink()


def test_a_port_that_nobody_has_and_a_proc_that_cannot_be_read(pty: tuple[int, str], tmp_path: Path) -> None:
    assert holder_of(pty[1]) is None
    assert holder_of(pty[1], tmp_path / "none") is None
    (tmp_path / "77").mkdir()
    assert holder_of(pty[1], tmp_path) is None
    assert holder_of("/dev/ttyNONE") is None


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
