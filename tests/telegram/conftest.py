"""What the tests of Telegram share."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from handlers import texts
from handlers.conversation.router import Conversation
from knowledge.matching.matcher import Matcher
from tests.fakes.telegram import FakeTelegram
from tests.telegram.stage import Stage, stage


@pytest.fixture(scope="session")
def conversation(matcher: Matcher) -> Conversation:
    return Conversation(matcher, texts.load())


@pytest.fixture
def database(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a fresh SQLite database that has its tables."""
    shutil.copy(sqlite_template, tmp_path / "bot.db")
    return f"sqlite:///{tmp_path / 'bot.db'}"


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    """Telegram, which in the end must have had nothing to refuse."""
    async with FakeTelegram() as fake:
        yield fake
        assert fake.refused == []
        assert [press for press, answered in fake.presses.items() if not answered] == []


@pytest.fixture(params=["polling", "webhook"])
async def running(
    request: pytest.FixtureRequest, telegram: FakeTelegram, conversation: Conversation, database: str
) -> AsyncIterator[Stage]:
    """The assistant, by either way."""
    async with stage(telegram, conversation, database, webhook=request.param == "webhook") as made:
        yield made


@pytest.fixture
async def polling(telegram: FakeTelegram, conversation: Conversation, database: str) -> AsyncIterator[Stage]:
    async with stage(telegram, conversation, database) as made:
        yield made
