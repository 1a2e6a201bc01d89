"""Ports by names that stay: a made-up /dev and /sys over real pseudo-terminals."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from drivers.actuators.outcome import Outcome
from drivers.actuators.relay_board import RelayBoard, RelaySettings
from drivers.emulators.relays import LcusEmulator
from drivers.errors import DeviceAbsent
from drivers.links.names import PortKind, find_port, list_ports, udev_rule
from drivers.links.opening import open_link
from drivers.protocols import PROTOCOLS, hinted

PCI = "pci-0000:00:14.0-usb-0:"


class Tree:
    """A /dev and a /sys as udev and the kernel make them, with what is plugged in where."""

    def __init__(self, root: Path) -> None:
        self.dev, self.sys = root / "dev", root / "sys"
        (self.dev / "serial").mkdir(parents=True)
        self.sys.mkdir()

    def plug(
        self,
        node: str,
        socket: str,
        leads_to: str = "/dev/null",
        usb: tuple[str, str] = ("1a86", "7523"),
        serial: str | None = None,
        suffix: str = "-port0",
    ) -> None:
        """A serial adapter in one socket ("1", "1.2"), which the kernel calls `node`."""
        (self.dev / node).symlink_to(leads_to)
        adapter = self.sys / "devices" / f"1-{socket}"
        tty = adapter / f"1-{socket}:1.0" / node
        tty.mkdir(parents=True)
        told = {"idVendor": usb[0], "idProduct": usb[1], "product": "USB Serial", "serial": serial}
        for name, text in told.items():
            if text is not None:
                (adapter / name).write_text(f"{text}\n")
        self.classed("tty", node, tty)
        self.link("serial/by-path", f"{PCI}{socket}:1.0{suffix}", node)
        # udev lets the last one have a name that two devices want.
        self.link("serial/by-id", f"usb-{usb[0]}_USB_Serial{'_' + serial if serial else ''}-if00-port0", node)

    def classed(self, kind: str, node: str, device: Path) -> Path:
        folder = self.sys / "class" / kind / node
        folder.mkdir(parents=True)
        (folder / "device").symlink_to(device)
        return folder

    def link(self, folder: str, name: str, node: str) -> None:
        place = self.dev / folder if folder else self.dev
        place.mkdir(parents=True, exist_ok=True)
        (place / name).unlink(missing_ok=True)
        (place / name).symlink_to("/".join([".."] * len(Path(folder).parts) + [node]))


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def switched(board: LcusEmulator, *relays: bool) -> Callable[[], bool]:
    return lambda: board.relays == relays


def wait_for(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not what():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)


@pytest.mark.parametrize("swapped", [False, True])
def test_two_identical_boards_are_told_apart_by_their_socket(tree: Tree, swapped: bool) -> None:
    with LcusEmulator(2) as gate, LcusEmulator(2) as siren:
        sockets = {"1": gate, "2": siren}
        for number, (socket, board) in enumerate(reversed(sockets.items()) if swapped else sockets.items()):
            tree.plug(f"ttyUSB{number}", socket, board.path)
        ports = {port.by_path: port for port in list_ports(tree.dev, tree.sys)}
        assert len({port.by_id for port in ports.values()} - {None}) == 1, "one by-id name for two boards"
        assert all(port.stable == port.by_path and "one of 2 alike" in port.note for port in ports.values())
        assert {(port.vendor_id, port.product_id, port.serial_number) for port in ports.values()} == {
            (0x1A86, 0x7523, None)
        }
        names = [str(tree.dev / "serial/by-path" / f"{PCI}{socket}:1.0-port0") for socket in sockets]
        boards = [
            RelayBoard(RelaySettings(name, 2, {"it": 1}), lambda path=ports[name].stable: open_link(path, 9_600))
            for name in names
        ]
        with boards[0] as first, boards[1] as second:
            wait_for(lambda: first.switch("it", True).result(5).outcome is Outcome.CONFIRMED)
            assert second.switch("it", False).result(5).outcome is not Outcome.FAILED
            assert (gate.relays, siren.relays) == ((True, False), (False, False))
            wait_for(lambda: second.switch("it", True).result(5).outcome is Outcome.CONFIRMED)
            assert first.switch("it", False).result(5).outcome is Outcome.CONFIRMED
            assert (gate.relays, siren.relays) == ((False, False), (True, False))


def test_a_serial_number_of_its_own_makes_a_name_that_follows_the_device(tree: Tree) -> None:
    tree.plug("ttyUSB0", "1", usb=("0403", "6001"), serial="A10K3X")
    tree.plug("ttyUSB1", "2", usb=("0403", "6001"), serial="A10K3Y")
    first, second = list_ports(tree.dev, tree.sys)
    assert first.stable.endswith("by-id/usb-0403_USB_Serial_A10K3X-if00-port0")
    assert second.stable.endswith("A10K3Y-if00-port0")
    assert not first.note + second.note
    assert (first.description, first.serial_number) == ("USB Serial", "A10K3X")


def test_one_serial_number_on_two_devices_is_none(tree: Tree) -> None:
    tree.plug("ttyUSB0", "1", usb=("10c4", "ea60"), serial="0001")
    tree.plug("ttyUSB1", "2", usb=("10c4", "ea60"), serial="0001")
    assert [Path(port.stable).name for port in list_ports(tree.dev, tree.sys)] == [
        f"{PCI}1:1.0-port0",
        f"{PCI}2:1.0-port0",
    ]


def test_a_lone_adapter_without_a_number_goes_by_its_socket_and_a_name_of_ours_goes_first(tree: Tree) -> None:
    tree.plug("ttyUSB0", "1.2")
    (port,) = list_ports(tree.dev, tree.sys)
    assert port.stable == port.by_path
    assert "no serial number" in port.note
    tree.link("", "daan-gate", "ttyUSB0")
    (port,) = list_ports(tree.dev, tree.sys)
    assert (port.stable, port.note) == (str(tree.dev / "daan-gate"), "")
    assert find_port(str(tree.dev / "daan-gate"), tree.dev, tree.sys) == port


def test_a_camera_has_a_node_for_pictures_and_one_that_carries_none(tree: Tree) -> None:
    for index in (0, 1):
        (tree.dev / f"video{index}").symlink_to("/dev/null")
        folder = tree.classed("video4linux", f"video{index}", tree.sys / "devices" / "1-6" / "1-6:1.0")
        (folder / "index").write_text(f"{index}\n")
        (folder / "name").write_text("Document Camera\n")
        tree.link("v4l/by-path", f"{PCI}6:1.0-video-index{index}", f"video{index}")
        tree.link("v4l/by-path", f"pci-0000:00:14.0-usbv2-0:6:1.0-video-index{index}", f"video{index}")
    picture, metadata = list_ports(tree.dev, tree.sys)
    assert (picture.kind, metadata.kind) == (PortKind.VIDEO, PortKind.METADATA)
    assert picture.stable.endswith(f"v4l/by-path/{PCI}6:1.0-video-index0")
    assert picture.description == "Document Camera"
    assert udev_rule("document-camera", picture) == (
        'SUBSYSTEM=="video4linux", ENV{ID_PATH}=="pci-0000:00:14.0-usb-0:6:1.0", ATTR{index}=="0", '
        'SYMLINK+="daan-document-camera"'
    )


def test_the_rule_is_of_the_same_form_as_those_that_ship(tree: Tree) -> None:
    shipped = Path(__file__).resolve().parents[3] / "config/appliance/udev/71-daan-sockets.rules"
    tree.plug("ttyUSB0", "1")
    tree.plug("ttyACM0", "2", usb=("0416", "b002"), serial="S1", suffix="")
    tree.plug("ttyUSB1", "4", usb=("0403", "6011"), serial="F4", suffix="-port1")
    modem, board, second = list_ports(tree.dev, tree.sys)
    assert udev_rule("thermal", board) in shipped.read_text().splitlines()
    assert udev_rule("reader", modem) in shipped.read_text().splitlines()
    assert 'ATTRS{port_number}=="1"' in udev_rule("second", second)
    for wrong in ("", "A", "two words", 'x", RUN+="reboot', "-x", "x" * 40):
        with pytest.raises(ValueError, match="small letters"):
            udev_rule(wrong, board)


def test_what_has_no_socket_or_is_not_there(tree: Tree) -> None:
    assert list_ports(tree.dev / "none", tree.sys) == ()
    (tree.dev / "ttyAMA0").symlink_to("/dev/null")
    (tree.dev / "ttyS0").symlink_to("/dev/null")
    (port,) = list_ports(tree.dev, tree.sys)
    assert (port.path, port.stable) == (str(tree.dev / "ttyAMA0"),) * 2
    with pytest.raises(DeviceAbsent, match="USB socket"):
        udev_rule("thermal", port)
    with pytest.raises(DeviceAbsent, match="devices list"):
        find_port("/dev/ttyNONE", tree.dev, tree.sys)


def test_ports_are_in_the_order_of_their_numbers(tree: Tree) -> None:
    for number in (10, 2, 1):
        tree.plug(f"ttyUSB{number}", str(number), serial=str(number))
    assert [Path(port.path).name for port in list_ports(tree.dev, tree.sys)] == ["ttyUSB1", "ttyUSB2", "ttyUSB10"]


def test_hints_name_known_protocols_only() -> None:
    assert hinted(0x0416, 0xB020) == ("senxor",)
    assert "lcus" in hinted(0x1A86, 0x7523)
    assert "lcus" not in hinted(0x0403, 0x6001)
    assert hinted(0x0483, 0x5740) == hinted(None, None) == ()
    assert set(hinted(0x1A86, 0x7523)) | set(hinted(0x0403, 1)) | set(hinted(0x0C2E, 1)) <= set(PROTOCOLS)
