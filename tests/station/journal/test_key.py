"""The key file of the journal across a power cut."""

import os

import pytest

from station.journal.errors import KeyLost, KeyRefused
from station.journal.keys.file import create_key, read_key

KEY = bytes(range(32))


def test_a_key_that_was_cut_short_is_no_key_file_at_all(tmp_path, monkeypatch):
    path = tmp_path / "keys" / "journal.key"

    def cut(_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", cut)
    with pytest.raises(KeyRefused, match="cannot be written"):
        create_key(path, KEY)
    monkeypatch.undo()
    with pytest.raises(KeyLost):
        read_key(path)
    assert create_key(path, KEY) == read_key(path) == KEY


def test_a_key_that_is_there_is_never_replaced(tmp_path):
    path = tmp_path / "journal.key"
    create_key(path, KEY)
    with pytest.raises(FileExistsError):
        create_key(path, bytes(32))
    assert read_key(path) == KEY
