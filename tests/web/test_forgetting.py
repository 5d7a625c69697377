"""/vergeet on the page: what was taken away is gone wherever the conversation stands."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.web.pages import NL, PHOTO, Open, ask, messages, press, say
from tests.web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")

YES = NL("forget_yes")
SLEEP = "dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))"
WAKE = "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"


async def talked(opened: Open) -> Page:
    """A page with a conversation on it, and the question whether to forget it."""
    page = await opened()
    await ask(page, PHOTO, 2)
    await say(page, "/vergeet")
    await expect(page.get_by_role("button", name=YES)).to_be_visible()
    return page


async def another(page: Page) -> Page:
    """The same conversation in a second tab."""
    other = await page.context.new_page()
    await other.goto(page.url)
    await expect(other.locator("#log")).to_contain_text(PHOTO)
    return other


async def is_forgotten(page: Page) -> None:
    """Nothing but the last message stands there."""
    await expect(messages(page)).to_have_count(1)
    await expect(messages(page)).to_contain_text("Dat is gewist")
    await expect(page.locator("#log .person")).to_have_count(0)


async def test_it_is_gone_on_the_page_in_a_second_tab_and_after_a_reload(opened: Open) -> None:
    page = await talked(opened)
    other = await another(page)
    await press(page, YES)
    await is_forgotten(page)
    await is_forgotten(other)
    await page.reload()
    await is_forgotten(page)
    await expect(page.get_by_text(NL("web_start"))).to_be_visible()


async def test_a_page_that_slept_through_it_hears_of_it_when_it_wakes(opened: Open) -> None:
    page = await talked(opened)
    other = await another(page)
    await other.evaluate(SLEEP)
    await press(page, YES)
    await is_forgotten(page)
    await expect(other.locator("#log")).to_contain_text(PHOTO)  # nobody told it yet
    await other.evaluate(WAKE)
    await is_forgotten(other)


async def test_a_reader_that_missed_it_hears_what_is_gone_and_a_new_one_hears_nothing_of_it(
    site: Site,
) -> None:
    anna = site.visitor()
    anna.ask(PHOTO)
    stood = [line["id"] for line in anna.history()]
    question = anna.do("> /vergeet", YES)
    anna.do(YES, "gewist")
    missed = list(anna._events(len(stood), until_ready=True))
    assert {line["id"] for line in missed if line.get("gone")} >= {*stood, question["id"]}
    assert [line["id"] for line in missed if not line.get("gone")] == [anna.history()[-1]["id"]]
    assert not any(line.get("gone") for line in anna.history())
    assert len(anna.history()) == 1


async def test_after_it_the_often_asked_questions_stand_there_again_and_the_keyboard_has_a_place(
    opened: Open,
) -> None:
    page = await talked(opened)
    await page.get_by_role("button", name=YES).focus()
    await page.keyboard.press("Enter")
    await is_forgotten(page)
    await expect(page.get_by_text(NL("web_start"))).to_be_visible()
    await expect(page.locator("#scroll")).to_be_focused()
