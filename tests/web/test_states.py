"""The page in each of its states: axe finds nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.web.director import HALFWAY, director
from tests.web.pages import NL, PHONE, PHOTO, Open, ask, messages, press, say, violations
from tests.web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")

LOOKS: dict[str, dict[str, object]] = {
    "desktop": {},
    "phone": {"viewport": PHONE},
    "dark": {"color_scheme": "dark"},
    "english": {"locale": "en-GB"},
    "dark phone": {"viewport": PHONE, "color_scheme": "dark"},
}


@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing(opened: Open, look: str, tmp_path: Path) -> None:
    page = await opened(**LOOKS[look])
    await expect(page.locator("#start")).to_be_visible()
    found = {"at the start": await violations(page)}
    await ask(page, PHOTO, 2)
    found["after an answer"] = await violations(page)
    await messages(page).last.get_by_role("button", name=re.compile("Aanspreken|Being spoken to")).click()
    await expect(messages(page)).to_have_count(3)
    found["after a press"] = await violations(page)
    await page.get_by_role("button", name="regels-1").click()
    await expect(page.get_by_role("dialog").locator("[aria-current=true]")).to_be_focused()
    found["with the quoted rule marked, in the panel or the sheet"] = await violations(page)
    await page.locator("#find").fill("foto")
    await expect(page.locator("mark").first).to_be_visible()
    found["with words found"] = await violations(page)
    await page.locator("#close").click()
    (tmp_path / "klas-3b.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    await page.set_input_files("#file", tmp_path / "klas-3b.png")
    await expect(page.locator("#photo-note")).to_be_visible()
    found["with a photo chosen"] = await violations(page)
    assert {state: faults for state, faults in found.items() if faults} == {}


@pytest.mark.parametrize("look", ["desktop", "dark"])
async def test_axe_finds_nothing_where_something_could_not_be_sent(opened: Open, look: str) -> None:
    page = await opened(**LOOKS[look])
    await page.context.set_offline(True)
    await say(page, PHOTO)
    await expect(page.locator("#log .pending")).to_be_visible()
    assert await violations(page) == []
    await expect(page.get_by_role("alert")).to_have_text(NL("web_failed"))
    await expect(page.get_by_role("button", name=NL("web_retry"))).to_be_visible()
    assert await violations(page) == []
    await page.context.set_offline(False)
    await page.get_by_role("button", name=NL("web_retry")).click()
    await expect(messages(page)).to_have_count(2)
    await expect(page.locator("#log .person")).to_have_count(1)


@pytest.mark.parametrize("look", ["desktop", "dark phone"])
async def test_axe_finds_nothing_halfway_a_report_and_in_the_list_of_cases(
    opened: Open, office: Site, look: str
) -> None:
    page = await opened("?als=directie", at=office, visitor=director(office, HALFWAY), **LOOKS[look])
    await expect(messages(page).last).to_contain_text("Stap")
    assert await violations(page) == []
    anna = director(office)
    page = await opened("?als=directie", at=office, visitor=anna, **LOOKS[look])
    await say(page, "/zaken")
    await expect(messages(page).last).to_contain_text("Zaken die jij mag zien")
    assert await violations(page) == []
    await messages(page).last.get_by_role("button").first.click()
    await press(page, "Lees de melding")
    await expect(messages(page).last).to_contain_text("Leerling A noemde leerling B dom")
    assert await violations(page) == []
