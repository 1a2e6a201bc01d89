"""Runs a network. The only file that imports onnxruntime."""

import hashlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from models.errors import ModelMismatch, ModelMissing
from models.manifest import Sidecar, read_sidecar

Floats = npt.NDArray[np.float32]


class LineSession:
    """The line network, loaded, verified and warm. Safe to call from several threads."""

    def __init__(self, sidecar: Sidecar, session: onnxruntime.InferenceSession) -> None:
        self.sidecar = sidecar
        self._session = session
        self._input = session.get_inputs()[0].name

    @classmethod
    def load(cls, sidecar_path: Path, *, threads: int = 1) -> "LineSession":
        """Loads the weights that the sidecar describes.

        Raises:
            ModelMissing: the weights or the sidecar are not there.
            ModelMismatch: the weights are not those of the sidecar, or do not have its shape.
        """
        sidecar = read_sidecar(sidecar_path)
        try:
            weights = sidecar.path.read_bytes()
        except OSError as error:
            raise ModelMissing(f"the weights {sidecar.path.name} are not there: install them again") from error
        if hashlib.sha256(weights).hexdigest() != sidecar.sha256:
            raise ModelMismatch(f"the weights {sidecar.path.name} are not those of the sidecar: install both again")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        try:
            session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
            loaded = cls(sidecar, session)
            answer = loaded.run(np.zeros((2, *sidecar.input), np.uint8))
        except Exception as error:  # onnxruntime raises a dozen types of its own for a bad file
            raise ModelMismatch(f"the weights {sidecar.path.name} do not load: install them again") from error
        if answer.shape != (2, sidecar.columns, len(sidecar.alphabet) + 1):
            raise ModelMismatch(f"the weights {sidecar.path.name} do not have the shape of the sidecar")
        return loaded

    def run(self, strips: npt.NDArray[np.uint8]) -> Floats:
        """(lines, height, width) grey strips -> (lines, columns, symbols + blank) log-probabilities."""
        (answer,) = self._session.run(None, {self._input: strips[:, None].astype(np.float32)})
        return np.asarray(answer, np.float32)
