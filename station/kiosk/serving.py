"""Serves the screens' application from a thread of its own."""

import socket
import threading

import uvicorn
from fastapi import FastAPI

from station.errors import CannotStart


class ScreenServer:
    """uvicorn on one address, which is taken at once so that it is known before serving."""

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        """Take the address; port 0 takes any free one.

        Raises:
            CannotStart: it is taken, or not this machine's.
        """
        # With the protocol named, asyncio switches Nagle's delay off.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((host, port))
        except OSError as error:
            self._socket.close()
            raise CannotStart(
                f"port {port} of {host} cannot be used ({error.strerror}); choose another kiosk.port"
            ) from error
        name, number = self._socket.getsockname()[:2]
        self.address = f"http://{name}:{number}"
        config = uvicorn.Config(app, log_level="warning", access_log=False, ws="websockets-sansio")
        config.timeout_graceful_shutdown = 2
        self._uvicorn = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="screens", daemon=True)

    def start(self) -> None:
        """Serve."""
        self._thread.start()

    def stop(self) -> None:
        """End, pages first."""
        self._uvicorn.should_exit = True
        self._thread.join(5)

    def _run(self) -> None:
        self._uvicorn.run(sockets=[self._socket])
