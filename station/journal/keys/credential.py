"""A systemd credential sealed to this computer's TPM (systemd-creds(1), systemd.exec(5) LoadCredentialEncrypted=).

The services of a kiosk get it opened in $CREDENTIALS_DIRECTORY; a technician's command opens the sealed file itself.
"""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from config.messages.said import say
from station.journal.errors import KeyRefused
from station.journal.keys.file import parse, text_of
from sync.errors import SyncError
from sync.keys import write_private

NAME = "daan-journal-key"
_SECONDS = 60


class CredentialSource:
    """The sealed credential.

    Args:
        sealed: where the sealed file lies; None when this station has none.
        handed: the folder in which systemd hands it over, opened; None outside a service.
        device: of the TPM, as `--tpm2-device` takes it; `auto` finds it.
    """

    def __init__(self, sealed: Path | None, handed: str | None = None, device: str = "auto") -> None:
        self._sealed, self._device = sealed, device
        self._handed = Path(handed) / NAME if handed else None

    def is_there(self) -> bool:
        """Whether this station has one."""
        return bool(self._handed and self._handed.exists()) or bool(self._sealed and self._sealed.exists())

    def read(self) -> tuple[bytes, ...]:
        """The keys.

        Raises:
            KeyRefused: this TPM does not open it, or it holds no key.
        """
        if self._handed and self._handed.exists():
            try:
                return parse(self._handed.read_text(encoding="ascii"), say("the credential {name}", name=NAME))
            except (OSError, UnicodeDecodeError) as error:
                raise KeyRefused(
                    say("the credential {name} cannot be read; check the unit that loads it", name=NAME)
                ) from error
        opened = self._creds("decrypt", f"--name={NAME}", str(self._sealed), "-", given=b"")
        return parse(opened.decode("ascii", "replace"), say("the credential {name}", name=NAME))

    def write(self, keys: Sequence[bytes]) -> None:
        """Seal the keys to the TPM, whole or not at all.

        Raises:
            KeyRefused: there is no TPM, or the folder cannot be written.
        """
        if self._sealed is None:
            raise KeyRefused(say("the profile names no place for the sealed key; set [journal] credential"))
        sealed = self._creds("encrypt", "--with-key=tpm2", f"--name={NAME}", "-", "-", given=text_of(keys))
        try:
            self._sealed.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_private(self._sealed, sealed)
        except (OSError, SyncError) as error:
            raise KeyRefused(
                say("{file} cannot be written; run this as the administrator", file=str(self._sealed))
            ) from error

    def _creds(self, *words: str, given: bytes) -> bytes:
        verb, *rest = words
        command = ["systemd-creds", verb, f"--tpm2-device={self._device}", *rest]
        try:
            done = subprocess.run(command, input=given, capture_output=True, timeout=_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise KeyRefused(
                say("systemd-creds does not answer; check that systemd 250 or newer is installed")
            ) from error
        if done.returncode:
            raise KeyRefused(say("the TPM does not {verb} the journal's key; see: systemd-creds has-tpm2", verb=verb))
        return done.stdout
