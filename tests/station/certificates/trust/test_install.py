"""Our bundle as a folder: written, read, put in force whole or not at all, whatever is done to it."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from typer.testing import CliRunner

from station.certificates.errors import TrustRefused, TrustUnreadable
from station.certificates.issuing.hcert import make_issuer, make_signer
from station.certificates.keys import base64url, load_key, thumbprint
from station.certificates.result import EntryKind
from station.certificates.revocation.batches import Batch, Entry, HashKind, digest
from station.certificates.revocation.lists import Revoked, Subject
from station.certificates.revocation.store import RevocationStore
from station.certificates.trust import install as installing
from station.certificates.trust.bundle import Scheme, Signer
from station.certificates.trust.files import load
from station.certificates.trust.folder import load_folder, write_folder
from station.certificates.trust.importing import import_sources
from station.certificates.trust.install import current_of, install
from station.cli import app

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
DER = make_issuer(b"tests", NOW).trusted.certificate


def _signers(count: int = 3, test: bool = False) -> list[Signer]:
    """Signers whose certificates do not say that they are ours, so that a station may believe them."""
    made = [make_signer(b"%d" % number, f"S {number}", NOW, country="TH").trusted() for number in range(count)]
    plain = [replace(each, test=test, certificate=b"") for each in made]
    limited = replace(plain[0], kinds=frozenset({EntryKind.TEST}))
    card = replace(plain[-1], scheme=Scheme.SHC, issuer="https://a.example", kid=b"thumb", not_after=None)
    return [limited, *plain[1:], card]


def _bundle(folder: Path, version: int = 1, **other: Any) -> Path:
    signers = other.pop("signers", None) or _signers()
    given: dict[str, Any] = {"created_at": NOW, "dates": {Scheme.SHC: NOW - timedelta(days=40)}} | other
    write_folder(folder, signers, version=version, **given)
    return folder


def test_written_and_read(tmp_path: Path) -> None:
    found = load_folder(_bundle(tmp_path / "b", 7, sources=["list.json"]))
    assert [each for group in found.signers.values() for each in group] == _signers()
    assert (found.version, found.sources) == (7, ("list.json",))
    assert found.age(NOW, Scheme.SHC) == timedelta(days=40)
    assert found.age(NOW, Scheme.HCERT) == timedelta()
    assert found.age(NOW) == timedelta(days=40), "as old as its oldest list"
    assert found.age(NOW, Scheme.DIVOC) is None
    assert found.find(b"thumb", Scheme.SHC, "https://a.example")
    assert not found.find(b"thumb", Scheme.SHC, "https://b.example")
    assert not found.find(b"thumb")


def test_newer_replaces_older(tmp_path: Path) -> None:
    folder = tmp_path / "trust"
    first = install(folder, _bundle(tmp_path / "1"), now=NOW)
    assert (first.version, first.changed, first.signers) == (1, True, {Scheme.HCERT: 3, Scheme.SHC: 1})
    assert not install(folder, tmp_path / "1", now=NOW).changed
    assert load([folder]).version == 1
    second = install(folder, _bundle(tmp_path / "2", 2, signers=_signers(5)), now=NOW)
    assert second.version == 2
    assert len(load([folder])) == 6
    install(folder, _bundle(tmp_path / "3", 3), now=NOW)
    assert sorted(each.name[:13] for each in folder.glob("bundle-*")) == ["bundle-000002", "bundle-000003"]
    for old in (1, 2, 3):
        with pytest.raises(TrustUnreadable, match="give a newer one"):
            install(folder, _bundle(tmp_path / f"again{old}", old, signers=_signers(9)), now=NOW)
    assert load([folder]).version == 3


def test_broken_bundles_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "trust"
    install(folder, _bundle(tmp_path / "1"), now=NOW)
    good = _bundle(tmp_path / "2", 2)
    damages: list[tuple[str, Callable[[bytes], bytes] | None]] = [
        ("hcert.json", lambda data: data + b" "),
        ("hcert.json", lambda data: data[:100]),
        ("manifest.json", lambda data: data[:-5]),
        ("manifest.json", lambda data: data.replace(b"daan-trust-2", b"daan-trust-9")),
        ("manifest.json", lambda data: data.replace(b'"hcert.json"', b'"../hcert.json"')),
        ("manifest.json", lambda data: data.replace(b'"version": 2', b'"version": 0')),
        ("hcert.json", None),
        ("manifest.json", None),
    ]
    for number, (name, change) in enumerate(damages):
        bad = tmp_path / f"bad{number}"
        shutil.copytree(good, bad)
        if change is None:
            (bad / name).unlink()
        else:
            (bad / name).write_bytes(change((bad / name).read_bytes()))
        with pytest.raises(TrustUnreadable):
            install(folder, bad, now=NOW)
        assert load([folder]).version == 1
    assert not list(folder.glob(".*"))
    write_folder(tmp_path / "empty", [], version=9, created_at=NOW, dates={})
    with pytest.raises(TrustUnreadable, match="no signer"):
        install(folder, tmp_path / "empty", now=NOW)


def test_signers_must_be_what_their_certificates_say(tmp_path: Path) -> None:
    signer = make_issuer(b"tests", NOW).tests_only.trusted()
    for change in (
        {"kinds": frozenset(EntryKind)},
        {"key": _signers()[1].key},
        {"not_after": NOW},
        {"kid": b"12345678"},
    ):
        folder = tmp_path / next(iter(change))
        write_folder(folder, [replace(signer, **change)], version=1, created_at=NOW, dates={}, test=True)
        with pytest.raises(TrustUnreadable, match="not what its certificate says"):
            install(tmp_path / "trust", folder, now=NOW, allow_test=True)


def test_test_keys_stay_outside(tmp_path: Path) -> None:
    marked = _bundle(tmp_path / "marked", signers=_signers(test=True))
    declared = _bundle(tmp_path / "declared", test=True)
    # RFC 7515, A.3: a key whose private half is in the text, under an innocent name.
    x = 0x7FCDCE2770F6C45D4183CBEE6FDB4B7B580733357BE9EF13BACF6E3C7BD15445
    y = 0xC7F144CD1BBD9B7E872CDFEDB9EEB9F4B3695D6EA90B24AD8A4623288588E5AD
    spki = (
        bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
        + x.to_bytes(32, "big")
        + y.to_bytes(32, "big")
    )
    known = _bundle(tmp_path / "known", signers=[Signer(b"innocent", load_key(spki), "TH", "Ministry")])
    # A demonstration's certificate, and nothing beside it that says so.
    quiet = replace(make_issuer(b"tests", NOW).trusted.trusted(), test=False)
    unmarked = _bundle(tmp_path / "unmarked", signers=[quiet])
    for source in (marked, declared, known, unmarked):
        with pytest.raises(TrustRefused, match="demonstration"):
            install(tmp_path / "trust", source, now=NOW)
        with pytest.raises(TrustRefused, match="demonstration"):
            load([source])
        assert all(each.test for group in load([source], allow_test=True).signers.values() for each in group)
    assert current_of(tmp_path / "trust") is None


class _Cut(Exception):
    """The power goes."""


_STEPS = ("fsync", "rename", "replace", "symlink", "open", "rmdir", "unlink", "mkdir")


@pytest.mark.parametrize("first_time", [True, False])
def test_power_cut_at_any_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first_time: bool) -> None:
    """The n-th change of the file system never happens, for every n: what is in force is one whole bundle."""
    source = _bundle(tmp_path / "new", 2, signers=_signers(6))
    seen: set[int | None] = set()
    for cut in range(100):
        folder = tmp_path / f"trust{cut}"
        if not first_time:
            install(folder, _bundle(tmp_path / f"old{cut}"), now=NOW)
        count = 0

        def spoil(name: str, cut: int = cut) -> Any:
            real = getattr(os, name)

            def stepping(*given: Any, **named: Any) -> Any:
                nonlocal count
                count += 1
                if count > cut:
                    raise _Cut
                return real(*given, **named)

            return stepping

        with monkeypatch.context() as patch:
            for name in _STEPS:
                patch.setattr(os, name, spoil(name))
            try:
                install(folder, source, now=NOW)
                done = True
            except _Cut:
                done = False
        held = load([folder]).version if folder.exists() else None
        assert held in ({None, 2} if first_time else {1, 2})
        seen.add(held)
        # And the next attempt goes through, whatever is lying about.
        assert install(folder, source, now=NOW).version == 2
        assert load([folder]).version == 2
        if done:
            break
    assert done
    assert seen == ({None, 2} if first_time else {1, 2})


def test_import_keeps_other_schemes(tmp_path: Path) -> None:
    folder = tmp_path / "trust"
    install(folder, _bundle(tmp_path / "1"), now=NOW)
    listed = tmp_path / "divoc.json"
    key = json.loads((tmp_path / "1/hcert.json").read_bytes())["signers"][0]["key"]
    listed.write_text(json.dumps({"divoc_keys": [{"id": "did:x", "public_key": key}]}))
    os.utime(listed, (NOW.timestamp() - 3 * 86400,) * 2)
    report = import_sources([str(listed)], folder, now=NOW)
    assert report.installed is not None
    assert report.installed.signers == {Scheme.HCERT: 3, Scheme.SHC: 1, Scheme.DIVOC: 1}
    believed = load([folder])
    assert believed.version == 2
    assert believed.age(NOW, Scheme.SHC) == timedelta(days=40)
    assert believed.age(NOW, Scheme.DIVOC) == timedelta(days=3)
    # A list of the same scheme replaces, it does not add.
    listed.write_text(json.dumps({"divoc_keys": [{"id": "did:y", "public_key": key}]}))
    import_sources([str(listed)], folder, now=NOW)
    assert [each.kid for each in load([folder]).of_scheme(Scheme.DIVOC)] == [b"did:y"]


def test_import_of_a_cards_key_without_its_issuer_changes_nothing(tmp_path: Path) -> None:
    """Such a key is no state's: it must not push the list of states' signers out, nor stand in it."""
    folder = tmp_path / "trust"
    install(folder, _bundle(tmp_path / "b"), now=NOW)
    key = _signers()[0].key
    assert isinstance(key, ec.EllipticCurvePublicKey)
    point = key.public_numbers()
    x, y = (base64url(number.to_bytes(32, "big")) for number in (point.x, point.y))
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps({"keys": [{"kty": "EC", "crv": "P-256", "kid": thumbprint(key), "x": x, "y": y}]}))
    with pytest.raises(TrustUnreadable, match="ADDRESS=FILE"):
        import_sources([str(path)], folder, now=NOW)
    assert len(load([folder]).of_scheme(Scheme.HCERT)) == 3
    report = import_sources([f"https://b.example={path}"], folder, now=NOW)
    assert report.installed is not None
    (card,) = load([folder]).of_scheme(Scheme.SHC)
    assert card.issuer == "https://b.example"
    assert len(load([folder]).of_scheme(Scheme.HCERT)) == 3


def test_import_leaves_out_and_refuses(tmp_path: Path) -> None:
    folder = tmp_path / "trust"
    certificate = tmp_path / "signer.der"
    certificate.write_bytes(DER)
    with pytest.raises(TrustUnreadable, match="known test key"):
        import_sources([str(certificate)], folder, now=NOW)
    assert not folder.exists()
    done = import_sources([str(certificate)], folder, now=NOW, allow_test=True).installed
    assert done is not None
    assert load([folder], allow_test=True).find(make_issuer(b"tests", NOW).trusted.kid)
    for name, content in (("text", b"hello"), ("empty.json", b"{}"), ("shape.json", b"[[]]")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(TrustUnreadable, match="none that this station knows"):
            import_sources([str(tmp_path / name)], folder, now=NOW)
    with pytest.raises(TrustUnreadable, match="correct the path"):
        import_sources([str(tmp_path / "missing")], folder, now=NOW)
    bundle_beside = [str(_bundle(tmp_path / "b", 5)), str(certificate)]
    with pytest.raises(TrustUnreadable, match="alone"):
        import_sources(bundle_beside, folder, now=NOW, allow_test=True)
    with pytest.raises(TrustRefused):
        import_sources([str(_bundle(tmp_path / "t", 9, test=True))], folder, now=NOW)


def test_revocations_come_with_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "trust"
    listed = tmp_path / "crl.json"
    listed.write_text(json.dumps({"kid": "k", "method": "rid", "ctr": 1, "rids": ["abc"]}))
    report = import_sources([f"https://a.example={listed}"], folder, now=NOW)
    assert (report.installed, report.revoked) == (None, 1)
    install(folder, _bundle(tmp_path / "1"), now=NOW)
    believed = load([folder])
    card = Subject("shc", b"k", identifiers=("abc",), issuer="https://a.example", issued_at=NOW)
    assert believed.revocations.status(card) is Revoked.YES
    assert len(believed) == 4
    # A store by itself, and loose files beside what is installed.
    assert load([folder / installing.REVOCATIONS]).revocations.status(card) is Revoked.YES
    (folder / "extra.json").write_text(json.dumps({"divoc_keys": []}))
    (folder / "signer.pem").write_bytes(DER)
    with pytest.raises(TrustRefused):
        load([folder])
    writer = RevocationStore(folder / installing.REVOCATIONS, create=True)
    entry = Entry(digest(b"def"))
    writer.put([Batch("b", "shc", HashKind.RID, b"k", "https://a.example", entries=(entry,))], created_at=NOW)
    assert believed.revocations.status(replace(card, identifiers=("def",))) is Revoked.YES, "seen without a restart"


def test_command(tmp_path: Path) -> None:
    runner = CliRunner()
    listed = tmp_path / "divoc.json"
    key = json.loads((_bundle(tmp_path / "1") / "hcert.json").read_bytes())["signers"][0]["key"]
    listed.write_text(json.dumps({"divoc_keys": [{"id": "did:x", "public_key": key, "country": "IN"}, {}]}))
    folder = str(tmp_path / "trust")
    done = runner.invoke(app, ["trust", "import", str(listed), "--into", folder, "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["signers"] == {"divoc": 1}
    assert sum(json.loads(done.output)["left_out"].values()) == 1
    said = runner.invoke(app, ["trust", "show", folder])
    assert "divoc: 1 signers, 0 days old, 0 expired, 0 for tests" in said.output
    assert "IN 1" in said.output
    assert "version 1" in said.output
    row = json.loads(runner.invoke(app, ["trust", "show", folder, "--json"]).output)
    assert row["schemes"][0]["countries"] == {"IN": 1}
