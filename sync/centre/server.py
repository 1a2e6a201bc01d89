"""The centre as a running server: uvicorn with one worker, in the foreground or in a thread."""

import socket
import threading
import time
from collections.abc import Callable
from typing import Self

import uvicorn

from sync.centre.app import Centre, create_app
from sync.centre.errors import CentreError

_START_SECONDS = 20


class _Announcing(uvicorn.Server):
    """Says when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, then `ready`."""
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()


class CentreServer:
    """One centre on one address; as a context manager it serves from a thread."""

    def __init__(self, centre: Centre, host: str = "127.0.0.1", port: int = 0) -> None:
        """Take the address, so that it is known before serving (port 0: any free one).

        Raises:
            CentreError: the address is taken or not this machine's.
        """
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # With the protocol named, asyncio turns Nagle's delay off; without, every answer waits 40 ms.
        self._socket = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((host, port))
        except OSError as error:
            self._socket.close()
            raise CentreError(f"cannot listen on {host}:{port} ({error.strerror}); choose another --port") from error
        name = f"[{host}]" if ":" in host else host
        self.address = f"http://{name}:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(
            create_app(centre), log_level="warning", access_log=False, ws="auto", timeout_graceful_shutdown=3,
            server_header=False,
        )  # fmt: skip
        self._server = _Announcing(config, self._announce)
        self._ready = threading.Event()
        self._told: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._serve, name="centre", daemon=True)

    def serve(self, ready: Callable[[], None]) -> None:
        """Serve until a signal ends it; `ready` is called once when it answers."""
        self._told = ready
        self._serve()

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + _START_SECONDS
        while not self._ready.wait(0.05):
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise CentreError("the centre did not start in time; see its log")
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)

    def _announce(self) -> None:
        self._ready.set()
        self._told()

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])
