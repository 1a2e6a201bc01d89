"""Key sources: sealed to a TPM, locked by a passphrase, a bare file; and the change from one key to another."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from damage import KEY, NOON, paths_in

from station.journal.errors import JournalBusy, KeyLocked, KeyLost, KeyRefused, PassphraseWrong
from station.journal.journal import Journal
from station.journal.keys.changing import change, unlock
from station.journal.keys.credential import NAME, CredentialSource
from station.journal.keys.file import FileSource, create_key, read_key
from station.journal.keys.passphrase import PassphraseSource, passphrase_file
from station.journal.keys.rotation import opening, rotate
from station.journal.keys.source import Seal, keys_of
from station.journal.opening import open_for_writing, open_reader
from sync.facts import FactKind, Priority

WORDS = "four invented words here"


@pytest.fixture
def paths(tmp_path):
    made = paths_in(tmp_path)
    create_key(made.journal_key, KEY)
    fill(made, 30)
    return made


def fill(paths, count):
    book = open_for_writing(paths, "demo-1", lambda: NOON).journal
    for n in range(count):
        book.append(FactKind.SCREENING, Priority.NORMAL, {"n": n, "filler": "z" * 3000})
    book.close()


def count(paths):
    reader = open_reader(paths)
    found = reader.verify()
    reader.close()
    assert found.holds
    return found.entries


def test_a_bare_file_is_unsealed_and_says_so(paths):
    found = keys_of(paths)
    assert (found.seal, found.sealed) == (Seal.NONE, False)
    assert KEY.hex() not in repr(found)
    assert str(KEY) not in repr(found)


def test_a_passphrase_locks_the_journal_until_a_supervisor_enters_it(paths, tmp_path):
    change(paths, keys_of(paths), Seal.PASSPHRASE, WORDS)
    assert not paths.journal_key.exists(), "no bare key is left"
    assert (keys_of(paths).seal, keys_of(paths).sealed) == (Seal.PASSPHRASE, True)
    assert count(paths) == 31
    with pytest.raises(KeyLost):
        opening(paths.journal, [KEY])
    for file in tmp_path.rglob("*"):
        if file.is_file() and "run" not in file.parts:
            raw = file.read_bytes()
            assert WORDS.encode() not in raw
            assert read_key(paths.journal_unlocked) not in raw
            assert read_key(paths.journal_unlocked).hex().encode() not in raw
    paths.journal_unlocked.unlink()  # as after a power cut
    with pytest.raises(KeyLocked, match="station journal unlock"):
        open_for_writing(paths, "demo-1", lambda: NOON)
    assert not list(tmp_path.glob("journal-unreadable-*")), "a locked journal is never set aside"
    with pytest.raises(PassphraseWrong, match="type it again"):
        unlock(paths, WORDS.upper())
    unlock(paths, WORDS)
    assert paths.journal_unlocked.stat().st_mode & 0o077 == 0
    assert count(paths) == 31


def test_a_short_passphrase_and_a_damaged_file_are_refused_in_clear_sentences(paths):
    with pytest.raises(KeyRefused, match="longer"):
        change(paths, keys_of(paths), Seal.PASSPHRASE, "short")
    assert count(paths) == 31
    source = PassphraseSource(passphrase_file(paths.journal_key), WORDS, os.urandom)
    with pytest.raises(KeyLost, match="put it back"):
        source.read()
    source.write([KEY])
    assert source.read() == (KEY,)
    assert WORDS not in repr(source)
    passphrase_file(paths.journal_key).write_text('{"passes": 3}')
    with pytest.raises(KeyRefused, match="put it back"):
        source.read()


def test_a_station_may_begin_with_a_passphrase(tmp_path):
    paths = paths_in(tmp_path)
    change(paths, None, Seal.PASSPHRASE, WORDS)
    fill(paths, 3)
    assert count(paths) == 4
    assert not paths.journal_key.exists()


def test_rotation_gives_a_new_key_and_wants_the_kiosk_stopped(paths):
    old = paths.journal.read_bytes()
    book = open_for_writing(paths, "demo-1", lambda: NOON).journal
    with pytest.raises(JournalBusy):
        change(paths, keys_of(paths), Seal.NONE)
    book.close()
    change(paths, keys_of(paths), Seal.NONE)
    assert read_key(paths.journal_key) != KEY
    assert len(FileSource(paths.journal_key).read()) == 1
    assert count(paths) == 31
    new = paths.journal.read_bytes()
    pages = {old[n : n + 4096] for n in range(0, len(old), 4096)}
    assert not pages & {new[n : n + 4096] for n in range(0, len(new), 4096)}, "no page is left under the old key"
    with pytest.raises(KeyLost):
        opening(paths.journal, [KEY])
    fill(paths, 2)
    assert count(paths) == 33


def test_rotating_under_a_passphrase_wants_the_right_one(paths):
    change(paths, keys_of(paths), Seal.PASSPHRASE, WORDS)
    first = read_key(paths.journal_unlocked)
    with pytest.raises(PassphraseWrong):
        change(paths, keys_of(paths), Seal.PASSPHRASE, "another long passphrase")
    change(paths, keys_of(paths), Seal.PASSPHRASE, WORDS)
    assert read_key(paths.journal_unlocked) != first
    paths.journal_unlocked.unlink()
    unlock(paths, WORDS)
    assert count(paths) == 31


def test_a_rotation_that_is_killed_anywhere_leaves_a_journal_that_opens(tmp_path):
    paths, rng, unchanged, changed = paths_in(tmp_path), random.Random(3), 0, 0
    create_key(paths.journal_key, KEY)
    fill(paths, 400)
    for _ in range(18):
        before = opening(paths.journal, FileSource(paths.journal_key).read())
        child = os.fork()
        if child == 0:
            try:
                rotate(paths.journal, FileSource(paths.journal_key).read(), FileSource(paths.journal_key), os.urandom)
            finally:
                os._exit(0)
        time.sleep(rng.uniform(0.0, 0.06))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        kept = FileSource(paths.journal_key).read()
        after = opening(paths.journal, kept)
        assert after in kept
        unchanged, changed = unchanged + (after == before), changed + (after != before)
        assert count(paths) == 401
    assert unchanged, "some were cut off before the file was under its new key"
    opened = open_for_writing(paths, "demo-1", lambda: NOON)
    assert (opened.trouble, opened.journal.head()[0]) == ("", 401)
    opened.journal.close()


@pytest.fixture
def tpm(tmp_path, monkeypatch):
    """The address of an emulated TPM 2.0."""
    for program in ("swtpm", "systemd-creds"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed: apt-get install swtpm systemd")
    folder = tmp_path / "tpm"
    folder.mkdir()
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
        two.bind(("127.0.0.1", port + 1))
    process = subprocess.Popen(
        [
            "swtpm", "socket", "--tpm2", "--tpmstate", f"dir={folder}", "--flags", "not-need-init,startup-clear",
            "--server", f"type=tcp,port={port}", "--ctrl", f"type=tcp,port={port + 1}",
        ],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port + 1)) == 0:
                break
        time.sleep(0.05)
    yield f"swtpm:host=127.0.0.1,port={port}"
    process.terminate()
    process.wait(10)


def test_a_key_sealed_to_the_tpm_opens_the_journal_in_the_service_only_with_it(paths, tmp_path, tpm, monkeypatch):
    sealed = tmp_path / "credstore" / NAME
    store = CredentialSource(sealed, None, tpm)
    new = rotate(paths.journal, keys_of(paths).keys, store, os.urandom)
    FileSource(paths.journal_key).remove()
    raw = sealed.read_bytes()
    assert new not in raw
    assert new.hex().encode() not in raw
    assert store.read() == (new,)
    handed = tmp_path / "credentials"  # what systemd does for a unit with LoadCredentialEncrypted=
    handed.mkdir()
    (handed / NAME).write_bytes(
        subprocess.run(
            ["systemd-creds", "decrypt", f"--tpm2-device={tpm}", f"--name={NAME}", str(sealed), "-"],
            check=True, capture_output=True,
        ).stdout
    )  # fmt: skip
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(handed))
    found = keys_of(paths)
    assert (found.seal, found.sealed, found.keys) == (Seal.TPM, True, (new,))
    assert count(paths) == 31
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    with pytest.raises(KeyLost):
        keys_of(paths)


def test_a_sealed_key_without_its_tpm_says_what_to_do(tmp_path, tpm):
    sealed = tmp_path / NAME
    CredentialSource(sealed, None, tpm).write([KEY])
    if Path("/dev/tpmrm0").exists():
        pytest.skip("this computer has a TPM of its own")
    with pytest.raises(KeyRefused, match="has-tpm2"):
        CredentialSource(sealed).read()
    with pytest.raises(KeyRefused, match="credential"):
        CredentialSource(None).write([KEY])


def test_two_keys_are_held_while_one_replaces_the_other(tmp_path):
    path = tmp_path / "journal.key"
    FileSource(path).write([KEY, bytes(32)])
    assert FileSource(path).read() == (KEY, bytes(32))
    Journal(tmp_path / "journal.db", KEY, "demo-1", lambda: NOON, os.urandom).close()
    assert opening(tmp_path / "journal.db", FileSource(path).read()) == KEY
    path.write_text((KEY.hex() + "\n") * 3)
    path.chmod(0o600)
    with pytest.raises(KeyRefused, match="64 hexadecimal"):
        FileSource(path).read()
