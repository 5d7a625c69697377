"""Following the pack while the assistant answers: what somebody teaches or edits is learnt by another process
and taken up between two turns. A pack with faults is not taken up; the log says what is wrong with it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from bot.runtime.load_matcher import make_matcher
from bot.settings import Settings
from knowledge.files.problems import PackError
from knowledge.matching.matcher import Matcher
from knowledge.teaching import history

log = logging.getLogger(__name__)

EVERY = 2.0
"""Seconds between two looks at the files; a change is taken up when it has stood for one look."""
SHOWN = 5
"""Faults that the log names."""
Files = frozenset[tuple[str, int, int]]
"""Name, size and time of change (ns) of every file."""


class LivePack:
    """Watches one pack's folder. `take_up` gets the new matcher, in the event loop."""

    def __init__(self, settings: Settings, matcher: Matcher, take_up: Callable[[Matcher], None]) -> None:
        self._settings = settings
        self._take_up = take_up
        self._taken = files(matcher.pack.folder)
        self._seen = self._taken

    async def follow(self) -> None:
        """Until cancelled. A look that fails is logged and done again."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.look()
            except Exception as error:
                log.exception("the pack could not be looked at", extra={"error": type(error).__name__})

    async def look(self) -> bool:
        """Look once; whether a changed pack was taken up."""
        now = await asyncio.to_thread(files, self._settings.protocol)
        settled, self._seen = now == self._seen, now
        if not settled or now == self._taken:
            return False
        self._taken = now
        if not await self._learn():
            return False
        try:
            matcher = await asyncio.to_thread(make_matcher, self._settings, Console(stderr=True, quiet=True))
        except PackError as error:
            _tell(error)
            return False
        self._take_up(matcher)
        log.info("the changed pack is taken up", extra={"pack": matcher.pack.fingerprint[:16]})
        return True

    async def _learn(self) -> bool:
        """Let another process learn the pack into the data folder; whether it is in order."""
        learning = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "pack", "learn"),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env=os.environ
            | {"PROTOCOL": str(self._settings.protocol), "DATA_DIR": str(self._settings.data_dir)},
        )
        try:
            _, told = await learning.communicate()
        except asyncio.CancelledError:
            learning.kill()
            await learning.wait()
            raise
        if learning.returncode:
            log.warning(
                "the changed pack is not taken up",
                extra={"problems": told.decode("utf-8", "replace").splitlines()[:SHOWN]},
            )
        return learning.returncode == 0


def files(folder: Path) -> Files:
    """The pack's files as they are now; its history and half-written files do not count."""
    found = []
    for file in folder.rglob("*"):
        if history.FOLDER in file.parts or file.suffix == ".tmp":
            continue
        try:
            about = file.stat()
        except OSError:
            continue
        if file.is_file():
            found.append((str(file), about.st_size, about.st_mtime_ns))
    return frozenset(found)


def _tell(error: PackError) -> None:
    log.warning(
        "the changed pack is not taken up",
        extra={"problems": [str(problem) for problem in error.problems[:SHOWN]]},
    )
