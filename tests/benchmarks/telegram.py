"""Telegram by polling: whole turns a second against a bare echo bot in the same run, the time to a reply, and
memory.

python -m tests.benchmarks.telegram [UPDATES [ROUNDS]]

The limits that Telegram sets to sending are switched off where throughput is measured: they, not the program,
would be measured.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from bot.runtime.load_matcher import make_matcher
from bot.settings import Settings
from knowledge.matching import index
from tests.benchmarks import botapi, table
from tests.conftest import QUESTIONS

UPDATES = 1000
CHATS = 100
ROUNDS = 3
DELAY = 0.02
"""Seconds that a call takes where the server stands elsewhere: a quick connection."""
PER_SECOND = 20
SECONDS = 20
WARM = 50
UNLIMITED = "from bot.storage.open_store import LIMITS; LIMITS.clear(); import bot.cli; bot.cli.main()"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Measured:
    per_second: float
    per_cpu_second: float
    """Updates in a second of the process's own CPU time: says the same on a machine that has other work."""
    memory: float
    """MB, resident, at the end."""


async def run(updates: int = UPDATES, rounds: int = ROUNDS) -> None:
    texts = [json.loads(line)["q"] for line in (QUESTIONS / "dev.jsonl").read_text().splitlines()]
    matcher = make_matcher(Settings(), Console(stderr=True))
    bots = {
        "echo": ("-m", "tests.benchmarks.echo", "{url}", botapi.TOKEN),
        "echo, 16 at once": ("-m", "tests.benchmarks.echo", "{url}", botapi.TOKEN, "16"),
        "assistant": ("-c", UNLIMITED, "run"),
    }
    for delay, what in (
        (0.0, "answered at once: what is measured is the CPU"),
        (DELAY, f"answered after {DELAY * 1000:.0f} ms, as by a network"),
    ):
        found: dict[str, list[Measured]] = {name: [] for name in bots}
        table.head(f"sending {what}", "updates/s", "updates per CPU second", "memory (MB)")
        for _ in range(rounds):
            for name, command in bots.items():
                with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                    index.save(matcher.index, index.index_file(Path(folder), matcher.pack.fingerprint))
                    found[name].append(
                        measured := await _throughput(command, texts, updates, Path(folder), delay)
                    )
                    table.row(name, measured.per_second, measured.per_cpu_second, measured.memory)
        print()
        _compare(found)
        print()
    table.head(f"reply at {PER_SECOND} questions a second (s)", "median", "p95", "worst")
    for name, command in (
        ("within Telegram's limits", ("-m", "bot", "run")),
        ("without them", bots["assistant"]),
        ("echo", bots["echo"]),
    ):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            index.save(matcher.index, index.index_file(Path(folder), matcher.pack.fingerprint))
            times = sorted(await _latencies(command, texts, Path(folder)))
        table.row(name, statistics.median(times), times[int(len(times) * 0.95)], times[-1])


def _compare(found: dict[str, list[Measured]]) -> None:
    table.head("assistant against", "updates/s", "updates per CPU second", "memory")

    def median(name: str, what: str) -> float:
        return float(statistics.median(getattr(measured, what) for measured in found[name]))

    for name in list(found)[:-1]:
        table.row(
            name,
            *(
                median("assistant", what) / median(name, what)
                for what in ("per_second", "per_cpu_second", "memory")
            ),
        )


async def _throughput(
    command: tuple[str, ...], texts: list[str], updates: int, folder: Path, delay: float = 0
) -> Measured:
    async with botapi.listening() as server, _bot(command, server, folder) as process:
        await _warm(server, texts)
        server.delay = delay
        before = _cpu(process.pid)
        for number in range(updates):
            await server.say(1000 + number % CHATS, texts[number % len(texts)])
        await server.until_answered(updates)
        seconds, cpu = server.last - server.first, _cpu(process.pid) - before
        return Measured(updates / seconds, updates / cpu, _memory(process.pid))


async def _latencies(command: tuple[str, ...], texts: list[str], folder: Path) -> list[float]:
    chance = random.Random(1)
    async with botapi.listening() as server, _bot(command, server, folder):
        await _warm(server, texts)
        asked = 0
        end = asyncio.get_running_loop().time() + SECONDS
        while asyncio.get_running_loop().time() < end:
            await server.say(1000 + asked, texts[asked % len(texts)])
            asked += 1
            await asyncio.sleep(chance.expovariate(PER_SECOND))
        await server.until_answered(asked)
        return list(server.latencies)


async def _warm(server: botapi.Server, texts: list[str]) -> None:
    await server.polled.wait()
    for number in range(WARM):
        await server.say(1 + number, texts[-number])
    await server.until_answered(WARM)
    await asyncio.sleep(1)
    server.forget()


@asynccontextmanager
async def _bot(
    command: tuple[str, ...], server: botapi.Server, folder: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    settings = {
        "TELEGRAM_TOKEN": botapi.TOKEN,
        "TELEGRAM_BASE_URL": server.base_url,
        "DATA_DIR": str(folder),
        "WEB_PORT": "0",
        "BROWSER": "none",
    }
    with (folder / "log").open("wb") as log:
        arguments = [part.format(url=server.base_url) if part == "{url}" else part for part in command]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            stdout=log,
            stderr=log,
            env={**os.environ, **settings, "LOG_LEVEL": "WARNING"},
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


def _cpu(pid: int) -> float:
    """Seconds of CPU time so far."""
    values = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(values[11]) + int(values[12])) / TICKS


def _memory(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


if __name__ == "__main__":
    asyncio.run(run(*map(int, sys.argv[1:])))
