"""Every say/hear script, over the web page."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from knowledge.matching.matcher import Matcher
from tests.conversations.runner import play
from tests.conversations.scripts import Script, scripts
from tests.web.driver import WebDriver


@pytest.fixture(scope="module")
def driver(matcher: Matcher) -> Iterator[WebDriver]:
    made = WebDriver(matcher)
    yield made
    made.close()


@pytest.mark.parametrize("script", scripts("web"), ids=str)
def test_script(script: Script, driver: WebDriver, matcher: Matcher) -> None:
    asyncio.run(play(script, driver, matcher.pack.protocol))
