"""Nothing that somebody wrote in Teams, and no secret, stands in the log, at any level."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from tests.logged import logged
from tests.teams.conftest import Stage

CANARY = "kanariezin over Pietje"
TOKEN = "geheim-token-kanarie-1234567890"  # noqa: S105


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    with logged(True, TOKEN) as stream:
        yield stream


async def test_a_conversation_leaves_no_word_and_no_secret(stage: Stage, lines: io.StringIO) -> None:
    logging.getLogger("bot").info("written at all")
    anna = stage.member("kanarie-naam")
    anna.headers = {"Authorization": f"Bearer {TOKEN}"}
    await anna.say(CANARY)
    await anna.say("mag ik een klassenfoto op facebook zetten")
    await anna.press("Nuttig")
    stage.connector.refuse = [500]
    await anna.say(f"{CANARY} nog eens")
    await anna.post(type="message", text=CANARY, value={"b": CANARY})
    await anna.post(
        type="invoke",
        name="fileConsent/invoke",
        value={"action": "accept", "context": {"offer": CANARY}, "uploadInfo": {"uploadUrl": CANARY}},
    )
    logged = lines.getvalue()
    assert "written at all" in logged
    assert "anariezin" not in logged
    assert TOKEN not in logged
