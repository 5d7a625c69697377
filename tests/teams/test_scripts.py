"""Every say/hear script, on Teams."""

from __future__ import annotations

from pathlib import Path

import pytest

from handlers import texts
from handlers.conversation.router import Conversation
from knowledge.matching.matcher import Matcher
from tests.conversations.runner import play
from tests.conversations.scripts import Script, scripts
from tests.teams.driver import TeamsDriver


@pytest.mark.parametrize("script", scripts("teams"), ids=str)
async def test_script(script: Script, matcher: Matcher, sqlite_template: Path) -> None:
    await play(
        script, TeamsDriver(Conversation(matcher, texts.load()), sqlite_template), matcher.pack.protocol
    )
