"""A running assistant takes up what is taught, and nothing that is faulty."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot.runtime.live_pack import LivePack
from bot.settings import Settings
from knowledge.matching.index import build
from knowledge.matching.matcher import Matcher
from knowledge.pack import loading
from knowledge.teaching import lesson
from knowledge.teaching.lesson import Silent

BELL = Silent("mag ik op het dak", "nl", "dak", "Het dak", "Over het dak staat er niets.", "directeur")


@pytest.fixture
def settings(mini_folder: Path, tmp_path: Path) -> Settings:
    return Settings(protocol=mini_folder, data_dir=tmp_path / "data")


@pytest.fixture
def taken(settings: Settings) -> list[Matcher]:
    pack = loading.load(settings.protocol)
    return [Matcher(pack, build(pack))]


async def test_a_taught_pack_is_taken_up_once_it_stands_still(
    settings: Settings, taken: list[Matcher]
) -> None:
    live = LivePack(settings, taken[0], taken.append)
    assert not await live.look()
    lesson.write(settings.protocol, [BELL])
    assert not await live.look()  # it may still be written
    assert await live.look()
    assert not await live.look()
    assert taken[0].ask(BELL.text).topic != "near/dak"
    assert taken[1].ask(BELL.text).topic == "near/dak"


async def test_a_faulty_pack_is_told_once_and_not_taken_up(
    settings: Settings, taken: list[Matcher], caplog: pytest.LogCaptureFixture
) -> None:
    live = LivePack(settings, taken[0], taken.append)
    topics = settings.protocol / "topics.yaml"
    right = topics.read_text(encoding="utf-8")
    topics.write_text(right.replace("ask: directeur", "ask: koning"), encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        for _ in range(4):
            assert not await live.look()
    assert len(taken) == 1
    (record,) = caplog.records
    assert "unknown contact" in str(record.__dict__["problems"])
    topics.write_text(right, encoding="utf-8")
    await live.look()
    assert await live.look()
