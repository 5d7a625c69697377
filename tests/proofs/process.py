"""`bot run` as a process of its own, to be killed and started again on the same data."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from knowledge.matching import index
from knowledge.matching.matcher import Matcher
from tests.fakes.telegram import FakeTelegram


class Process:
    """One data folder, and the life that is under way on it."""

    def __init__(self, data: Path, forked: bool = False, **settings: str) -> None:
        """`forked`: lives begin without the seconds of importing, see `tests.proofs.nursery`."""
        self.data = data
        known = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("TELEGRAM_", "TEAMS_", "WEB_", "BOT_", "DATABASE_URL"))
        }
        self.environment = {
            **known,
            "DATA_DIR": str(data),
            "BROWSER": "none",
            "PYTHONUTF8": "1",
            "PYTHONUNBUFFERED": "1",
            "WEB_PORT": "0",
            **settings,
        }
        self.pid = 0
        self._forked = forked
        self._nursery: asyncio.subprocess.Process | None = None
        self._life: asyncio.subprocess.Process | None = None
        self._code: int | None = None

    @property
    def log(self) -> Path:
        """All that every life printed."""
        return self.data / "log"

    async def start(self) -> None:
        """Returns at once."""
        self._code = None
        if self._forked:
            self.pid = await self._fork()
            return
        with self.log.open("ab") as log:
            self._life = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", stdout=log, stderr=log, env=self.environment
            )
        self.pid = self._life.pid

    async def ended(self) -> int:
        """Wait for its end; returns the exit code."""
        if self._code is None:
            if self._life:
                self._code = await self._life.wait()
            else:
                assert self._nursery
                assert self._nursery.stdout
                pid, code = (await self._nursery.stdout.readline()).split()
                assert -int(pid) == self.pid
                self._code = int(code)
        return self._code

    async def kill(self) -> None:
        """As a power failure of the process: nothing is finished."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """As a supervisor does; returns the exit code."""
        code = await self._end(signal.SIGTERM)
        if self._nursery:
            self._nursery.kill()
            await self._nursery.wait()
        return code

    async def command(self, *arguments: str) -> str:
        """What another command of the program prints, on the same data."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *arguments,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self.environment,
        )
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return out.decode()

    async def _fork(self) -> int:
        pipe = asyncio.subprocess.PIPE
        if self._nursery is None:
            self._nursery = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.proofs.nursery",
                stdin=pipe,
                stdout=pipe,
                env={**self.environment, "OPENBLAS_NUM_THREADS": "1"},
            )
        assert self._nursery.stdin
        assert self._nursery.stdout
        self._nursery.stdin.write(f"{self.log}\n".encode())
        return int(await self._nursery.stdout.readline())

    async def _end(self, number: int) -> int:
        if self._code is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)
        return await self.ended()


def on_telegram(data: Path, telegram: FakeTelegram, forked: bool = False, **settings: str) -> Process:
    return Process(
        data, forked, TELEGRAM_TOKEN=telegram.token, TELEGRAM_BASE_URL=telegram.base_url, **settings
    )


def keep_index(matcher: Matcher, data: Path) -> None:
    """What was learnt already, so that no life learns it again."""
    index.save(matcher.index, index.index_file(data, matcher.pack.fingerprint))


def polls(telegram: FakeTelegram) -> int:
    """How often it was asked for updates."""
    return sum(method == "getUpdates" for method, _ in telegram.calls)


def boards(buttons: Sequence[dict[str, str]]) -> str:
    """What identifies one reply, however often it is sent: the random part of its buttons' ids; "" without
    buttons.
    """
    return next(
        (button["callback_data"].partition(".")[0] for button in buttons if "callback_data" in button), ""
    )
