"""What the tests in a real browser share: what they look for on the page, and how they act on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Locator, Page, expect

from handlers import texts

NL, EN = texts.load()["nl"], texts.load()["en"]
PHOTO = "mag ik deze foto plaatsen"
PHONE = {"width": 390, "height": 760}
DESKTOP = {"width": 1280, "height": 800}
Open = Callable[..., Awaitable[Page]]


def messages(page: Page) -> Locator:
    """What the assistant said."""
    return page.locator("#log .message:not(.person)")


async def say(page: Page, text: str) -> None:
    """Write it and send it."""
    await page.locator("#text").fill(text)
    await page.keyboard.press("Enter")


async def ask(page: Page, text: str, answers: int) -> None:
    """Ask, and wait until so many messages of the assistant stand there."""
    await (
        page.get_by_role("textbox", name=NL("web_your_question"))
        .or_(page.get_by_role("textbox", name=EN("web_your_question")))
        .fill(text)
    )
    await page.keyboard.press("Enter")
    await expect(messages(page)).to_have_count(answers)


async def press(page: Page, label: str) -> None:
    """The last button with this label."""
    await page.locator("#log").get_by_role("button", name=label, exact=True).last.click()


async def violations(page: Page) -> list[tuple[str, object]]:
    """What axe finds: the rule, and where it is broken."""
    found = (await Axe().run(page)).response["violations"]
    return [(each["id"], [node["target"] for node in each["nodes"]]) for each in found]
