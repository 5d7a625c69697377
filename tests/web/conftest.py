from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from knowledge.matching.matcher import Matcher
from tests.web import chromium
from tests.web.driver import BEGIN
from tests.web.pages import DESKTOP, Open, messages
from tests.web.site import Site, Visitor, running

AWAY = ("net::ERR", "status of 410")
"""What a browser says of a server that is stopped, and of a document that is gone: both are what a test
wants.
"""


@pytest.fixture(scope="module")
def site(mini: Matcher, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The assistant with the small pack, shared by a module's tests; every visitor is a new one."""
    with running(Site(mini, tmp_path_factory.mktemp("data"))) as started:
        yield started


@pytest.fixture
def own_site(mini: Matcher, tmp_path: Path) -> Iterator[Site]:
    """One that a test may stop and start."""
    with running(Site(mini, tmp_path)) as started:
        yield started


@pytest.fixture(scope="module")
def shipped_site(matcher: Matcher, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The assistant with the shipped pack, which has guided checks."""
    with running(Site(matcher, tmp_path_factory.mktemp("shipped"))) as started:
        yield started


@pytest.fixture(scope="module")
def office(matcher: Matcher, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The same on the day of the scripts, for a director's work."""
    site = Site(matcher, tmp_path_factory.mktemp("office"))
    site.ahead = BEGIN - datetime.now(UTC)
    with running(site) as started:
        yield started


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium.browser() as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def opened(browser: Browser, site: Site) -> AsyncIterator[Open]:
    """Opens the page in a new browser profile (with a visitor's cookie, where one is given), and waits for
    the first message. What its console complains of fails the test, and so does any request to another
    address."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    async def open_page(
        path: str = "", at: Site = site, visitor: Visitor | None = None, **options: object
    ) -> Page:
        contexts.append(
            await browser.new_context(
                **{"locale": "nl-NL", "viewport": DESKTOP, "reduced_motion": "reduce", **options}  # type: ignore[arg-type]
            )
        )
        if visitor:
            await contexts[-1].add_cookies(
                [{"name": "visitor", "value": visitor.http.cookies["visitor"], "url": at.address}]
            )
        page = await contexts[-1].new_page()
        chromium.watch(page, at.address, complaints)
        await page.goto(at.address + path)
        await expect(messages(page).first).to_be_visible()
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert [text for text in complaints if not any(known in text for known in AWAY)] == []
