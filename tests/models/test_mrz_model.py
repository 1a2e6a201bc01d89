"""The weights file, its sidecar, and what is refused."""

import shutil

import numpy as np
import pytest

from models.errors import ModelMismatch, ModelMissing
from models.manifest import read_sidecar
from models.mrz_layout import ALPHABET
from models.mrz_reader import SIDECAR, WEIGHTS, MrzReader
from models.session import LineSession


@pytest.fixture
def folder(tmp_path):
    for path in WEIGHTS.glob("mrz_reader.*"):
        shutil.copy(path, tmp_path)
    return tmp_path


def test_the_committed_weights_load_and_answer():
    session = LineSession.load(WEIGHTS / SIDECAR)
    answer = session.run(np.full((3, 32, 640), 200, np.uint8))
    assert answer.shape == (3, 160, 38)
    assert np.allclose(np.exp(answer).sum(axis=2), 1, atol=1e-3)
    assert session.sidecar.alphabet == ALPHABET
    assert session.sidecar.measured["characters"] > 0.9


def test_missing_files_are_named(folder):
    (folder / "mrz_reader.onnx").unlink()
    with pytest.raises(ModelMissing, match=r"mrz_reader\.onnx"):
        MrzReader.load(folder)
    (folder / SIDECAR).unlink()
    with pytest.raises(ModelMissing, match=r"mrz_reader\.toml"):
        MrzReader.load(folder)


def test_other_weights_are_refused(folder):
    weights = folder / "mrz_reader.onnx"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ModelMismatch, match="not those of the sidecar"):
        MrzReader.load(folder)


def test_garbage_with_a_right_digest_is_refused(folder):
    import hashlib

    (folder / "mrz_reader.onnx").write_bytes(b"garbage")
    sidecar = folder / SIDECAR
    old = read_sidecar(sidecar).sha256
    sidecar.write_text(sidecar.read_text().replace(old, hashlib.sha256(b"garbage").hexdigest()))
    with pytest.raises(ModelMismatch, match="do not load"):
        MrzReader.load(folder)


@pytest.mark.parametrize("text", ["", "name = ", "name = 'x'\ninput = [1]", "input = 3", "\x00"])
def test_a_broken_sidecar_is_refused(folder, text):
    (folder / SIDECAR).write_text(text)
    with pytest.raises(ModelMismatch):
        MrzReader.load(folder)


def test_a_sidecar_cannot_point_outside_its_folder(folder):
    sidecar = folder / SIDECAR
    sidecar.write_text(sidecar.read_text().replace('file = "', 'file = "../../'))
    assert read_sidecar(sidecar).path.parent == folder
