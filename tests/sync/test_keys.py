import os
import stat

import pytest

from sync.errors import KeyUnusable, SyncError
from sync.keys import (
    SIGN_FILE,
    decode,
    detached_is_good,
    encode,
    load_station_keys,
    make_or_load_signing_key,
    make_station_keys,
    public_bytes,
    sign_detached,
    write_private,
)


def test_keys_are_made_once_and_for_the_owner_only(tmp_path):
    folder = tmp_path / "keys"
    made = make_station_keys(folder)
    again = make_station_keys(folder)
    assert public_bytes(made.sign) == public_bytes(again.sign)
    assert public_bytes(made.receive) == public_bytes(again.receive)
    assert {p.stat().st_mode & 0o777 for p in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert "hidden" in repr(made)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_key_that_others_can_read_is_refused(tmp_path, mode):
    make_station_keys(tmp_path)
    (tmp_path / SIGN_FILE).chmod(mode)
    with pytest.raises(KeyUnusable, match="read by others"):
        load_station_keys(tmp_path)


def test_missing_torn_and_foreign_keys_are_named(tmp_path):
    with pytest.raises(KeyUnusable, match="enrol first"):
        load_station_keys(tmp_path)
    make_station_keys(tmp_path)
    path = tmp_path / SIGN_FILE
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(KeyUnusable, match="not a key file"):
        load_station_keys(tmp_path)
    path.write_bytes((tmp_path / "receive.key").read_bytes())
    with pytest.raises(KeyUnusable, match="not Ed25519"):
        load_station_keys(tmp_path)
    with pytest.raises(KeyUnusable, match="not an Ed25519"):
        make_or_load_signing_key(tmp_path / "receive.key")


def test_a_signature_for_one_purpose_does_not_serve_another(tmp_path):
    key = make_or_load_signing_key(tmp_path / "receipt.key")
    signature = sign_detached(key, "a", b"message")
    assert detached_is_good(key.public_key(), "a", b"message", signature)
    assert not detached_is_good(key.public_key(), "b", b"message", signature)
    assert not detached_is_good(key.public_key(), "a", b"messagE", signature)
    assert not detached_is_good(key.public_key(), "a", b"message", signature[:-1])


@pytest.mark.parametrize("raw", [b"", b"\xff", bytes(range(32))])
def test_base64url(raw):
    assert decode(encode(raw)) == raw


def test_base64url_refuses_other_letters():
    with pytest.raises(ValueError):  # noqa: PT011
        decode("ab+/")


@pytest.mark.parametrize("exclusive", [False, True])
def test_file_and_name_are_flushed_before_the_writer_returns(tmp_path, monkeypatch, exclusive):
    real, flushed = os.fsync, []

    def watching(descriptor):
        folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        flushed.append(("folder" if folder else "file", (tmp_path / "x").exists()))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", watching)
    write_private(tmp_path / "x", b"content", exclusive)
    assert flushed == [("file", False), ("folder", True)]
    assert (tmp_path / "x").read_bytes() == b"content"
    assert [p.name for p in tmp_path.iterdir()] == ["x"]
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("exclusive", [False, True])
def test_a_write_that_is_cut_short_leaves_what_was_there(tmp_path, monkeypatch, exclusive):
    def cut(_):
        raise OSError(28, "No space left on device")

    if not exclusive:
        write_private(tmp_path / "x", b"old")
    monkeypatch.setattr(os, "fsync", cut)
    with pytest.raises(SyncError, match="No space left"):
        write_private(tmp_path / "x", b"new", exclusive)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == ({} if exclusive else {"x": b"old"})


def test_a_file_that_is_there_stays_when_it_must_be_new(tmp_path):
    write_private(tmp_path / "x", b"old")
    with pytest.raises(FileExistsError):
        write_private(tmp_path / "x", b"new", exclusive=True)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"x": b"old"}
