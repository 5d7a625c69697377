"""kill -9 under load: the assistant on Telegram is killed at random moments and started again, while people
go on.

python -m tests.proofs.killing [RUNS] [SEED] [--forked]

Prints what was lost, done twice and sent again; exit code 1 if any of the first two. `--forked` begins lives
without the seconds of importing.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from rich.console import Console

from bot.runtime.load_matcher import make_matcher
from bot.settings import Settings
from knowledge.matching.matcher import Matcher
from tests.benchmarks import table
from tests.fakes.telegram import FakeTelegram, Posted
from tests.fakes.telegram_rules import Json
from tests.proofs.director import Director, Office
from tests.proofs.people import Asker, Expected, make_askers
from tests.proofs.process import Process, keep_index, on_telegram

HARMLESS = (
    "answerCallbackQuery",
    "deleteMessage: Bad Request: message to delete not found",
    "editMessageText: Bad Request: message is not modified",
)
"""What Telegram refuses where something is done once more whose first time was not noted down."""
PATIENCE = 120
"""Seconds for a life to begin or for the last answers."""
A_SECOND = 30
"""Things that people do in a second."""
MOMENTS = {"any moment": 0.4, "a message was posted": 0.25, "updates were taken": 0.25, "while starting": 0.1}
"""When a life ends, and how often."""


class Telegram(FakeTelegram):
    """Kills at the worst moments: a message stands in the chat and the bot does not know; updates are with
    the bot and nothing is committed.
    """

    def __init__(self) -> None:
        super().__init__()
        self.pid = 0
        self.polls = 0
        self.given = 0
        """Updates that there were for the bot."""
        self.life = 0
        self.lives: dict[int, int] = {}
        """Posting, by its place in `everything` → the life that it was posted in."""
        self.kill_at_post = 0
        """Kill when so many more were posted; 0 for never."""
        self.kill_at_take: float | None = None
        """Kill so many seconds after the next updates were handed over."""

    def update(self, kind: str, body: Json) -> int:
        self.given += 1
        return super().update(kind, body)

    def _post(self, message: Posted, given: Json) -> Json:
        shape = super()._post(message, given)
        self.lives[message.id] = self.life
        self._spent()
        return shape

    def do_editMessageText(self, given: Json) -> Json:  # noqa: N802
        shape = super().do_editMessageText(given)
        self._spent()
        return shape

    async def do_getUpdates(self, given: Json) -> list[Json]:  # noqa: N802
        self.polls += 1
        updates = await super().do_getUpdates(given)
        if updates and self.kill_at_take is not None:
            asyncio.get_running_loop().call_later(self.kill_at_take, kill, self.pid)
            self.kill_at_take = None
        return updates

    def _spent(self) -> None:
        if self.kill_at_post:
            self.kill_at_post -= 1
            if not self.kill_at_post:
                kill(self.pid)


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


@dataclass
class Result:
    """What came of it."""

    kills: Counter[str] = field(default_factory=Counter)
    questions: int = 0
    lost: int = 0
    """Things that people did and got no reply to."""
    doubled: int = 0
    """Replies made twice, rows written twice."""
    disorder: int = 0
    """Chats whose replies did not come in the order of the questions."""
    again: int = 0
    """Messages that were sent once more."""
    again_at_once: int = 0
    """The most of them in one chat after one kill; one is what is promised."""
    reports: int = 0
    """Reports that were sent in."""
    steps: int = 0
    """Steps of reports that directors took."""
    exit_code: int = 0
    wrong: list[str] = field(default_factory=list)
    """What else is not as it should be."""

    @property
    def holds(self) -> bool:
        return not (
            self.lost
            or self.doubled
            or self.disorder
            or self.exit_code
            or self.wrong
            or self.again_at_once > 1
        )


async def prove(
    runs: int,
    seed: int,
    matcher: Matcher,
    data: Path,
    forked: bool = False,
    askers: int = 40,
    directors: int = 4,
    told: Callable[[int], None] = lambda run: None,
) -> Result:
    chance = random.Random(seed)
    result = Result()
    keep_index(matcher, data)
    async with Telegram() as telegram:
        process = on_telegram(data, telegram, forked, LOG_LEVEL="WARNING")
        people = make_askers(telegram, matcher, askers, chance)
        office = Office(process, telegram)
        await _live(process, telegram)
        keepers = [await office.director(f"Dirk{number}") for number in range(directors)]
        working = [
            asyncio.create_task(_ask(people, chance)),
            *(asyncio.create_task(director.work()) for director in keepers),
        ]
        try:
            for run in range(runs):
                moment = chance.choices(list(MOMENTS), list(MOMENTS.values()))[0]
                if moment != "while starting" or run == 0:
                    await _until_killed(process, telegram, moment, chance)
                    await _live(process, telegram)
                else:
                    await process.kill()
                    await process.start()
                    await asyncio.sleep(chance.uniform(0, 0.7 if forked else 3))
                    await process.kill()
                    await _live(process, telegram)
                result.kills[moment] += 1
                told(run)
        finally:
            for director in keepers:
                director.ending = True
            working[0].cancel()
        await asyncio.wait(working[1:] or [asyncio.create_task(asyncio.sleep(0))], timeout=PATIENCE)
        await _settled(telegram, people, data)
        result.exit_code = await process.stop()
        for task in working[1:]:
            task.cancel()
        ended = await asyncio.gather(*working[1:], return_exceptions=True)
        result.wrong += [f"a director: {error!r}" for error in ended if isinstance(error, BaseException)]
        expected = [await asker.expected(matcher) for asker in people]
        _judge(result, telegram, people, expected, keepers)
        _judge_rows(result, telegram, expected, keepers, data)
    return result


async def _live(process: Process, telegram: Telegram) -> None:
    """Start a life and wait until it receives."""
    telegram.life += 1
    before = telegram.polls
    await process.start()
    telegram.pid = process.pid
    await telegram.until(
        lambda: telegram.polls > before, f"life {telegram.life}; see {process.log}", PATIENCE
    )


async def _until_killed(process: Process, telegram: Telegram, moment: str, chance: random.Random) -> None:
    if moment == "a message was posted":
        telegram.kill_at_post = chance.randint(1, 12)
    elif moment == "updates were taken":
        await asyncio.sleep(chance.uniform(0, 0.5))
        telegram.kill_at_take = chance.uniform(0, 0.06)
    else:
        asyncio.get_running_loop().call_later(chance.uniform(0, 1.5), kill, process.pid)
    await asyncio.wait_for(process.ended(), PATIENCE)
    telegram.kill_at_post, telegram.kill_at_take = 0, None


async def _ask(people: list[Asker], chance: random.Random) -> None:
    """Everybody asks now and then, also while nobody answers, with at most two questions open."""
    while True:
        asker = chance.choice(people)
        if asker.open < 2:
            asker.ask()
        await asyncio.sleep(chance.expovariate(A_SECOND))


async def _settled(telegram: Telegram, people: list[Asker], data: Path) -> None:
    """Until all is answered and sent, or nothing comes any more."""
    with suppress(AssertionError):
        await telegram.until(
            lambda: telegram.waiting == 0 and all(asker.open <= 0 for asker in people),
            "the last answers",
            PATIENCE,
        )
    with closing(sqlite3.connect(data / "bot.db")) as database:
        for _ in range(PATIENCE):  # what the limit of a chat makes wait
            if not database.execute("SELECT count(*) FROM outbox").fetchone()[0]:
                return
            await asyncio.sleep(1)


def _judge(
    result: Result, telegram: Telegram, people: list[Asker], due: list[Expected], directors: list[Director]
) -> None:
    for asker, expects in zip(people, due, strict=True):
        heard = asker.heard()
        result.questions += len(asker.asked)
        given = Counter(heard)
        expected = Counter(expects.answers)
        result.lost += sum((expected - given).values())
        result.doubled += sum((given - expected).values())
        result.disorder += given == expected and heard != expects.answers
    for chat in {message.chat for message in telegram.everything}:
        repeats = Counter(telegram.lives[message.id] for message in repeated(telegram, chat))
        result.again += sum(repeats.values())
        result.again_at_once = max([result.again_at_once, *repeats.values()])
    for director in directors:
        result.reports += director.reports
        result.steps += director.steps
    result.wrong += [refused for refused in telegram.refused if not refused.startswith(HARMLESS)]


def repeated(telegram: FakeTelegram, chat: int) -> list[Posted]:
    """The messages that say again what the one before them said, buttons and all."""
    there = [message for message in telegram.everything if message.chat == chat]
    return [
        second
        for first, second in pairwise(there)
        if (first.text, first.markup) == (second.text, second.markup)
    ]


def _judge_rows(
    result: Result, telegram: Telegram, due: list[Expected], directors: list[Director], data: Path
) -> None:
    with closing(sqlite3.connect(data / "bot.db")) as database:

        def count(table: str) -> int:
            return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608

        checks = {
            "deliveries": (count("deliveries"), telegram.given),
            "unanswered questions": (count("unanswered"), sum(one.unanswered for one in due)),
            "messages left in the outbox": (count("outbox"), 0),
            "cases": (count("cases"), sum(director.begun for director in directors)),
        }
        health = database.execute("PRAGMA integrity_check").fetchone()[0]
    for what, (found, expected) in checks.items():
        if found != expected:
            result.wrong.append(f"{what}: {found} instead of {expected}")
    if health != "ok":
        result.wrong.append(f"the database: {health}")


def main() -> int:
    forked = "--forked" in sys.argv
    given = [int(value) for value in sys.argv[1:] if value != "--forked"]
    runs, seed = (*given, *(200, 1)[len(given) :])
    matcher = make_matcher(Settings(), Console(stderr=True))
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        result = asyncio.run(
            prove(
                runs,
                seed,
                matcher,
                Path(folder),
                forked,
                told=lambda run: print(f"\r{run + 1} of {runs}", end="", file=sys.stderr),
            )
        )
        log = (Path(folder) / "log").read_text()
    table.head("what", "value")
    for moment, number in result.kills.items():
        table.row(f"killed: {moment}", number)
    table.row("questions asked", result.questions)
    table.row("steps taken in reports", result.steps)
    table.row("reports sent in", result.reports)
    table.row("lost", result.lost)
    table.row("done twice", result.doubled)
    table.row("chats out of order", result.disorder)
    table.row("messages sent once more", result.again)
    table.row("most of them in one chat after one kill", result.again_at_once)
    table.row("exit code of the last life, after SIGTERM", result.exit_code)
    table.row("seconds", time.monotonic() - begun)
    for line in (*result.wrong, *dict.fromkeys(line for line in log.splitlines() if "rror" in line)):
        print(line)
    return 0 if result.holds else 1


if __name__ == "__main__":
    sys.exit(main())
