"""Every say/hear script, through Telegram."""

from __future__ import annotations

import pytest

from handlers.conversation.router import Conversation
from knowledge.matching.matcher import Matcher
from tests.conversations.runner import play
from tests.conversations.scripts import Script, scripts
from tests.telegram.driver import TelegramDriver


@pytest.mark.parametrize("script", scripts("telegram"), ids=str)
async def test_script(script: Script, conversation: Conversation, database: str, matcher: Matcher) -> None:
    await play(script, TelegramDriver(conversation, database), matcher.pack.protocol)
