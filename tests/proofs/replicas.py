"""Several replicas on one PostgreSQL behind a load balancer, while something goes wrong.

python -m tests.proofs.replicas [SCENARIO ...]

Real processes (`bot run`, Telegram by webhook), a real server, and teachers who ask. A delivery that is not
acknowledged within five seconds comes again, at the next replica. Prints a row a scenario; exit code 1 if a
promise was broken.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from rich.console import Console

from bot.channels.telegram.webhook import PATH
from bot.runtime.load_matcher import make_matcher
from bot.settings import Settings
from bot.storage import encryption
from knowledge.matching.matcher import Matcher
from tests.benchmarks import table
from tests.database import PostgresServer, postgres_url
from tests.fakes.telegram import Posted
from tests.pgbouncer import ABSENT, installed, pgbouncer, pooled_url
from tests.proofs.balancer import SECRET, Balanced
from tests.proofs.people import Asker, identity, key, make_askers
from tests.proofs.process import Process, keep_index, on_telegram
from tests.test_run import free_port

PATIENCE = 90
A_SECOND = 8.0
"""Questions in a second, of all together."""
SORRY = ("Er ging iets mis", "Something went wrong")
CANNOT_STORE = ("Ik kan je bericht nu niet bewaren", "I cannot store your message")
LATE = 5.0
LATER = 0.5
"""Seconds that two replicas may answer later than one when the machine is the limit."""


@dataclass
class Watched(Asker):
    """An asker who notes when each question was asked."""

    at: list[float] = field(default_factory=list)

    def ask(self) -> None:
        self.at.append(time.monotonic())
        super().ask()

    def answers(self) -> list[Posted]:
        """The answers, each once."""
        found: list[Posted] = []
        for message in self.person.sees():
            if message.text.startswith((*SORRY, *CANNOT_STORE)):
                continue
            if not found or identity(found[-1]) != identity(message):
                found.append(message)
        return found

    def waits(self) -> list[tuple[float, float]]:
        """(when it was asked, how many seconds the answer took), of those that are answered."""
        return [
            (asked, message.first - asked) for asked, message in zip(self.at, self.answers(), strict=False)
        ]


@dataclass
class Result:
    """What came of it."""

    questions: int = 0
    lost: int = 0
    doubled: int = 0
    """Replies made twice."""
    again: int = 0
    """Messages that were sent once more: they were being sent when the fault came."""
    sorry: int = 0
    """"Er ging iets mis"."""
    told: int = 0
    """"Ik kan je bericht nu niet bewaren"."""
    late: int = 0
    """Answers that came later than LATE after they were asked for or after the fault ended."""
    worst: float = 0.0
    """Seconds of the latest of them."""
    p95: float = 0.0
    during: float = 1.0
    """Of the questions that were asked during the fault outside the chats that it held: how many were
    answered within LATE.
    """
    most_a_second: int = 0
    too_fast: int = 0
    notes: str = ""

    def holds(self, scenario: str) -> bool:
        if scenario.startswith("saturated"):
            return not (self.lost or self.doubled or self.sorry)
        broken = self.lost or self.doubled or self.sorry or self.late or self.too_fast
        return not broken and (scenario != "frozen" or self.during >= 0.9)


class Scene:
    """Replicas, a server and people, for one scenario."""

    def __init__(
        self,
        telegram: Balanced,
        server: PostgresServer,
        replicas: list[Process],
        people: list[Watched],
        chance: random.Random,
    ) -> None:
        self.telegram = telegram
        self.server = server
        self.replicas = replicas
        self.people = people
        self.chance = chance
        self.began = self.ended = time.monotonic()
        """Of the fault."""
        self.rate = A_SECOND
        self.wrong: list[str] = []
        self._asking: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def fault(self) -> AsyncIterator[None]:
        self.began = time.monotonic()
        yield
        self.ended = time.monotonic()

    def ask(self) -> None:
        self._asking = asyncio.create_task(self._ask())

    async def settle(self) -> None:
        """Nobody asks any more, until all is answered or nothing comes."""
        if self._asking:
            self._asking.cancel()
        with suppress(AssertionError):
            await self.telegram.until(
                lambda: (
                    self.telegram.waiting == 0
                    and all(len(one.answers()) >= len(one.asked) for one in self.people)
                ),
                "the last answers",
                PATIENCE,
            )

    async def start(self, process: Process) -> None:
        """Start it and wait until it answers."""
        await process.start()
        address = f"http://127.0.0.1:{process.environment['WEB_PORT']}/readyz"
        async with httpx.AsyncClient(verify=False) as client:  # noqa: S501 (only http)
            for _ in range(PATIENCE * 10):
                with suppress(httpx.HTTPError):
                    if (await client.get(address)).status_code == 200:
                        return
                await asyncio.sleep(0.1)
        raise AssertionError(f"a replica did not start; see {process.log}")

    async def _ask(self) -> None:
        while True:
            idle = [one for one in self.people if len(one.asked) - len(one.answers()) < 2]
            if idle:
                self.chance.choice(idle).ask()
            await asyncio.sleep(self.chance.expovariate(self.rate))

    async def judge(self, matcher: Matcher) -> Result:
        result = Result(too_fast=self.telegram.too_fast)
        waits: list[float] = []
        quick = asked_during = 0
        for one in self.people:
            heard = Counter(key(message) for message in one.answers())
            expected = Counter((await one.expected(matcher)).answers)
            result.questions += len(one.asked)
            result.lost += sum((expected - heard).values())
            if heard != expected:
                self.wrong.append(f"{list(expected)} → {[(key(m), m.text[:60]) for m in one.person.sees()]}")
            result.doubled += sum((heard - expected).values())
            texts = [message.text for message in one.person.sees()]
            result.sorry += sum(text.startswith(SORRY) for text in texts)
            result.told += sum(text.startswith(CANNOT_STORE) for text in texts)
            result.again += (
                len(texts)
                - len(one.answers())
                - sum(text.startswith((*SORRY, *CANNOT_STORE)) for text in texts)
            )
            held = one.person.chat["id"] in self.telegram.stuck
            for asked, seconds in one.waits():
                in_fault = self.began <= asked <= self.ended
                after = asked + seconds - max(asked, self.ended if in_fault or asked < self.ended else asked)
                waits.append(seconds)
                if in_fault and not held:
                    asked_during += 1
                    quick += seconds <= LATE
                counted = after if asked <= self.ended and asked + seconds > self.began else seconds
                result.late += counted > LATE
                result.worst = max(result.worst, counted)
        result.p95 = sorted(waits)[int(len(waits) * 0.95)] if waits else 0.0
        result.during = quick / asked_during if asked_during else 1.0
        times = sorted(message.first for message in self.telegram.everything)
        first = 0
        for last, at in enumerate(times):
            while at - times[first] >= 1:
                first += 1
            result.most_a_second = max(result.most_a_second, last - first + 1)
        return result


Scenario = Callable[[Scene], Awaitable[str]]


async def frozen(scene: Scene) -> str:
    """One of two is stopped for twenty seconds in the middle of its work (SIGSTOP), and goes on."""
    scene.ask()
    await asyncio.sleep(4)
    async with scene.fault():
        os.kill(scene.replicas[0].pid, signal.SIGSTOP)
        await asyncio.sleep(20)
        os.kill(scene.replicas[0].pid, signal.SIGCONT)
    await asyncio.sleep(4)
    return f"chats held: {len(scene.telegram.stuck)}"


async def kills(scene: Scene) -> str:
    """Thirty times one of two is killed (SIGKILL) and started again."""
    scene.ask()
    async with scene.fault():
        for _ in range(30):
            await asyncio.sleep(scene.chance.uniform(0.2, 1.5))
            process = scene.chance.choice(scene.replicas)
            await process.kill()
            await scene.start(process)
    await asyncio.sleep(4)
    return "30 kills"


async def restarts(scene: Scene) -> str:
    """Five times the database is restarted at once (`pg_ctl restart -m immediate`)."""
    scene.ask()
    await asyncio.sleep(2)
    async with scene.fault():
        for _ in range(5):
            await asyncio.to_thread(scene.server.restart)
            await asyncio.sleep(scene.chance.uniform(1, 3))
    await asyncio.sleep(4)
    return "5 restarts"


async def outage(scene: Scene) -> str:
    """Twenty seconds without a database."""
    scene.ask()
    await asyncio.sleep(3)
    async with scene.fault():
        await asyncio.to_thread(scene.server.stop)
        await asyncio.sleep(20)
        await asyncio.to_thread(scene.server.start)
    await asyncio.sleep(4)
    return "20 s"


async def cut(scene: Scene) -> str:
    """For twenty seconds all sessions are cut every 0.7 s (`pg_terminate_backend`)."""
    scene.ask()
    await asyncio.sleep(2)
    async with scene.fault():
        ends = time.monotonic() + 20
        while time.monotonic() < ends:
            await asyncio.to_thread(scene.server.cut_all)
            await asyncio.sleep(0.7)
    await asyncio.sleep(4)
    return "every 0.7 s"


async def full_load(scene: Scene) -> str:
    """Everybody asks at once, faster than Telegram lets messages be sent; it refuses what comes too fast."""
    scene.telegram.limited = True
    async with scene.fault():
        for _ in range(5):
            for one in scene.people:
                one.ask()
            await asyncio.sleep(0.5)
        await scene.settle()
    return f"{len(scene.people)} people, 5 questions each"


async def saturated(scene: Scene) -> str:
    """The same without any limit: how long the answers take when the machine is the limit."""
    await asyncio.sleep(2)  # until each knows its bot
    async with scene.fault():
        for _ in range(5):
            for one in scene.people:
                one.ask()
            await asyncio.sleep(0.5)
        await scene.settle()
    return f"{len(scene.people)} people, 5 questions each"


@dataclass(frozen=True)
class Setup:
    happens: Scenario
    replicas: int = 2
    limits: bool = True
    """Whether they keep to Telegram's limits."""
    pooled: bool = False
    """Whether PgBouncer stands before the server."""
    people: int = 40


