"""nginx before several workers: its configuration from the template `nginx/eoc.conf.j2`. Pure; nothing is started here.

Workers keep no state: any of them takes any request, all share one PostgreSQL and one receipt key. TLS is prepared:
give a certificate, and the same file serves it.
"""

import json
import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from config.messages.said import say
from sync.batch import MAX_WIRE_BYTES
from sync.centre.errors import CentreError
from sync.centre.problems import Problem

_ADDRESS = re.compile(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}")
_NAME = re.compile(r"[A-Za-z0-9._:\[\]-]+")
_PATH = re.compile(r"/[A-Za-z0-9._/@+-]*")
"""What may stand in nginx's file without quotes; anything else could end a directive."""
_AWAY = Problem(503, "ledger-unavailable", "No worker answers", "Nothing was taken; send it again shortly.", 5)
_BUSY = Problem(429, "busy", "Too many requests from this address", "Nothing was taken; send it again shortly.", 5)


@dataclass(frozen=True, slots=True)
class Front:
    """What nginx needs to be told."""

    workers: tuple[str, ...]
    """Addresses of `eoc serve`, as 127.0.0.1:8701."""
    listen: str
    """Address to listen on, as 0.0.0.0:443."""
    names: tuple[str, ...]
    """Names by which stations ask; each worker must be told of them too (`--name`)."""
    folder: Path
    """Its own: the process number, and folders that it makes and leaves empty."""
    certificate: Path | None = None
    certificate_key: Path | None = None
    access_log: Path | None = None
    """Standard error when not given."""
    connections_of_one_address: int = 256


def configuration(front: Front) -> str:
    """The whole file.

    Raises:
        CentreError: an address, name or path cannot stand in it.
    """
    paths = [front.folder, front.certificate, front.certificate_key, front.access_log]
    checks = [
        *((_ADDRESS, text) for text in (*front.workers, front.listen)),
        *((_NAME, text) for text in front.names),
        *((_PATH, str(path)) for path in paths if path is not None),
    ]
    for shape, text in checks:
        if not shape.fullmatch(text):
            raise CentreError(
                say(
                    "{value} cannot stand in nginx's configuration; write HOST:PORT, plain names and paths",
                    value=repr(text),
                )
            )
    if not front.workers or not front.names:
        raise CentreError(say("nginx needs one worker and one name at least; give --worker and --name"))
    if (front.certificate is None) != (front.certificate_key is None):
        raise CentreError(say("a certificate needs its key and the key its certificate; give both or neither"))
    template = (resources.files("sync.centre") / "nginx" / "eoc.conf.j2").read_text(encoding="utf-8")
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)  # noqa: S701
    made = environment.from_string(template)
    return made.render(front=front, body=MAX_WIRE_BYTES, away=_document(_AWAY), busy=_document(_BUSY))


def _document(problem: Problem) -> str:
    words = {"type": f"urn:daan:problem:{problem.kind}", "title": problem.title}
    return json.dumps({**words, "status": problem.status, "detail": problem.detail})
