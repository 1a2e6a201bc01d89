"""What is asked of a device before and after it opens, and what is said between the processes."""

import struct

import pytest

from drivers.camera import open_source
from drivers.cameras.capture import library_surroundings, node_failure, open_camera
from drivers.cameras.controls import Control, Refused
from drivers.cameras.format import Expected, RealFormat, mismatch, too_slow
from drivers.cameras.words import (
    Came,
    Controlled,
    Failed,
    Failure,
    Kind,
    Missed,
    Opened,
    Orders,
    heard,
    spoken,
)

ASKED = Expected((1280, 720), "MJPG", 15)
ORDERS = Orders(Kind.V4L2, "/dev/null", 1280, 720, 15.0, {Control.FOCUS: 40.0}, 5.0, 100, 7, 9, 1234)


def capability(whole: int, node: int) -> bytes:
    """`struct v4l2_capability`: driver 16, card 32, bus 32, version, capabilities, device_caps, reserved 12."""
    return struct.pack("<16s32s32sIII12x", b"uvcvideo", b"HD Webcam", b"usb-0000:00:14.0-2", 0x050F00, whole, node)


@pytest.mark.parametrize(
    ("whole", "node", "failure"),
    [
        # As `v4l2-ctl --all` shows them for the two nodes of one USB camera (kernel 5 and later), and an old kernel.
        (0x84A00001, 0x04200001, Failure.BUSY),
        (0x84A00001, 0x04A00000, Failure.METADATA),
        (0x04200001, 0, Failure.BUSY),
        # A video output, as a TV card has.
        (0x84200002, 0x04200002, Failure.NO_CAMERA),
    ],
)
def test_why_a_node_does_not_open(whole, node, failure):
    data = capability(whole, node)
    assert len(data) == 104
    assert node_failure(data) is failure


def test_what_is_no_video_device():
    assert open_camera(ORDERS) is Failure.NO_CAMERA


@pytest.mark.parametrize("name", ["/dev/v4l/by-id/usb-046d_HD_Webcam-video-index1", "/dev/daan-camera-index1"])
def test_a_metadata_node_by_name(name):
    camera = open_source(f"v4l2:{name}")
    with pytest.raises(Exception, match="ends in -video-index0"):
        camera._open_eye()


def test_words_survive_the_pipe_in_any_pieces():
    words = [
        Opened("MJPG", 1280, 720, 30.0), Came(1), Missed(), Came(2),
        Controlled((Refused(Control.FOCUS, 40.0, -1.0, False),)), Failed(Failure.GONE),
        Failed(Failure.FAULT, "x at y:1"),
    ]  # fmt: skip
    stream = b"".join(spoken(word) for word in words)
    assert heard(stream) == (words, b"")
    for cut in range(len(stream)):
        first, rest = heard(stream[:cut])
        second, left = heard(rest + stream[cut:])
        assert first + second == words
        assert left == b""
    # Longer than this and two writes may mix.
    assert max(len(spoken(word)) for word in words) < 512


def test_orders_survive_the_pipe_and_hide_the_address():
    assert Orders.of(ORDERS.line()) == ORDERS
    assert "/dev/null" not in repr(ORDERS)


def test_the_library_gives_up_before_we_do():
    assert library_surroundings(ORDERS)["OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT"] == "4"


@pytest.mark.parametrize(
    ("real", "slow", "said"),
    [
        (RealFormat(1280, 720, 15.0, "MJPG"), False, ""),
        (RealFormat(1280, 720, 15.0), False, ""),
        (RealFormat(640, 480, 15.0, "MJPG"), False, "pictures of 640 x 480 instead of 1280 x 720"),
        (RealFormat(1280, 720, 15.0, "YUYV"), False, "gives YUYV instead of MJPG"),
        (RealFormat(1280, 720, 5.0, "MJPG"), True, "gives 5.0 pictures a second instead of 15"),
    ],
)
def test_what_comes_against_what_was_asked_for(real, slow, said):
    told = mismatch("camera", ASKED, real, slow)
    assert said in told
    assert bool(told) == bool(said)


def test_a_rate_is_slow_below_six_tenths_and_well_again_above_seven():
    rates = [15, 9.1, 8.9, 10.0, 10.6, 9.1]
    slow, seen = False, []
    for rate in rates:
        slow = too_slow(ASKED, RealFormat(1280, 720, rate), slow)
        seen.append(slow)
    assert seen == [False, False, True, True, False, False]
    assert not too_slow(Expected(), RealFormat(1280, 720, 1.0), False)
    assert not too_slow(ASKED, RealFormat(1280, 720, 0.0), False)
