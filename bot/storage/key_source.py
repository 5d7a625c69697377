"""Where the board's keys come from: a file (an ordinary one, or a secret that the environment mounts), or
what a command prints. A running assistant takes up keys that were added since.
"""

from __future__ import annotations

import logging
import shlex
import subprocess
import time
from dataclasses import dataclass, field

from bot.settings import Settings
from bot.storage import encryption
from bot.storage.encryption import Cipher, KeyFileError

log = logging.getLogger(__name__)

COMMAND_WITHIN = 30
"""Seconds that the command may take."""
LOOK_EVERY = 1.0
"""Seconds between two looks whether the file changed."""
ASK_EVERY = 10.0
"""Seconds between two runs of the command."""


def read_keys(settings: Settings) -> Cipher:
    """The keys as they are now. Raises `KeyFileError`, `FileNotFoundError` if there is no file."""
    if settings.bot_key_command:
        return _from_command(settings.bot_key_command)
    return encryption.read(settings.key_file, private=settings.bot_profile == "production")


def live_keys(settings: Settings, cipher: Cipher) -> Cipher:
    """The same cipher, which from now on takes up what is added to its source."""
    cipher.follow(Source(settings))
    return cipher


@dataclass
class Source:
    """An `encryption.KeySource`."""

    settings: Settings
    _looked: float = field(default=0.0)
    _seen: tuple[int, int] = field(default=(0, 0))

    def __post_init__(self) -> None:
        self._looked, self._seen = time.monotonic(), self._state()

    def changed(self, wanted: bool) -> Cipher | None:
        """The keys, if they may have changed since the last look; `wanted`: a key is missing. What cannot be
        read is logged, and the keys stay as they are.
        """
        now = time.monotonic()
        command = bool(self.settings.bot_key_command)
        if command and not wanted:
            return None
        if now - self._looked < (ASK_EVERY if command else 0.0 if wanted else LOOK_EVERY):
            return None
        self._looked = now
        state = self._state()
        if not command and state == self._seen:
            return None
        try:
            keys = read_keys(self.settings)
        except (KeyFileError, FileNotFoundError) as error:
            log.error("the keys cannot be read again, and stay as they are: %s", type(error).__name__)
            return None
        self._seen = state
        return keys

    def _state(self) -> tuple[int, int]:
        if self.settings.bot_key_command:
            return 0, 0
        try:
            found = self.settings.key_file.stat()
        except OSError:
            return self._seen
        return found.st_mtime_ns, found.st_ino


def _from_command(command: str) -> Cipher:
    try:
        done = subprocess.run(  # noqa: S603
            shlex.split(command), capture_output=True, timeout=COMMAND_WITHIN, check=True, text=True
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise KeyFileError(
            f"BOT_KEY_COMMAND did not give the keys ({type(error).__name__}); run it by hand to see why."
        ) from None
    return encryption.parse(done.stdout, "what BOT_KEY_COMMAND prints")
