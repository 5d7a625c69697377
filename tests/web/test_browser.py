"""The page in a real browser."""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.async_api import Browser, Error, expect

from tests.web.pages import EN, NL, PHONE, PHOTO, Open, ask, messages, press, say
from tests.web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")

VAGUE = "schoolpagina en foto's"


async def test_asking_choosing_and_what_the_protocol_does_not_say(opened: Open) -> None:
    page = await opened()
    await expect(page.get_by_text(NL("web_start"))).to_be_visible()
    await ask(page, PHOTO, 2)
    answer = messages(page).nth(1)
    await expect(answer.locator("blockquote")).to_have_text(
        "Vraag ouders toestemming voor een foto op sociale media;"
    )
    await expect(answer.locator("figcaption")).to_have_text("Regels, punt 1 · regels-1")
    await expect(page.get_by_text(NL("web_start"))).to_be_hidden()
    await answer.get_by_role("button", name="Aanspreken").click()
    await expect(messages(page)).to_have_count(3)
    await expect(messages(page).last).to_contain_text("Je wordt aangesproken.")
    await expect(answer.get_by_role("button", name=f"Aanspreken ({NL('web_chosen')})")).to_be_visible()
    await ask(page, "wanneer is het vakantie", 4)
    await expect(messages(page).last).to_contain_text("niets")
    await expect(page.locator("#typing")).to_be_hidden()


async def test_on_a_phone_the_first_thing_to_read_is_the_beginning_of_the_welcome(opened: Open) -> None:
    page = await opened(viewport={"width": 360, "height": 500})
    await expect(page.get_by_role("button", name=NL("web_question_4"))).to_be_visible()
    await expect(messages(page).first.get_by_text(NL.entries["welcome"][:20])).to_be_in_viewport()
    assert await page.locator("#scroll").evaluate("element => element.scrollTop") == 0


@pytest.mark.parametrize(
    "size",
    [PHONE, {"width": 390, "height": 780}, {"width": 640, "height": 400}],
    ids=["phone", "a little too long", "200 %"],
)
async def test_an_answer_longer_than_the_screen_is_shown_from_its_beginning(
    opened: Open, shipped_site: Site, size: dict[str, int]
) -> None:
    page = await opened(at=shipped_site, viewport=size, is_mobile=size == PHONE, has_touch=size == PHONE)
    await ask(page, "mag ik deze foto plaatsen?", 2)
    await expect(page.locator("#typing")).to_be_hidden()
    await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    await expect(messages(page).last.locator("p").first).to_be_in_viewport(ratio=1)
    if size == PHONE:  # what stands around the conversation has not moved
        await expect(page.get_by_role("banner")).to_be_in_viewport(ratio=1)
        await expect(page.locator("#privacy")).to_be_in_viewport(ratio=1)


async def test_help_in_danger_is_read_from_its_first_line_once_the_own_words_are_gone(
    opened: Open, shipped_site: Site
) -> None:
    page = await opened(at=shipped_site, viewport={"width": 390, "height": 844})
    await say(page, "een leerling appt mij dat ze dood wil")
    await expect(messages(page)).to_have_count(2)
    await expect(page.locator("#log .person")).to_have_count(0)
    await expect(messages(page).last).to_contain_text("112")
    await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    await expect(messages(page).last.locator("p").first).to_be_in_viewport(ratio=1)


async def test_an_often_asked_question_is_one_press(opened: Open) -> None:
    page = await opened()
    await page.get_by_role("button", name=NL("web_question_1")).click()
    await expect(messages(page)).to_have_count(2)
    await expect(page.locator("#log .person")).to_have_text(f"{NL('web_you')} {NL('web_question_1')}")


async def test_what_a_person_types_is_never_markup(opened: Open) -> None:
    page = await opened()
    typed = "<img src=x onerror=alert(1)><b>mag dit</b> & 'zo' \"ja\""
    await ask(page, typed, 2)
    await expect(page.locator("#log .person")).to_contain_text(typed)
    assert await page.locator("#log img, #log b").count() == 0
    await page.reload()
    await expect(page.locator("#log .person")).to_contain_text(typed)
    assert await page.locator("#log img, #log b").count() == 0


async def test_a_photo_stays_on_the_device(opened: Open, tmp_path: Path) -> None:
    page = await opened()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    photo = tmp_path / "klas-3b.png"
    photo.write_bytes(b"\x89PNG\r\n\x1a\nSECRETPIXELS")
    await page.set_input_files("#file", photo)
    await expect(page.locator("#photo-note")).to_contain_text(
        NL.entries["web_photo_chosen"].replace("{name}", "klas-3b.png")
    )
    await ask(page, PHOTO, 2)
    await expect(page.locator("#log .person")).to_contain_text(NL("web_photo_kept"))
    await expect(messages(page).last.locator("blockquote")).to_be_visible()
    await expect(page.locator("#photo-note")).to_be_hidden()
    turns = [json.loads(body) for body in sent if '"kind"' in body]
    assert turns == [
        {
            "kind": "sent",
            "text": PHOTO,
            "media": "photo",
            "delivery": turns[0]["delivery"],
            "as": "",
            "language": "nl",
        }
    ]
    assert not any("klas-3b" in body or "PIXELS" in body for body in sent)


