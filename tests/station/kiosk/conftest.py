"""What the tests of the screens share: the gallery beside this file, its pictures, and a served kiosk."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from kiosk_in_memory import LaneInMemory, Pictures, Served, kiosk


@pytest.fixture(scope="session")
def pictures() -> Pictures:
    return Pictures()


@pytest.fixture
def lane(pictures: Pictures) -> LaneInMemory:
    return LaneInMemory(pictures)


@pytest.fixture
def served(lane: LaneInMemory) -> Iterator[Served]:
    served = Served(kiosk(lane))
    yield served
    served.stop()
