"""Documents on the page: they arrive under their name, for whom they were made, and not for ever."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Page, expect

from bot.channels.web.demo import FILE
from bot.channels.web.page import FILE_LASTS
from bot.clock import utc_now
from bot.storage import people_repository, pin_repository
from bot.storage.database import connect
from bot.storage.demonstration import SCHOOL
from handlers.people import OPEN_FOR
from tests.documents.reading import pdf_text, squeezed
from tests.proofs.director import FACTS, PIN, SAYS
from tests.web.director import READING, director
from tests.web.driver import BEGIN
from tests.web.pages import NL, Open, press, say
from tests.web.site import JSON, Site, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

PROTOCOL = "protocol-social-media.pdf"
RECORD = "2026-0001-lovs.pdf"


@pytest.fixture(scope="module")
def anna(office: Site) -> Visitor:
    """A director who has the record of her case in the chat."""
    anna = director(office)
    for does, sees in (
        (f"{SAYS}/zaak 2026-0001", "Meer"),
        ("Meer", "Verslag maken"),
        ("Verslag maken", "Voor het LOVS (PDF)"),
    ):
        office.ahead += READING
        anna.do(does, sees)
    anna.do("Voor het LOVS (PDF)", "Hier is het verslag")
    return anna


def record(anna: Visitor) -> JSON:
    """The message with the record."""
    return next(line for line in anna.history() if line.get("file"))


def download(name: str) -> str:
    """What stands on the button that downloads it."""
    return NL.entries["web_download"].replace("{name}", name)


def fetched(visitor: Visitor, message: object) -> int:
    """The status of asking for a message's document."""
    return visitor.http.post("file", json={"message": message, "as": visitor.role}).status_code


async def taken(page: Page, name: str, folder: Path) -> bytes:
    """Press the download, and read what the browser kept."""
    async with page.expect_download() as downloading:
        await press(page, download(name))
    came = await downloading.value
    assert came.suggested_filename == name
    await came.save_as(folder / name)
    return (folder / name).read_bytes()


async def test_the_protocol_is_downloaded_as_a_pdf(opened: Open, shipped_site: Site, tmp_path: Path) -> None:
    page = await opened(at=shipped_site)
    await say(page, "/protocol")
    await press(page, "Hele protocol als PDF")
    rule = next(iter(shipped_site.matcher.pack.protocol))
    assert squeezed(rule.text) in pdf_text(await taken(page, PROTOCOL, tmp_path))
    await expect(page.locator("#trouble")).to_be_hidden()


async def test_a_director_downloads_the_record_of_a_case(
    opened: Open, office: Site, anna: Visitor, tmp_path: Path
) -> None:
    page = await opened("?als=directie", at=office, visitor=anna)
    assert squeezed(f"{FACTS}, keer 1.") in pdf_text(await taken(page, RECORD, tmp_path))


async def test_a_document_that_was_offered_too_long_ago_is_asked_for_again(
    opened: Open, shipped_site: Site
) -> None:
    page = await opened(at=shipped_site)
    await say(page, "/protocol")
    await press(page, "Hele protocol als PDF")
    await expect(page.get_by_role("button", name=PROTOCOL)).to_be_visible()
    shipped_site.ahead += FILE_LASTS
    await press(page, download(PROTOCOL))
    await expect(page.get_by_role("alert")).to_have_text(
        "Dit document is niet meer op te halen. Vraag er opnieuw om."
    )


async def test_a_document_is_for_the_chat_that_it_was_offered_in(office: Site, anna: Visitor) -> None:
    message = record(anna)["id"]
    assert fetched(anna, message) == 200
    for role in ("directie", "bestuur", ""):
        bob = office.visitor(role)
        bob.ask("hallo daar")
        assert fetched(bob, message) == 410
    same_browser = {"message": message, "as": ""}
    assert anna.http.post("file", json=same_browser).status_code == 410
    assert (
        httpx.post(
            f"{office.address}file", json=same_browser, headers={"Origin": office.address.rstrip("/")}
        ).status_code
        == 401
    )
    assert (
        anna.http.post("file", json=same_browser, headers={"Origin": "https://evil.example"}).status_code
        == 403
    )


async def test_who_is_no_director_any_more_fetches_nothing(office: Site, anna: Visitor) -> None:
    message, now = record(anna)["id"], BEGIN
    with closing(connect(f"sqlite:///{office.folder / FILE}")) as database:
        assert database.transact(lambda connection: people_repository.revoke(connection, anna.id))
        try:
            assert fetched(anna, message) == 410
        finally:
            code = database.transact(
                lambda connection: people_repository.invite(connection, "directie", [SCHOOL], None, now)
            )
            database.transact(lambda connection: people_repository.redeem(connection, code, anna.id, now))
            assert fetched(anna, message) == 410  # the PIN went with the role
            later = utc_now() + office.ahead
            database.transact(
                lambda connection: pin_repository.set_pin(connection, anna.id, anna.id, PIN, later)
            )
    assert fetched(anna, message) == 200


async def test_a_record_on_offer_ends_with_the_time_that_the_pin_opens(office: Site, anna: Visitor) -> None:
    message = record(anna)["id"]
    office.ahead += OPEN_FOR - timedelta(minutes=1)
    assert fetched(anna, message) == 200
    office.ahead += timedelta(minutes=2)
    assert fetched(anna, message) == 410
    anna.do(f"{SAYS}/zaak 2026-0001", "Stuur eerst je pincode")
    anna.do(f"{SAYS}{PIN}", "Meer")
    assert fetched(anna, message) == 200


async def test_only_a_message_with_a_document_has_one(office: Site, anna: Visitor) -> None:
    others = [line["id"] for line in anna.history() if not line.get("file")]
    assert [fetched(anna, message) for message in (others[0], others[-1], 999)] == [410, 410, 410]
    for body in (
        b"",
        b"[]",
        b'{"message": "1", "as": ""}',
        b'{"message": -1, "as": ""}',
        b'{"message": 1, "as": "", "what": "protocol:nl"}',
    ):
        assert anna.http.post("file", content=body).status_code == 400
