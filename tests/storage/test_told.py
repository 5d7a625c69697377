"""What people hear while nothing can be stored: once, and then the answer."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from bot.ports.store import StoreUnavailableError
from bot.service import PASSES_WITHIN, TOLD_FOR, Service
from handlers import texts
from handlers.conversation.router import Conversation
from handlers.turn import Opened, Person, Turn
from knowledge.matching.matcher import Matcher
from tests.fakes.telegram import FakeTelegram
from tests.storage.talk import turn
from tests.telegram.stage import stage
from tests.web.site import Site, running, words

WORDS = "Ik kan je bericht nu niet bewaren."


class Times:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
def tells(mini: Matcher, times: Times) -> Callable[[Turn, Any], str | None]:
    class Failing:
        def unit(self, done: Turn) -> Any:
            raise StoreUnavailableError("full")

    made: Any = Failing()
    service = Service(Conversation(mini, texts.load()), made, times)

    def tell(done: Turn, failure: Any) -> str | None:
        return service.cannot_store(done, StoreUnavailableError(failure))

    return tell


def test_who_is_told_and_how_often(tells: Callable[[Turn, Any], str | None], times: Times) -> None:
    first = tells(turn("test:a"), "full")
    assert first is not None
    assert first.startswith(WORDS)
    assert "112" in first
    assert tells(turn("test:a"), "full") is None
    assert tells(turn("test:b"), "full") is not None
    assert tells(replace(turn("test:c"), person=Person("test:c", "en")), "full") != first
    assert tells(turn("test:d", act=Opened()), "full") is None
    times.now += TOLD_FOR
    assert tells(turn("test:a"), "read_only") is not None


async def test_what_passes_by_itself_is_told_after_half_a_minute(mini: Matcher, times: Times) -> None:
    class Away:
        def unit(self, done: Turn) -> Any:
            raise StoreUnavailableError("away")

    made: Any = Away()
    service = Service(Conversation(mini, texts.load()), made, times)
    for wait, told in ((0.0, False), (PASSES_WITHIN - 1, False), (1.0, True), (1.0, False)):
        times.now += wait
        with pytest.raises(StoreUnavailableError) as failed:
            await service.handle(turn())
        assert (service.cannot_store(turn(), failed.value) is not None) is told


@contextmanager
def full() -> Iterator[None]:
    """The disk of every SQLite database is full meanwhile."""

    def fail(dialect: object, connection: object) -> None:
        error = sqlite3.OperationalError("injected")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    with patch.object(SQLiteDialect_pysqlite, "do_commit", fail):
        yield


@pytest.mark.parametrize("webhook", [False, True])
async def test_on_telegram(mini: Matcher, sqlite_template: Path, tmp_path: Path, webhook: bool) -> None:
    database = shutil.copy(sqlite_template, tmp_path / "bot.db")
    async with FakeTelegram() as telegram:
        talk = Conversation(mini, texts.load())
        async with stage(telegram, talk, f"sqlite:///{database}", webhook) as made:
            anna = telegram.person("Anna")
            with full():
                anna.say("mag ik een foto plaatsen?")
                await telegram.until(lambda: len(anna.sees()) == 1, "the notice")
            await telegram.until(lambda: len(anna.sees()) == 2, "the answer")
            await made.settled()
            seen = [message.text for message in anna.sees()]
    assert len(seen) == 2
    assert seen[0].startswith(WORDS)
    assert not seen[1].startswith("Er ging iets mis")


def test_on_the_page(mini: Matcher, tmp_path: Path) -> None:
    """The page itself tries again, and then shows the text `web_not_stored`."""
    with running(Site(mini, tmp_path)) as site:
        visitor = site.visitor()
        with full():
            answer = visitor.post("said", text="mag ik een foto plaatsen?", delivery="same")
            assert answer.status_code == 503
        assert visitor.post("said", text="mag ik een foto plaatsen?", delivery="same").status_code == 200
        assert "Er ging iets mis" not in words(visitor.hear())
