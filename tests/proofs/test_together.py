"""Telegram, Teams and the web page in one process: each answers, and SIGTERM ends them all with nothing
lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx

from knowledge.matching.matcher import Matcher
from tests.conftest import MINI
from tests.fakes.connector import Connector, Member
from tests.fakes.serving import serving
from tests.fakes.telegram import FakeTelegram
from tests.proofs.process import Process, keep_index, on_telegram
from tests.test_run import free_port
from tests.web.site import Visitor, words

QUESTION = "mag ik deze foto plaatsen"
ANSWER = "Vraag eerst toestemming."
PATIENCE = 60


async def until(true: Callable[[], bool], what: str) -> None:
    """Wait for what happens in another process."""
    for _ in range(PATIENCE * 50):
        if true():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"waited {PATIENCE} s for {what}")


async def test_three_channels_answer_and_end_together(mini: Matcher, tmp_path: Path) -> None:
    keep_index(mini, tmp_path)
    connector, port = Connector(), free_port()
    address = f"http://127.0.0.1:{port}/"
    async with (
        FakeTelegram() as telegram,
        serving(connector.app()) as connector.address,
        httpx.AsyncClient(base_url=address) as client,
    ):
        process = on_telegram(tmp_path, telegram, PROTOCOL=str(MINI), TEAMS_LOCAL="1", WEB_PORT=str(port))
        await process.start()
        await _started(process, 1)
        anna, member = telegram.person("Anna"), Member(connector, client)

        anna.say(QUESTION)
        assert (await member.say(QUESTION)).status_code < 300
        heard, shown = await asyncio.gather(anna.hears(), asyncio.to_thread(_ask, address))
        await until(lambda: bool(connector.shown(member.conversation)), "the answer in Teams")
        assert heard[0].text.startswith(ANSWER)
        assert shown.startswith(ANSWER)
        assert ANSWER in str(connector.shown(member.conversation)[-1])

        bob = telegram.person("Bob")
        bob.say(QUESTION)
        assert await process.stop() == 0, process.log.read_text()
        assert "Traceback" not in process.log.read_text()
        await _answered_in_the_next_life(process, telegram, lambda: len(bob.sees()) > 0)
        assert [message.text.startswith(ANSWER) for message in bob.sees()] == [True]
        assert connector.problems == telegram.refused == []


def _ask(address: str) -> str:
    visitor = Visitor(address)
    with closing(visitor.http):
        return words(visitor.ask(QUESTION))


async def _started(process: Process, times: int) -> None:
    await until(
        lambda: process.log.read_text().count("Ctrl-C stops it.") == times, f"the start: {process.log}"
    )


async def _answered_in_the_next_life(
    process: Process, telegram: FakeTelegram, answered: Callable[[], bool]
) -> None:
    """What came too late for the first life is not lost; what it did is not done again."""
    await process.start()
    await _started(process, 2)
    await telegram.until(answered, "the answer", PATIENCE)
    await telegram.until(lambda: telegram.waiting == 0, "the confirmation", PATIENCE)
    assert await process.stop() == 0
