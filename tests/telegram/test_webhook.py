"""Who may post to the webhook, and what is said to them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.channels.telegram.webhook import BODY, HEADER, PATH, Webhook
from bot.ports.store import StoreUnavailableError
from tests.telegram.stage import SECRET


class Taken:
    """A receiver that notes what it gets, and fails when told to."""

    def __init__(self) -> None:
        self.updates: list[Mapping[str, Any]] = []
        self.fails: Exception | None = None

    async def take(self, update: Mapping[str, Any]) -> None:
        if self.fails:
            raise self.fails
        self.updates.append(update)


async def post(
    webhook: Webhook, content: bytes | str = '{"update_id": 1}', headers: list[tuple[str, str]] | None = None
) -> int:
    transport = httpx.ASGITransport(Starlette(routes=[webhook.route()]))
    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
        answer = await client.post(
            PATH, content=content, headers=[(HEADER, SECRET)] if headers is None else headers
        )
        return answer.status_code


@pytest.fixture
def taken() -> Taken:
    return Taken()


@pytest.fixture
def webhook(taken: Taken) -> Webhook:
    made = Webhook(SECRET)
    made.receiver = taken  # type: ignore[assignment]
    return made


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(HEADER, "")],
        [(HEADER, SECRET[:-1])],
        [(HEADER, SECRET + "s")],
        [(HEADER, SECRET), (HEADER, SECRET)],
        [(HEADER, SECRET.upper())],
    ],
)
async def test_a_stranger_is_refused(webhook: Webhook, taken: Taken, headers: list[tuple[str, str]]) -> None:
    assert await post(webhook, headers=headers) == 403
    assert taken.updates == []


@pytest.mark.parametrize(
    "content",
    ["", "hoi", "[]", "1", "{}", '{"update_id": "1"}', b"\xff\xfe", "[" * 100_000, '{"update_id": null}'],
)
async def test_what_is_no_update_is_refused(webhook: Webhook, taken: Taken, content: bytes | str) -> None:
    assert await post(webhook, content) == 400
    assert taken.updates == []


async def test_the_body_has_a_limit(webhook: Webhook) -> None:
    body = json.dumps({"update_id": 1, "x": ""})
    assert await post(webhook, body.replace('""', f'"{"a" * (BODY - len(body))}"')) == 200
    assert await post(webhook, body.replace('""', f'"{"a" * (BODY - len(body) + 1)}"')) == 413


@pytest.mark.parametrize("fails", [OSError("disk full"), StoreUnavailableError("away")])
async def test_200_only_when_it_is_kept(
    webhook: Webhook, taken: Taken, fails: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    taken.fails = fails
    assert await post(webhook) == 503
    [line] = [line for line in caplog.records if line.name == "bot.channels.telegram.webhook"]
    # an outage is no fault of the program: thousands of deliveries come again meanwhile
    assert bool(line.exc_info) == isinstance(fails, OSError)
    taken.fails = None
    assert await post(webhook) == 200
    assert taken.updates == [{"update_id": 1}]


async def test_before_the_start_telegram_is_asked_to_come_back() -> None:
    assert await post(Webhook(SECRET)) == 503


@pytest.mark.parametrize("secret", ["", "s" * 31, "s" * 257, "s" * 32 + "!", "é" * 32])
def test_a_weak_secret_does_not_start(secret: str) -> None:
    with pytest.raises(ValueError, match="32"):
        Webhook(secret)
