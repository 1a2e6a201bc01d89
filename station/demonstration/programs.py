"""Starts and stops the three programs of a demonstration, as systemd does on a kiosk: each is a process of its own."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

_START_SECONDS = 60.0


class ProgramFailed(Exception):
    """A program did not come up; the message quotes where its log lies."""


def free_port() -> int:
    """A TCP port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether that TCP port of loopback can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class FolderLock:
    """One demonstration per folder: a second one would pull camera and scanner from under the first."""

    def __init__(self, folder: Path) -> None:
        """Take it.

        Raises:
            ProgramFailed: another demonstration runs there.
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._descriptor)
            raise ProgramFailed(f"a demonstration runs in {folder} already; end it, or give another --state") from error

    def release(self) -> None:
        """Give it back."""
        os.close(self._descriptor)


class Program:
    """One process with its log, killed with everything that it started.

    Args:
        name: for messages and the log's file name.
        arguments: of the interpreter, as `-m station.cli kiosk …`.
        logs: folder of its log.
        health: URL that answers 200 once it is ready; None when it has none.
        environment: laid over ours.
    """

    def __init__(
        self,
        name: str,
        arguments: tuple[str, ...],
        logs: Path,
        health: str | None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name, self._arguments, self._health = name, arguments, health
        self._log = logs / f"{name}.log"
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start; the log goes on in the same file."""
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self._arguments],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env=self._environment,
                start_new_session=True,
            )

    def wait_ready(self, seconds: float = _START_SECONDS) -> None:
        """Wait until it answers.

        Raises:
            ProgramFailed: it ended, or did not answer in time.
        """
        limit = time.monotonic() + seconds
        while self._health is not None:
            if not self.running:
                raise ProgramFailed(f"{self.name} ended at its start: {self._last_words()}")
            try:
                opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
                opener.open(self._health, timeout=1).close()
                return
            except (urllib.error.URLError, OSError):
                if time.monotonic() > limit:
                    raise ProgramFailed(f"{self.name} is not ready after {seconds:.0f} s; see {self._log}") from None
                time.sleep(0.05)

    def _last_words(self) -> str:
        """The last line of the log: programs end with one sentence."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else f"it said nothing; see {self._log}"

    def stop(self, seconds: float = 10.0) -> None:
        """Ask it to end; force it after that time."""
        self._end(signal.SIGTERM, seconds)

    def kill(self) -> None:
        """End it as a power cut does."""
        self._end(signal.SIGKILL, 10.0)

    def _end(self, how: signal.Signals, seconds: float) -> None:
        process = self._process
        if process is None or process.poll() is not None:
            return
        os.killpg(process.pid, how)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
