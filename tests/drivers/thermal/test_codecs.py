"""What every thermal codec writes and refuses to write; what it stands on the wire is in test_streams."""

import numpy as np
import pytest

from drivers.ports import ThermalCodec
from drivers.readings import ThermalFrame
from drivers.registry import THERMAL

NAMES = sorted(THERMAL)


def frame(codec: ThermalCodec, seed: int) -> ThermalFrame:
    rng = np.random.default_rng(seed)
    shape = (codec.profile.rows, codec.profile.columns)
    # Apart by more than a round of Optris answers may be.
    celsius = (200 + seed * 200 + rng.integers(0, 150, shape)) / 10
    return ThermalFrame(celsius.astype(np.float32), float(rng.integers(200, 400)) / 10)


def same(left: ThermalFrame, right: ThermalFrame) -> bool:
    near = np.allclose(left.celsius, right.celsius, atol=0.051)
    return near and abs(left.ambient_celsius - right.ambient_celsius) < 0.051


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_read(name: str) -> None:
    codec = THERMAL[name]
    sent = [frame(codec, seed) for seed in range(3)]
    got = codec.feed(b"".join(codec.encode(one) for one in sent))
    assert [same(one, other) for one, other in zip(got.frames, sent, strict=True)] == [True] * 3
    assert (got.frames_bad, got.resyncs, got.remainder) == (0, 0, b"")


@pytest.mark.parametrize("name", NAMES)
def test_what_the_device_could_not_send_is_not_written(name: str) -> None:
    codec = THERMAL[name]
    shape = (codec.profile.rows, codec.profile.columns)
    low, high = codec.profile.plausible_celsius
    for celsius, ambient in ((high + 50, 25.0), (low - 50, 25.0), (float("nan"), 25.0), (30.0, 500.0)):
        with pytest.raises(ValueError, match=r"degrees|temperature"):
            codec.encode(ThermalFrame(np.full(shape, celsius, np.float32), ambient))
    with pytest.raises(ValueError, match=r"pixel|point"):
        codec.encode(ThermalFrame(np.full((3, 3), 30.0, np.float32), 25.0))


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("mlx90614-5a")])
def test_an_emissivity_that_no_device_knows(name: str) -> None:
    with pytest.raises(ValueError, match="emissivity"):
        THERMAL[name].start_commands(None, 1.5)