SCENARIOS = {
    "frozen": Setup(frozen),
    "kills": Setup(kills),
    "restarts": Setup(restarts),
    "outage": Setup(outage),
    "cut": Setup(cut),
    "frozen_pooled": Setup(frozen, pooled=True),
    "outage_pooled": Setup(outage, pooled=True),
    "full_load": Setup(full_load, replicas=3),
    "saturated_1": Setup(saturated, replicas=1, limits=False, people=120),
    "saturated_2": Setup(saturated, limits=False, people=120),
}


async def prove(name: str, matcher: Matcher, data: Path, seed: int = 1) -> Result:
    setup = SCENARIOS[name]
    chance = random.Random(seed)
    keep_index(matcher, data)
    encryption.create(data / "board.key")
    async with AsyncExitStack() as stack:
        server = stack.enter_context(PostgresServer.started())
        server.create("proof")
        address = postgres_url(server.folder, "proof")
        if setup.pooled:
            address = pooled_url(stack.enter_context(pgbouncer(server.folder, 30)), "proof")
        telegram = await stack.enter_async_context(Balanced())
        telegram.settings_webhook = True
        settings = {
            "DATABASE_URL": address,
            "BOT_DB_POOLED": "true" if setup.pooled else "false",
            "BOT_KEY_FILE": str(data / "board.key"),
            "TELEGRAM_WEBHOOK_SECRET": SECRET,
            "PUBLIC_URL": "https://bot.example.nl",
            "LOG_LEVEL": "INFO",
            "LOG_FORMAT": "json",
            "PROOF_WITHOUT_LIMITS": "" if setup.limits else "1",
        }
        replicas = [
            on_telegram(data, telegram, True, WEB_PORT=str(free_port()), **settings)
            for _ in range(setup.replicas)
        ]
        telegram.replicas = [
            f"http://127.0.0.1:{process.environment['WEB_PORT']}{PATH}" for process in replicas
        ]
        askers = [
            Watched(one.person, one.questions) for one in make_askers(telegram, matcher, setup.people, chance)
        ]
        scene = Scene(telegram, server, replicas, askers, chance)
        for process in replicas:
            await scene.start(process)
        try:
            note = await setup.happens(scene)
            await scene.settle()
        finally:
            codes = [await process.stop() for process in replicas]
        result = await scene.judge(matcher)
        for line in scene.wrong:
            print(line, file=sys.stderr)
        result.notes = (
            f"{note}; time-outs {telegram.timeouts}, refused {dict(telegram.refusals)}, exit {codes}"
        )
        return result


def main(names: Sequence[str]) -> int:
    matcher = make_matcher(Settings(), Console(stderr=True))
    columns = ("questions", "lost", "doubled", "again", "sorry", "told", "late", "worst", "p95", "during")
    more = ("most_a_second", "too_fast", "notes")
    table.head("scenario", *columns, *more)
    holds = True
    p95: dict[str, float] = {}
    for name in names or SCENARIOS:
        if SCENARIOS[name].pooled and not installed():
            table.row(name, ABSENT)
            continue
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            result = asyncio.run(prove(name, matcher, Path(folder)))
            if not result.holds(name):
                shutil.copy(Path(folder) / "log", Path(tempfile.gettempdir()) / f"proof-{name}.log")
        table.row(name, *(getattr(result, column) for column in (*columns, *more)))
        holds = holds and result.holds(name)
        p95[name] = result.p95
    if p95.keys() >= {"saturated_1", "saturated_2"} and p95["saturated_2"] > p95["saturated_1"] + LATER:
        print("Two replicas answer later than one.")
        holds = False
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
