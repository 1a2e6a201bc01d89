"""End to end: the centre is down, the station is killed twice, and everybody is at the EOC once, in order."""

import json
import shutil
import time

import pytest

from config.loader import load
from station.demonstration.batch import at_centre
from station.demonstration.house import PROFILE, House, people
from station.journal.journal import content
from station.journal.opening import open_reader
from station.paths import paths_of
from sync.centre.embedded import data_folder
from sync.facts import FactKind
from sync.sync_store import read_state


def wait(condition, seconds):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "not in time"
        time.sleep(0.1)


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path / "demo", refer_after=0.5)
    yield house
    house.stop()
    shutil.rmtree(data_folder(house.centre_state), ignore_errors=True)


@pytest.mark.parametrize("number", [5, pytest.param(50, marks=pytest.mark.slow)])
def test_centre_down_and_station_killed_twice(house, number):
    cast = people(number, 3, house.prepare())
    world = house.world(cast, 3)
    try:
        world.start()
        house.open()
        house.centre.stop()
        for traveller in cast:
            world.present(traveller.key)
        for at in (number // 3, 2 * number // 3):
            wait(lambda at=at: len(world.passages) > at and world.state().current, 60 * number)
            time.sleep(1.5)  # in the middle of the next visit
            house.kiosk.kill()
            house.sync.kill()
            house.kiosk.start()
            house.sync.start()
        wait(lambda: len(world.passages) == number, 60 * number)
        house.centre.start()
        house.centre.wait_ready()
        paths = paths_of(load(PROFILE, {"station": {"state": house.station_state}}))
        reader = open_reader(paths)
        head = reader.head()[0]
        wait(lambda: read_state(paths.sync, head, reader.journal).waiting == 0, 60)
    finally:
        world.stop()
    saved = [content(e) for e in reader.entries(0, 10_000) if e.kind is FactKind.SCREENING]
    assert reader.verify().broken_at is None
    reader.close()
    house.stop()
    ours = [row["screening"] for row in saved]
    assert at_centre(house, reader.journal) == ours, "the same set, each once, in the same order"
    assert len(ours) == len(set(ours)) == number
    numbers = [row["document"]["document_number"] for row in saved if row["document"]]
    expected = [t.person.document_number for t in cast if t.special != "torn_passport"]
    assert numbers == expected, json.dumps([p.outcome for p in world.passages])
