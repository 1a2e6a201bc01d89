"""Enrolment against a real centre."""

import json
from datetime import timedelta

import pytest
from conftest import now
from enrolled import enrol, load

from sync.enrolment import ask, check_address, check_answer, read_package, read_request
from sync.errors import CentreRefused, CentreUnreachable, EnrolmentFailed
from sync.keys import make_station_keys, public_bytes


def test_a_station_enrols_and_remembers(eoc, tmp_path):
    folder = tmp_path / "keys"
    made = enrol(eoc.package("demo-1"), folder, now)
    assert (made.station, made.checkpoint, made.centre.url) == ("demo-1", "demo", eoc.address)
    again = load(folder)
    assert public_bytes(again.keys.sign) == public_bytes(made.keys.sign)
    assert eoc.rows("SELECT sign_key FROM station_key") == [(public_bytes(made.keys.sign),)]
    code = json.loads((tmp_path / "demo-1.enrol.json").read_text())["code"]
    assert code not in repr(eoc.rows("SELECT * FROM enrolment"))
    assert code not in repr(read_package(tmp_path / "demo-1.enrol.json"))


def test_a_code_serves_once_but_a_lost_answer_can_be_asked_again(eoc, tmp_path):
    package = eoc.package("demo-1")
    enrol(package, tmp_path / "a", now)
    enrol(package, tmp_path / "a", now)
    with pytest.raises(CentreRefused, match="enrolment is refused") as refused:
        enrol(package, tmp_path / "b", now)
    assert (refused.value.status, refused.value.kind) == (403, "enrolment-refused")
    assert eoc.rows("SELECT count(*) FROM station_key") == [(1,)]


def test_a_new_package_replaces_the_old_code_and_then_the_old_key(eoc, tmp_path):
    first = eoc.package("demo-1")
    old = tmp_path / "old.json"
    old.write_bytes(first.read_bytes())
    old.chmod(0o600)
    second = eoc.package("demo-1")
    with pytest.raises(CentreRefused):
        enrol(old, tmp_path / "a", now)
    enrol(second, tmp_path / "a", now)
    kiosk = eoc.enrol("demo-1")
    active = eoc.rows("SELECT sign_key FROM station_key WHERE retired_at IS NULL")
    assert active == [(public_bytes(kiosk.enrolled.keys.sign),)]


def test_an_expired_code_is_refused_by_both_sides(eoc, tmp_path):
    package = eoc.package("demo-1", at=now() - timedelta(hours=25))
    with pytest.raises(EnrolmentFailed, match="expired"):
        enrol(package, tmp_path / "a", now)
    with pytest.raises(CentreRefused):
        enrol(package, tmp_path / "a", lambda: now() - timedelta(hours=3))


@pytest.mark.parametrize("change", [{"station": "demo-2"}, {"code": "AAAAAAAAAAAAAAAAAAAAAA"}, {"station": "unknown"}])
def test_a_code_serves_its_station_only(eoc, tmp_path, change):
    eoc.package("demo-2")
    package = eoc.package("demo-1")
    package.write_text(json.dumps({**json.loads(package.read_text()), **change}))
    with pytest.raises(CentreRefused):
        enrol(package, tmp_path / "a", now)
    assert eoc.rows("SELECT count(*) FROM station_key") == [(0,)]


def test_the_proof_covers_the_keys(eoc, tmp_path):
    package = read_package(eoc.package("demo-1"))
    mine, thief = make_station_keys(tmp_path / "a"), make_station_keys(tmp_path / "b")
    asked, stolen = json.loads(ask(package, mine, now())), json.loads(ask(package, thief, now()))
    for name in ("sign_key", "receive_key", "signature"):
        with pytest.raises(EnrolmentFailed):
            read_request(json.dumps({**asked, name: stolen[name]}).encode())
    for junk in (b"", b"[]", b"{}", b'{"station":1}', json.dumps({**asked, "receive_key": "AA"}).encode()):
        with pytest.raises(EnrolmentFailed):
            read_request(junk)


def test_the_answer_must_be_the_centres(eoc, tmp_path):
    package, keys = read_package(eoc.package("demo-1")), make_station_keys(tmp_path / "a")
    with pytest.raises(CentreUnreachable):
        check_answer(b"<html>portal</html>", package, keys)
    forged = {"enrolment": {"station": "demo-1", "sign_key": "x"}, "signature": "AAAA"}
    with pytest.raises(EnrolmentFailed):
        check_answer(json.dumps(forged).encode(), package, keys)


@pytest.mark.parametrize(
    ("address", "ca", "good"),
    [
        ("http://127.0.0.1:8700", None, True),
        ("http://localhost:8700", None, True),
        ("http://eoc.example", None, False),
        ("http://127.0.0.1.evil.example", None, False),
        ("https://eoc.example", None, False),
        ("https://eoc.example", "PEM", True),
        ("ftp://eoc.example", "PEM", False),
    ],
)
def test_records_never_go_in_the_clear(address, ca, good):
    if good:
        check_address(address, ca)
    else:
        with pytest.raises(EnrolmentFailed):
            check_address(address, ca)


def test_a_missing_or_torn_package_is_named(tmp_path):
    with pytest.raises(EnrolmentFailed, match="copy it"):
        read_package(tmp_path / "none.json")
    (tmp_path / "torn.json").write_text('{"station": "demo-1"')
    with pytest.raises(EnrolmentFailed, match="not an enrolment package"):
        read_package(tmp_path / "torn.json")
