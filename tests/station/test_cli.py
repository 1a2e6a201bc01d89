"""The command `station` as a person runs it: exit codes, one JSON object per line, one sentence on standard error."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from random import Random

import cv2
import pytest

from drivers.emulators.thermal import ThermalEmulator
from models.mrz_layout import MrzFormat
from models.specimens.frames import frame
from models.specimens.mrz_text import compose
from models.specimens.passport import draw_document
from models.specimens.people import invent, zone_lines
from station.certificates.issuing.hcert import Flaw, Subject, Vaccination, issue, make_issuer
from station.certificates.trust.files import write_bundle

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


def station(*arguments, given=None, expect=0):
    done = subprocess.run(
        [sys.executable, "-m", "station", *map(str, arguments)],
        input=given, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == expect, (done.returncode, done.stdout[-400:], done.stderr[-800:])
    return done


def rows(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def passport(tmp_path_factory):
    person = invent(Random(5), date(2026, 11, 20))
    zone = zone_lines(person)
    path = tmp_path_factory.mktemp("read") / "passport.jpg"
    shot = frame(draw_document(person, zone), Random(5), "easy", fill=(0.88, 0.92))
    cv2.imwrite(str(path), shot.pixels)
    return path, zone


def test_read_says_what_a_picture_holds(passport):
    path, zone = passport
    (row,) = rows(station("read", "--json", path))
    assert row["state"] in ("clean", "corrected")
    assert row["lines"] == list(zone)
    assert row["fields"]["issuing_state"] == "UTO"
    assert set(row) >= {"file", "format", "state", "lines", "fields", "checks", "confidence", "ms"}
    assert [len(line) for line in row["confidences"]] == [len(line) for line in row["lines"]]
    assert all(value == round(value, 3) for line in row["confidences"] for value in line)
    assert [len(line) > 0 for line in row["raw"]] == [True] * len(zone)
    assert (row["unconfirmed"], row["notes"], row["guidance"]) == ([], [], None)


def test_read_goes_on_after_garbage_and_says_so(passport, tmp_path):
    garbage = tmp_path / "garbage.jpg"
    garbage.write_bytes(b"\xff\xd8\xff" + bytes(range(256)) * 4)
    missing = tmp_path / "missing.png"
    done = station("read", "--json", garbage, passport[0], missing, expect=3)
    first, second, third = rows(done)
    assert first["error"]
    assert set(first) - {"error"} == set(second)
    assert second["state"] in ("clean", "corrected")
    assert "cannot be read" in third["error"]
    assert len(done.stderr.strip().splitlines()) == 2


def test_verify_one_by_one_from_standard_input_and_in_a_batch(tmp_path):
    issuer = make_issuer(b"cli", NOW)
    bundle = tmp_path / "trust.json"
    bundle.write_text(write_bundle(issuer.certificates(), NOW, test=True))
    who = Subject("Lindqvarn", "Maja", date(1991, 4, 17))
    good, expired, forged = (
        issue(issuer, who, Vaccination(date(2026, 8, 1)), NOW, "1", flaw)
        for flaw in (Flaw.NONE, Flaw.EXPIRED, Flaw.FORGED)
    )
    at = NOW.isoformat()
    (row,) = rows(station("verify", "--json", "--at", at, "--trust", bundle, good))
    assert (row["verdict"], row["holder"]["surname"]) == ("valid", "Lindqvarn")
    (row,) = rows(station("verify", "--json", "--at", at, "--trust", bundle, "-", given=expired, expect=1))
    assert (row["verdict"], row["reason"]) == ("invalid", "C-EXP")
    batch = tmp_path / "batch.jsonl"
    inputs = (good, expired, forged, "https://example.org/menu", "HC1:NCF")
    batch.write_text("\n".join(json.dumps({"input": i, "at": at, "trust": [str(bundle)]}) for i in inputs))
    answers = rows(station("verify", "--json", "--batch", batch))
    assert [a["verdict"] for a in answers] == ["valid", "invalid", "invalid", "undecided", "invalid"]
    batch.write_text('{"input": \n' + json.dumps({"input": good, "at": at, "trust": [str(bundle)]}))
    done = station("verify", "--json", "--batch", batch)
    assert [a["verdict"] for a in rows(done)] == ["undecided", "valid"], "a bad line does not stop a good one"
    assert "line 1" in done.stderr
    assert "There is no file" in station("verify", tmp_path / "missing.png", expect=3).stderr
    station("verify", "--batch", tmp_path / "missing.jsonl", expect=3)
    batch.write_text("no JSON\n{}\n" + json.dumps({"input": good}))
    (*unreadable, verdict, sentence, test) = station(
        "verify", "--batch", batch, "--at", at, "--trust", bundle
    ).stdout.splitlines()
    assert unreadable == ["no input: could not be examined"] * 2
    assert verdict.endswith(": hcert, valid (C-OK, step done)"), "what the line leaves out, the options give"
    assert "genuine" in sentence
    assert "tests only" in test
    assert "Lindqvarn" not in verdict + sentence
    station("verify", "--batch", batch, good, expect=2)
    station("verify", "--at", "yesterday", good, expect=2)


def test_verify_takes_any_bytes_from_standard_input():
    done = subprocess.run(
        [sys.executable, "-m", "station", "verify", "-"], input=b"\x1b[2J\xff\x00PK", capture_output=True, check=False
    )
    assert done.returncode == 1
    assert b"not judge" in done.stdout
    assert not {0x1B, 0} & set(done.stdout), "nothing that a terminal obeys"


def test_devices_watch_prints_one_object_per_reading():
    with ThermalEmulator(1, baud=115_200) as emulator:
        emulator.present(36.6)
        got = rows(station("devices", "watch", "--json", "--seconds", 2, "--port", emulator.path))
    assert len(got) >= 4
    keys = {"at", "device", "max_celsius", "ambient_celsius", "state", "frames_good", "frames_bad", "resyncs"}
    assert set(got[-1]) == keys
    assert 36 < got[-1]["max_celsius"] < 37.5


def test_a_missing_port_is_one_sentence(tmp_path):
    done = station("devices", "watch", "--json", "--seconds", 1, "--port", tmp_path / "nothing", expect=3)
    assert not done.stdout
    assert "Traceback" not in done.stderr


def test_rules_test_runs_the_sets_own_cases(tmp_path):
    (row,) = rows(station("rules", "test", "--json"))
    assert row["cases"] > 10
    assert row["failing"] == []
    broken = tmp_path / "x.json"
    broken.write_text("{}")
    assert "x.json" in station("rules", "test", broken, expect=3).stderr


def test_doctor_says_what_to_do(tmp_path):
    done = station("doctor", "--json", "--state", tmp_path / "new", expect=1)
    found = {row["what"]: row for row in rows(done)}
    assert found["models"]["good"]
    assert found["rules"]["good"]
    assert "enrol" in found["centre"]["sentence"]


def test_wrong_use_and_a_wrong_profile(tmp_path):
    station("reed", expect=2)
    done = station("kiosk", "--profile", "nowhere", expect=3)
    assert "choose one of demo" in done.stderr


@pytest.mark.parametrize("what", ["readable key", "taken port"])
def test_a_kiosk_that_cannot_start_says_one_sentence(tmp_path, what):
    import os
    import socket

    from station.journal.journal import Journal
    from station.journal.keys.file import create_key

    key = tmp_path / "keys" / "journal.key"
    create_key(key, os.urandom(32))
    Journal(tmp_path / "journal.db", bytes.fromhex(key.read_text()), "demo-1", lambda: NOW, os.urandom).close()
    port, expected = 0, ""
    with socket.socket() as taken:
        if what == "readable key":
            key.chmod(0o644)
            expected = "chmod 600"
        else:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port, expected = taken.getsockname()[1], "choose another"
        done = station("kiosk", "--state", tmp_path, "--port", port, "--camera", f"folder:{tmp_path}", expect=3)
    assert expected in done.stderr
    assert "Traceback" not in done.stderr


def test_a_zone_of_another_format_is_read_from_its_picture_too(tmp_path):
    person = invent(Random(9), date(2026, 11, 20))
    zone = compose(
        MrzFormat.TD1, document_code="I", issuing_state="UTO", surname="HALVAR", given_names="MAJA", number="UT1234567",
        nationality="UTO", birth=person.birth_date, sex="F", expiry=date(2033, 2, 3),
    )  # fmt: skip
    path = tmp_path / "card.png"
    cv2.imwrite(str(path), frame(draw_document(person, zone), Random(9), "easy", fill=(0.9, 0.94)).pixels)
    (row,) = rows(station("read", "--json", path))
    assert (row["format"], row["lines"]) == ("TD1", list(zone))
