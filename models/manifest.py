"""The sidecar that goes with each weights file: what the file is, and how good it was measured to be."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import ModelMismatch, ModelMissing


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What a weights file says about itself."""

    name: str
    path: Path
    """The weights file."""
    sha256: str
    """Of the weights file, lower-case hexadecimal."""
    alphabet: str
    """The symbols in the order of the network's classes; the blank follows."""
    input: tuple[int, int]
    """Height and width of the grey input in pixels."""
    columns: int
    made_on: str
    """ISO date of the training."""
    trained_on: str
    measured: dict[str, float]
    """Measured shares, 0 to 1, by name."""


def read_sidecar(path: Path) -> Sidecar:
    """The sidecar at `path`.

    Raises:
        ModelMissing: there is no such file.
        ModelMismatch: it is no sidecar.
    """
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelMissing(f"the sidecar {path.name} is not in {path.parent}: install the weights again") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ModelMismatch(f"the sidecar {path.name} cannot be read: install the weights again") from error
    try:
        height, width = (int(side) for side in data["input"])
        measured = {name: float(value) for name, value in data["measured"].items() if isinstance(value, int | float)}
        return Sidecar(
            name=str(data["name"]),
            path=path.parent / Path(str(data["file"])).name,
            sha256=str(data["sha256"]).lower(),
            alphabet=str(data["alphabet"]),
            input=(height, width),
            columns=int(data["columns"]),
            made_on=str(data["made_on"]),
            trained_on=str(data["trained_on"]["what"]),
            measured=measured,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelMismatch(f"the sidecar {path.name} lacks an entry: install the weights again") from error


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every weights file in a folder, by the network's name.

    Raises:
        ModelMismatch: a sidecar cannot be read.
    """
    found = (read_sidecar(path) for path in sorted(folder.glob("*.toml")))
    return {each.name: each.sha256 for each in found}
