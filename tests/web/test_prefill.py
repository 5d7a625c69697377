"""A text that is changed starts from the old one: it stands in the box."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.web.director import director
from tests.web.pages import Open, press, say
from tests.web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")

BEFORE_WHAT_HAPPENED = 15
"""Steps of the report before the question of what was said or done."""


async def test_the_box_is_filled_with_the_proposal_for_a_text_that_was_held_back(
    opened: Open, office: Site
) -> None:
    anna = director(office, BEFORE_WHAT_HAPPENED)
    page = await opened("?als=directie", at=office, visitor=anna)
    await say(page, "Daan de Vries schold leerling B uit.")
    await expect(page.locator("#log")).to_contain_text("“Daan de Vries”")
    await press(page, "Anders opschrijven")
    await expect(page.locator("#text")).to_have_value("Persoon A schold leerling B uit.")
    await press(page, "Zo laten")
    await expect(page.locator("#log")).to_contain_text("Hoe weet je het")
