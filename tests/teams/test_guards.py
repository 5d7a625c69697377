"""The guards that the SDK needs, each gone missing fails here. The slow key server is in test_tokens.py."""

from __future__ import annotations

import asyncio
import logging

import httpx
import pytest
from opentelemetry import metrics

from bot.channels.teams import channel, sdk
from bot.service import Handled
from handlers.turn import Turn
from tests.teams.conftest import Stage


async def test_guard_1_no_meter_is_kept_per_message(stage: Stage) -> None:
    assert isinstance(metrics.get_meter_provider(), metrics.NoOpMeterProvider)


async def test_guard_3_what_goes_out_has_a_timeout(stage: Stage) -> None:
    assert stage.channel._app.api.http.http.timeout == httpx.Timeout(sdk.OUTGOING_TIMEOUT)


async def test_guard_5_a_failing_store_is_no_500_and_is_delivered_again(stage: Stage) -> None:
    async def fails(turn: Turn) -> Handled:
        raise OSError("disk full")

    works = stage.service.handle
    stage.service.handle = fails  # type: ignore[method-assign]
    anna = stage.member()
    assert (await anna.say("hallo", id="1")).status_code == 503
    stage.service.handle = works  # type: ignore[method-assign]
    assert (await anna.say("hallo", id="1")).status_code == 200
    assert len(anna.sees()) == 1


async def test_long_work_shows_typing_and_answers_in_time(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "TYPING_AFTER", 0.01)
    monkeypatch.setattr(channel, "ANSWER_WITHIN", 0.05)
    works, go = stage.service.handle, asyncio.Event()

    async def slow(turn: Turn) -> Handled:
        await go.wait()
        return await works(turn)

    stage.service.handle = slow  # type: ignore[method-assign]
    anna = stage.member()
    assert (await anna.say("hallo")).status_code == 200
    assert ("typing", "a:anna", "") in stage.connector.log
    assert anna.sees() == []
    go.set()
    while not anna.sees():
        await asyncio.sleep(0.01)


async def test_httpx_stays_quiet_about_addresses(stage: Stage) -> None:
    assert logging.getLogger("httpx").getEffectiveLevel() >= logging.WARNING