async def test_the_language_is_switched_and_stays(opened: Open) -> None:
    page = await opened()
    await page.get_by_role("link", name="English").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.get_by_placeholder(EN("web_placeholder"))).to_be_visible()
    await ask(page, "may I reply to a bad review", 2)
    await expect(messages(page).last).to_have_attribute("lang", "en")
    await expect(messages(page).last.locator("blockquote")).to_have_attribute("lang", "nl")
    await expect(messages(page).first).to_have_attribute("lang", "nl")
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("lang", "en")


async def test_a_reload_in_mid_talk_changes_nothing(opened: Open) -> None:
    page = await opened()
    await ask(page, PHOTO, 2)
    before = await page.locator("#log").inner_text()
    await page.reload()
    await expect(messages(page)).to_have_count(2)
    assert await page.locator("#log").inner_text() == before
    await messages(page).last.get_by_role("button", name="Aanspreken").click()
    await expect(messages(page)).to_have_count(3)


async def test_a_restart_of_the_assistant_in_mid_talk_loses_nothing(opened: Open, own_site: Site) -> None:
    page = await opened(at=own_site)
    await ask(page, PHOTO, 2)
    await asyncio.to_thread(own_site.stop)
    await expect(page.locator("#trouble")).to_have_text(NL("web_offline"))
    await page.locator("#text").fill("hallo daar")
    await page.keyboard.press("Enter")  # typed while nobody listens: sent when somebody does
    await asyncio.to_thread(own_site.start)
    await expect(messages(page)).to_have_count(3)
    await expect(page.locator("#trouble")).to_be_hidden()
    await expect(page.locator("#log .person")).to_have_count(2)
    await messages(page).nth(1).get_by_role("button", name="Aanspreken").click()
    await expect(messages(page)).to_have_count(4)


async def test_two_tabs_show_one_conversation(opened: Open) -> None:
    page = await opened()
    other = await page.context.new_page()
    await other.goto(page.url)
    await expect(messages(other)).to_have_count(1)
    await ask(page, PHOTO, 2)
    await expect(messages(other)).to_have_count(2)
    await expect(other.locator("#log .person")).to_contain_text(PHOTO)
    await messages(other).last.get_by_role("button", name="Aanspreken").click()
    await expect(messages(page)).to_have_count(3)
    await expect(page.locator("#log .chosen")).to_contain_text("Aanspreken")


async def test_two_people_see_nothing_of_each_other(opened: Open) -> None:
    anna, bob = await opened(), await opened()
    await ask(anna, PHOTO, 2)
    await ask(bob, "hallo daar", 2)
    await expect(bob.locator("#log")).not_to_contain_text(PHOTO)


async def test_the_quoted_rule_is_shown_where_it_stands(opened: Open) -> None:
    page = await opened()
    panel = page.get_by_role("dialog", name="Proefprotocol")
    await expect(panel).to_be_visible()
    await ask(page, PHOTO, 2)
    await expect(panel.locator("[aria-current=true]")).to_contain_text(
        "Vraag ouders toestemming voor een foto"
    )
    await expect(page.locator("#text")).to_be_focused()
    await panel.get_by_label(NL("web_find")).fill("AANGESPROKEN regels")
    await expect(panel.get_by_role("article")).to_have_count(1)
    await expect(panel.locator("#found")).to_have_text(NL("web_found_one"))
    await expect(panel.locator("mark")).to_have_text(["regels", "aangesproken"])
    await panel.get_by_label(NL("web_find")).fill("olifant")
    await expect(panel.locator("#found")).to_have_text(NL("web_found_none"))
    await page.get_by_role("button", name="Regels, punt 1").click()
    await expect(panel.get_by_role("article")).to_have_count(3)
    await expect(panel.locator("[aria-current=true]")).to_be_focused()


