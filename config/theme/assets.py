"""The design system's files, read from the package: name -> bytes. Kiosk and board serve them under /theme/."""

from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType

_CSS = "text/css; charset=utf-8"
_SVG = "image/svg+xml"
_JS = "text/javascript; charset=utf-8"

MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "tokens.css": _CSS,
        "components.css": _CSS,
        "pictograms.svg": _SVG,
        "scene-wide.svg": _SVG,
        "scene-square.svg": _SVG,
        "scene-tall.svg": _SVG,
        "early.js": _JS,
        "screen.js": _JS,
    }
)
"""Every file that the theme serves, with its media type."""


def read(name: str) -> bytes:
    """Bytes of one file of the theme.

    Raises:
        KeyError: the theme has no file of that name.
    """
    if name not in MEDIA_TYPES:
        raise KeyError(name)
    return resources.files("config.theme").joinpath(name).read_bytes()


def text(name: str) -> str:
    """One file of the theme as text, for pages that carry the pictograms inline.

    Raises:
        KeyError: the theme has no file of that name.
    """
    return read(name).decode("utf-8")
