"""Nothing that somebody wrote, and no secret, stands in the log, at any level."""

from __future__ import annotations

import asyncio
import gc
import io
import logging
import socket
from collections.abc import Iterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response as Answer
from starlette.routing import Route

from bot.runtime.serve import http_server
from handlers.context import Response, TurnStores
from handlers.conversation.router import Conversation
from handlers.session import Session
from handlers.turn import Turn
from knowledge.matching.matcher import Matcher
from tests.fakes.telegram import FakeTelegram
from tests.logged import logged
from tests.telegram.conftest import conversation, database, telegram
from tests.telegram.stage import SECRET, stage

__all__ = ["conversation", "database", "telegram"]

TEXT = "kanariezin over Pietje Kanarie 0612345678"
log = logging.getLogger("bot.test")


@pytest.fixture(params=[True, False], ids=["json", "console"])
def lines(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    with logged(request.param, "geheime-canary-1234") as stream:
        yield stream


class Failing(Conversation):
    async def respond(self, turn: Turn, session: Session, stores: TurnStores) -> Response:
        raise ValueError(f"cannot handle {turn.act}")


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_a_whole_conversation_leaves_no_word_and_no_secret(
    lines: io.StringIO,
    telegram: FakeTelegram,
    matcher: Matcher,
    conversation: Conversation,
    database: str,
    webhook: bool,
) -> None:
    anna = telegram.person("Kanarienaam")
    for kind in ("429", "500", "drop", "drop_after"):
        telegram.fail(kind, "sendMessage")
    for talk in (conversation, Failing(matcher, conversation.texts)):
        async with stage(telegram, talk, database, webhook=webhook) as made:
            anna.say(TEXT)
            anna.send("photo", caption=TEXT)
            await anna.look_up(TEXT)
            await made.settled()
    told = lines.getvalue()
    assert "a turn failed" in told
    assert "is tried again" in told
    for canary in ("kanarie", "0612345678", telegram.token, telegram.token.partition(":")[2], SECRET):
        assert canary.lower() not in told.lower()


def test_an_error_is_its_kind_and_its_place(lines: io.StringIO) -> None:
    try:
        try:
            raise ValueError(TEXT)
        except ValueError as error:
            raise RuntimeError(TEXT) from error
    except RuntimeError:
        log.exception("it failed", extra={"update": 7})
    told = lines.getvalue()
    assert "ValueError" in told
    assert "RuntimeError" in told
    assert "test_logs.py" in told
    assert "7" in told
    assert "kanarie" not in told


def test_secrets_and_addresses_are_struck_out(lines: io.StringIO) -> None:
    log.warning(
        "at %s and %s",
        "https://api.telegram.org/bot123456789:AAabcdefghijklmnopqrstuvwxyz/sendMessage?text=hoi",
        "geheime-canary-1234",
    )
    log.warning("postgresql://bot:wachtwoord@db.school.nl/bot bot987654321:AAabcdefghijklmnopqrstuvwxyz")
    told = lines.getvalue()
    assert "https://api.telegram.org" in told
    assert "postgresql://db.school.nl" in told
    for canary in ("AAabc", "geheime", "wachtwoord", "text=hoi"):
        assert canary not in told


async def test_a_lost_error_does_not_tell_its_text(lines: io.StringIO) -> None:
    async def fail() -> None:
        raise ValueError(TEXT)

    task = asyncio.create_task(fail())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
    gc.collect()
    assert "never retrieved" in lines.getvalue()
    assert "kanarie" not in lines.getvalue()


async def test_an_uncaught_error_of_a_web_route_passes_the_filter_too(
    lines: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    async def failing(request: Request) -> Answer:
        raise ValueError(f"cannot handle {request.query_params['text']}")

    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}/x"
    async with (
        http_server(Starlette(routes=[Route("/x", failing)]), listening),
        httpx.AsyncClient() as client,
    ):
        assert (await client.get(address, params={"text": TEXT})).status_code == 500
    told = lines.getvalue() + "".join(capfd.readouterr())
    assert "builtins.ValueError" in told
    assert "Kanarie" not in told
    assert "Traceback" not in told