async def test_on_a_phone_the_protocol_is_a_sheet_that_gives_the_focus_back(opened: Open) -> None:
    page = await opened(viewport=PHONE, has_touch=True)
    sheet = page.get_by_role("dialog", name="Proefprotocol")
    await expect(sheet).to_be_hidden()
    await ask(page, PHOTO, 2)
    await page.get_by_role("button", name="Regels, punt 1").click()
    await expect(sheet.locator("[aria-current=true]")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(sheet).to_be_hidden()
    await expect(page.get_by_role("button", name="Regels, punt 1")).to_be_focused()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_everything_can_be_done_with_the_keyboard_alone(opened: Open) -> None:
    page = await opened()
    seen = []
    for _ in range(17):
        await page.keyboard.press("Tab")
        seen.append(await page.evaluate("document.activeElement.id || document.activeElement.textContent"))
    roles = [NL(f"web_role_{role}") for role in ("medewerker", "directie", "bestuur")]
    assert seen[:10] == [
        NL("web_skip"),
        "language",
        "away",
        "browse",
        *roles,
        "scroll",
        NL("topics"),
        NL("web_question_1"),
    ]
    assert seen[13:] == ["photo", "text", "send", "close"]
    await page.locator(".skip").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#text")).to_be_focused()
    await page.keyboard.type(PHOTO)
    await page.keyboard.press("Enter")
    await expect(messages(page)).to_have_count(2)
    await expect(page.locator("#text")).to_be_focused()
    wanted = messages(page).last.get_by_role("button", name="Aanspreken")
    for _ in range(6):  # back over the photo button and the answer's last buttons
        await page.keyboard.press("Shift+Tab")
        if await wanted.evaluate("element => element === document.activeElement"):
            break
    await expect(wanted).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(messages(page)).to_have_count(3)
    focused = page.locator("#log .message button:focus")
    await expect(focused).to_contain_text("Aanspreken")


async def test_a_screen_reader_hears_answers_in_their_language(opened: Open) -> None:
    page = await opened()
    log = page.get_by_role("log")
    await expect(log).to_have_attribute("aria-live", "polite")
    await ask(page, PHOTO, 2)
    assert await messages(page).last.locator(".unseen").first.inner_text() == NL("web_assistant")
    assert await messages(page).last.get_attribute("lang") == "nl"


@pytest.mark.parametrize("size", [(640, 400), (320, 568)])
async def test_at_200_percent_and_on_the_smallest_phone_nothing_is_cut_off(
    opened: Open, size: tuple[int, int]
) -> None:
    """A window of 1280 by 800 at 200 % is one of 640 by 400."""
    page = await opened(viewport={"width": size[0], "height": size[1]})
    await ask(page, PHOTO, 2)
    await expect(page.locator("#send")).to_be_in_viewport(ratio=1)
    await expect(messages(page).last.locator("p").first).to_be_in_viewport(ratio=1)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_motion_is_left_out_for_who_wants_none(opened: Open) -> None:
    page = await opened()
    assert await messages(page).first.evaluate("element => getComputedStyle(element).animationName") == "none"
    moving = await opened(reduced_motion="no-preference")
    assert (
        await messages(moving).first.evaluate("element => getComputedStyle(element).animationName")
        == "arrive"
    )


async def test_choosing_among_rules_or_none_of_them(opened: Open, shipped_site: Site) -> None:
    page = await opened(at=shipped_site)
    await ask(page, VAGUE, 2)
    choices = messages(page).nth(1).locator(".buttons button")
    await expect(messages(page).nth(1).locator("blockquote")).to_have_count(0)
    await expect(choices.filter(has_text=NL("none"))).to_have_count(1)
    await choices.first.click()
    await expect(messages(page).last.locator("blockquote")).to_be_visible()
    page = await opened(at=shipped_site)
    await ask(page, VAGUE, 2)
    await messages(page).last.get_by_role("button", name=NL("none")).click()
    await expect(messages(page)).to_have_count(3)
    await expect(messages(page).last.locator("blockquote")).to_have_count(0)


async def test_a_guided_check_is_walked_by_pressing_to_what_the_protocol_says_then(
    opened: Open, shipped_site: Site
) -> None:
    page = await opened(at=shipped_site)
    await ask(page, "mag ik een foto van de sportdag op facebook zetten", 2)
    await press(page, "Check: mag deze foto online?")
    await expect(messages(page).last).to_contain_text("Vraag 1 van 4")
    for number, pressed in enumerate(("Op sociale media", "Ja", "Leerlingen"), 2):
        await press(page, pressed)
        await expect(page.locator("#log")).to_contain_text(f"✓ {pressed}")
        await expect(messages(page).last).to_contain_text(f"Vraag {number} van 4")
    await expect(page.get_by_role("button", name="In de ouderapp")).to_have_count(0)
    await press(page, "Nee, of niet allemaal")
    await expect(messages(page).last).to_contain_text("Plaats de opname nog niet")
    await expect(messages(page).last.locator("figcaption")).to_contain_text("profilering-4")


async def test_a_question_after_a_question_is_understood_by_it(opened: Open, shipped_site: Site) -> None:
    page = await opened(at=shipped_site)
    await ask(page, "mag ik een foto van de sportdag op facebook zetten", 2)
    await ask(page, "en op de website?", 3)
    await expect(messages(page).last).to_contain_text("Het protocol zegt niets over")
    await expect(messages(page).last).to_contain_text("website")


async def test_the_policy_is_kept_by_the_browser(browser: Browser, site: Site) -> None:
    """No script or style within the page, no text made markup, no other address: each is tried, and
    stopped.
    """
    page = await browser.new_page()
    await page.goto(site.address)
    await expect(messages(page).first).to_be_visible()
    await page.evaluate(
        "addEventListener('securitypolicyviolation', ({effectiveDirective}) => (window.stopped ??= "
        "[]).push(effectiveDirective))"
    )
    await page.evaluate("fetch('http://localhost:1/').catch(() => 0)")
    await page.evaluate(
        "document.head.append(Object.assign(document.createElement('style'), {textContent: 'body {color: "
        "red}'}))"
    )
    await page.evaluate("document.body.append(Object.assign(new Image(), {src: 'http://localhost:1/x.png'}))")
    for markup in (
        "document.body.insertAdjacentHTML('beforeend', '<b>x</b>')",
        "document.createElement('script').text = 'window.ran = 1'",
    ):
        with pytest.raises(Error, match="Trusted"):
            await page.evaluate(markup)
    await page.wait_for_function("window.stopped?.length >= 5")
    directives = [
        "connect-src",
        "img-src",
        "require-trusted-types-for",
        "require-trusted-types-for",
        "style-src-elem",
    ]
    assert sorted(await page.evaluate("window.stopped")) == directives
    assert await page.locator("body > b").count() == 0
    await page.close()


async def test_all_that_is_fetched_for_the_page_is_under_60_kb(opened: Open, shipped_site: Site) -> None:
    """With the protocol of a real board, as it comes over the line."""
    page = await opened(at=shipped_site)
    await expect(page.get_by_role("dialog").get_by_role("article").first).to_be_visible()
    sizes = await page.evaluate(
        "performance.getEntries().filter((entry) => entry.encodedBodySize).map((entry) => [entry.name, "
        "entry.encodedBodySize])"
    )
    names = {name.rpartition("/")[2].partition("?")[0] for name, _ in sizes}
    assert names >= {"", "page.css", "page.js", "log.js", "panel.js", "wire.js", "protocol.json"}
    assert sum(size for _, size in sizes) < 60_000


async def test_the_search_also_finds_what_is_meant(opened: Open) -> None:
    """Words of the question that stand in no rule."""
    page = await opened()
    await page.locator("#find").fill("boos bericht antwoord")
    await expect(page.locator("#found")).to_contain_text("gevonden")
    await expect(page.locator("#found")).not_to_contain_text("Niets")
    await expect(page.locator(".rule[aria-current]")).to_be_visible()


async def test_a_number_of_the_help_is_called_with_one_touch(opened: Open) -> None:
    page = await opened()
    await ask(page, "een leerling appt mij dat ze dood wil", 2)
    links = await messages(page).last.locator("a.call").evaluate_all("all => all.map(a => a.href)")
    assert links[:2] == ["tel:112", "tel:113"]


async def test_a_pin_is_not_shown_while_it_is_typed(opened: Open, shipped_site: Site) -> None:
    page = await opened("?als=directie", at=shipped_site)
    await page.locator("#text").fill("/melden")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Begin").click()
    await expect(page.locator("#text")).to_have_class("secret")
    await page.locator("#text").fill("739152")
    assert await page.locator("#text").evaluate("box => getComputedStyle(box).webkitTextSecurity") == "disc"
    await page.keyboard.press("Enter")
    await expect(messages(page).last).to_contain_text("nog een keer")
    assert "739152" not in await page.locator("#log").inner_text()


async def test_who_leaves_fast_leaves_no_way_back(browser: Browser, site: Site) -> None:
    context = await browser.new_context(locale="nl-NL")
    page = await context.new_page()
    await page.route(
        "https://www.buienradar.nl/**", lambda route: route.fulfill(body="<title>Weer</title>Zonnig")
    )
    await page.goto(site.address)
    await expect(messages(page).first).to_be_visible()
    before = await page.evaluate("history.length")
    await page.get_by_role("button", name=NL("web_away")).click()
    await expect(page).to_have_title("Weer")
    assert await page.evaluate("history.length") == before
    await page.go_back()
    assert site.address not in page.url
    await context.close()


@pytest.mark.parametrize("width", [320, 375])
async def test_nothing_overlaps_in_the_header_of_a_small_phone(opened: Open, width: int) -> None:
    page = await opened(viewport={"width": width, "height": 560})
    boxes = await page.locator("header nav > *").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect()).map(({left, right}) => [left, right])"
    )
    title = await page.locator("header .name").evaluate("one => one.getBoundingClientRect().right")
    assert all(left >= 0 and right <= width for left, right in boxes)
    assert all(one[1] <= other[0] for one, other in pairwise(boxes))
    assert title <= boxes[0][0] + 1
