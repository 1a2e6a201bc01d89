"""The sealed export of a station that is taken out of service, and how the ledger takes it."""

import io
import json
from datetime import UTC, datetime

import pytest

from station.journal.errors import ExportRefused
from station.journal.export import export
from sync.centre.registry import Registry
from sync.centre.sealed import seal_key, take_export
from sync.errors import ExportUnreadable
from sync.keys import public_bytes
from sync.sealed import open_batches, read_manifest
from sync.sync_store import Progress, SyncStore

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


NOTHING = Progress()


def written(kiosk, eoc, name="out.daan", held=NOTHING):
    path, to = kiosk.folder / name, public_bytes(seal_key(eoc.settings.state))
    return path, export(path, kiosk.journal, held, to, kiosk.enrolled.keys.sign, NOW, sealed=False)


def taken(path, eoc):
    return take_export(path, seal_key(eoc.settings.state), eoc.centre.database, eoc.clock())


def sequences(eoc):
    return [row[0] for row in eoc.rows("SELECT sequence FROM ledger_key ORDER BY sequence")]


def test_an_export_brings_what_the_wire_did_not_and_a_repeat_changes_nothing(eoc, kiosk):
    kiosk.journal.add(700)
    kiosk.uplink(entries=300).drain()
    kiosk.journal.add(600)
    kiosk.journal.add(3, alert=True)
    held = SyncStore(kiosk.state).progress(kiosk.journal.journal)
    path, told = written(kiosk, eoc, held=held)
    assert (told.entries, told.first, told.last, told.batches) == (603, 701, 1303, 2)
    assert path.stat().st_mode & 0o077 == 0
    done = taken(path, eoc)
    assert (done.entries, done.fresh, done.parked, done.watermark) == (603, 603, 0, 1303)
    again = taken(path, eoc)
    assert (again.entries, again.fresh, again.watermark) == (603, 0, 1303)
    assert sequences(eoc) == list(range(1, 1304))
    everything, told = written(kiosk, eoc, "all.daan")
    assert (told.entries, taken(everything, eoc).fresh) == (1303, 0)


def test_a_revoked_station_loses_no_record(eoc, kiosk):
    kiosk.journal.add(10)
    path, _ = written(kiosk, eoc)
    Registry(eoc.centre.database).revoke("demo-1", eoc.clock())
    assert taken(path, eoc).fresh == 10


def test_nothing_of_a_traveller_can_be_read_from_the_file(eoc, kiosk):
    kiosk.journal.add(20)
    path, _ = written(kiosk, eoc)
    raw = path.read_bytes()
    for entry in kiosk.journal.entries(0, 20):
        for word in ("surname", "number", "birth_date"):
            assert json.loads(entry.payload)["document"][word].encode() not in raw
        assert entry.salt not in raw


def test_a_file_that_was_changed_cut_or_is_for_another_centre_is_refused(eoc, kiosk, tmp_path):
    kiosk.journal.add(1200)
    path, _ = written(kiosk, eoc)
    lines = path.read_text().splitlines(keepends=True)
    assert len(lines) == 4
    wrong = tmp_path / "wrong.daan"
    bad = {
        "no manifest": lines[:-1],
        "a batch is missing": [lines[0], *lines[2:]],
        "the order": [lines[1], lines[0], *lines[2:]],
        "cut in a line": [*lines[:-1], lines[-1][:-20]],
        "a letter": [lines[0][:500] + ("A" if lines[0][500] != "A" else "B") + lines[0][501:], *lines[1:]],
        "another station": [*lines[:-1], lines[-1].replace('"demo-1"', '"demo-2"')],
        "fewer entries": [*lines[:-1], lines[-1].replace('"entries":1200', '"entries":1199')],
        "nothing": [],
        "rubbish": ["rubbish\n"],
    }
    for what, text in bad.items():
        wrong.write_text("".join(text))
        with pytest.raises(ExportUnreadable):
            taken(wrong, eoc)
        assert sequences(eoc) == [], what
    other = seal_key(tmp_path / "other-centre")
    with pytest.raises(ExportUnreadable, match="another centre"):
        take_export(path, other, eoc.centre.database, eoc.clock())
    with pytest.raises(ExportRefused, match="another name"):
        written(kiosk, eoc)
    assert taken(path, eoc).fresh == 1200


def test_a_stranger_cannot_write_an_export_in_a_stations_name(eoc, kiosk):
    stranger = eoc.enrol("demo-2")
    kiosk.journal.add(5)
    path = kiosk.folder / "forged.daan"
    to = public_bytes(seal_key(eoc.settings.state))
    export(path, kiosk.journal, Progress(), to, stranger.enrolled.keys.sign, NOW, sealed=False)
    with pytest.raises(ExportUnreadable, match="not signed by a key of demo-1"):
        taken(path, eoc)


def test_the_manifest_tells_only_counts(eoc, kiosk):
    kiosk.journal.add(3)
    path, told = written(kiosk, eoc)
    with path.open() as file:
        manifest, _ = read_manifest(file)
        assert manifest == told
        file.seek(0)
        assert len(list(open_batches(file, seal_key(eoc.settings.state)))) == 1
    with pytest.raises(ExportUnreadable):
        read_manifest(io.StringIO(""))


def test_a_conflicting_entry_is_parked_as_on_the_wire(eoc, kiosk):
    kiosk.journal.add(3)
    kiosk.uplink().drain()
    other = type(kiosk.journal)("demo-1", seed=99)
    other._journal = kiosk.journal.journal
    other.add(3)
    path = kiosk.folder / "conflict.daan"
    to = public_bytes(seal_key(eoc.settings.state))
    export(path, other, Progress(), to, kiosk.enrolled.keys.sign, NOW, sealed=False)
    done = taken(path, eoc)
    assert (done.fresh, done.parked) == (0, 3)
