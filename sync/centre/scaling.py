"""The commands `eoc nginx` and `eoc fanout`: several workers behind one address, and the ledger told by NATS."""

import asyncio
import signal
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from config.messages.said import say
from sync.centre.cursor import Follower
from sync.centre.database import Database, open_database
from sync.centre.errors import CentreError
from sync.centre.fanout import Fanout, FanoutAway, FanoutSettings
from sync.centre.front import Front, configuration

_AGAIN_SECONDS = 2.0


def nginx(
    worker: Annotated[list[str], typer.Option(help="Address of an `eoc serve`, as 127.0.0.1:8701; once for each.")],
    name: Annotated[list[str], typer.Option(help="Name by which stations ask; tell each worker too, by --name.")],
    listen: Annotated[str, typer.Option(help="Address to listen on.")] = "0.0.0.0:443",
    folder: Annotated[Path, typer.Option(help="nginx's own folder.")] = Path("/run/eoc-nginx"),
    certificate: Annotated[Path | None, typer.Option(help="PEM chain for TLS.")] = None,
    certificate_key: Annotated[Path | None, typer.Option(help="Its key.")] = None,
    access_log: Annotated[Path | None, typer.Option(help="File; standard error when not given.")] = None,
) -> None:
    """Print nginx's configuration for several workers on one PostgreSQL."""
    front = Front(tuple(worker), listen, tuple(name), folder, certificate, certificate_key, access_log)
    print(configuration(front), end="")


def fanout(
    server: Annotated[list[str], typer.Option(help="nats://HOST:PORT; once for each server.")],
    state: Annotated[Path, typer.Option(help="Folder of the centre's keys and embedded database.")] = Path(
        "/var/lib/daan/eoc"
    ),
    database: Annotated[str | None, typer.Option(help="URL of a PostgreSQL; embedded when not given.")] = None,
    replicas: Annotated[int, typer.Option(min=1, max=5, help="Copies of the stream.")] = 3,
    keep_days: Annotated[float, typer.Option(min=0.01, help="How long the stream keeps an entry.")] = 3.0,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Throw the stream away and fill it again.")] = False,
) -> None:
    """Publish the ledger to NATS JetStream as it grows, until a signal ends it. One such program for a stream."""
    settings = FanoutSettings(tuple(server), replicas=replicas, keep_days=keep_days)
    with closing(open_database(state, database)) as opened:
        asyncio.run(_publish(opened, settings, rebuild))


async def _publish(database: Database, settings: FanoutSettings, rebuild: bool) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    follower = Follower(database, f"fanout-{settings.stream}")
    trouble = ""
    while not stop.is_set():
        try:
            async with Fanout(follower, settings) as fanout:
                if rebuild:
                    await fanout.rebuild()
                    rebuild = False
                await fanout.run(stop.is_set)
        except FanoutAway as error:
            if str(error) != trouble:
                typer.echo(str(error), err=True)
            trouble = str(error)
            await asyncio.sleep(_AGAIN_SECONDS)
        except ImportError as error:
            raise CentreError(say("the NATS client is not installed; install daan-station[scale]")) from error
