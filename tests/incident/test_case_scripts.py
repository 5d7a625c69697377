"""The say/hear scripts about people and cases, over a real database."""

import asyncio
from pathlib import Path

import pytest

from handlers import texts
from handlers.conversation.router import Conversation
from knowledge.matching.matcher import Matcher
from tests.conversations.runner import play
from tests.conversations.scripts import Script, scripts
from tests.incident.driver import CasesDriver

SCRIPTS = [script for script in scripts(CasesDriver.channel) if script.channels]


@pytest.mark.parametrize("script", SCRIPTS, ids=str)
def test_script(script: Script, matcher: Matcher, sqlite_template: Path) -> None:
    asyncio.run(
        play(script, CasesDriver(Conversation(matcher, texts.load()), sqlite_template), matcher.pack.protocol)
    )


def test_there_are_scripts() -> None:
    assert len(SCRIPTS) >= 12
