"""What the page is served, and what it may not ask, at the level of HTTP."""

from __future__ import annotations

import re

import httpx
import pytest

from bot.channels.web.page import STATIC
from handlers import texts
from tests.web.site import Site, button, words


def test_a_question_is_answered_with_the_rule(site: Site) -> None:
    answer = site.visitor().ask("mag ik deze foto plaatsen")
    assert words(answer).split("\n")[:2] == [
        "Vraag eerst toestemming.",
        "Vraag ouders toestemming voor een foto op sociale media;",
    ]
    blocks = answer["blocks"]
    assert isinstance(blocks, list)
    assert (blocks[1]["source"], blocks[1]["rule"]) == ("Regels, punt 1 · regels-1", "regels-1")


def test_a_button_is_pressed_by_its_opaque_id_and_stands_as_chosen_afterwards(site: Site) -> None:
    anna = site.visitor()
    answer = anna.ask("mag ik deze foto plaatsen")
    pressed = button(answer, "Aanspreken")
    assert "gevolgen-1" not in pressed
    assert anna.post("pressed", button=pressed, message=answer["id"]).json() == {"toast": "", "messages": 1}
    shown = anna.history()
    assert words(shown[-1]).startswith("Je wordt aangesproken.") or words(shown[-2]).startswith(
        "Je wordt aangesproken."
    )
    (chosen,) = [made for line in shown for made in line.get("buttons", ()) if made.get("chosen")]  # type: ignore[attr-defined]
    assert chosen == {"label": "Aanspreken", "id": pressed, "chosen": True}


def test_a_second_press_is_said_and_does_nothing(site: Site) -> None:
    anna = site.visitor()
    answer = anna.ask("mag ik deze foto plaatsen")
    pressed = button(answer, "Aanspreken")
    anna.post("pressed", button=pressed, message=answer["id"])
    again = anna.post("pressed", button=pressed, message=answer["id"])
    assert again.json() == {"toast": texts.load()["nl"]("pressed_twice"), "messages": 0}


def test_the_same_delivery_twice_is_one_question_and_one_answer(site: Site) -> None:
    anna = site.visitor()
    for _ in range(2):
        assert anna.post("said", text="mag ik deze foto plaatsen", delivery="same").status_code == 200
    anna.hear()
    assert [line["by"] for line in anna.history()] == ["person", "assistant"]


def test_a_photo_is_a_caption_and_no_file(site: Site) -> None:
    anna = site.visitor()
    assert anna.post("sent", media="photo", text="mag ik deze foto plaatsen").status_code == 200
    assert words(anna.hear()).startswith("Vraag eerst toestemming.")
    own = anna.history()[0]
    assert (own["media"], own["text"]) == ("photo", "mag ik deze foto plaatsen")


def test_nobody_reads_or_presses_in_another_chat(site: Site) -> None:
    anna, bob = site.visitor(), site.visitor()
    answer = anna.ask("mag ik deze foto plaatsen")
    assert bob.history() == []
    bob.post("pressed", button=button(answer, "Aanspreken"), message=answer["id"])
    assert words(bob.hear()) == texts.load()["nl"]("old_button")
    assert not any(made["chosen"] for made in anna.history()[-1]["buttons"])  # type: ignore[attr-defined]


def test_a_reader_that_comes_back_hears_only_what_it_missed(site: Site) -> None:
    anna = site.visitor()
    first = anna.ask("mag ik deze foto plaatsen")
    second = anna.ask("hallo daar")
    assert first["id"] != second["id"]
    assert [line["text"] for line in anna.history() if line["by"] == "person"] == [
        "mag ik deze foto plaatsen",
        "hallo daar",
    ]


def test_what_was_said_outlives_a_restart(own_site: Site) -> None:
    anna = own_site.visitor()
    answer = anna.ask("mag ik deze foto plaatsen")
    own_site.stop()
    own_site.start()
    assert anna.history()[-1] == answer
    anna.post("pressed", button=button(answer, "Aanspreken"), message=answer["id"])
    assert "Wie zich niet aan de regels houdt" in words(anna.hear())


def test_an_open_line_ends_when_the_assistant_stops(own_site: Site) -> None:
    anna = own_site.visitor()
    anna.ask("hallo daar")
    lines = anna.lines()
    anna.post("said", text="mag ik deze foto plaatsen")
    next(lines)
    own_site.stop()
    assert len(list(lines)) <= 1


def test_all_of_the_page_is_under_60_kb() -> None:
    assert sum(file.stat().st_size for file in STATIC.iterdir()) < 60_000


def test_the_page_asks_no_other_address_and_has_no_inline_script_or_style(site: Site) -> None:
    answer = httpx.get(site.address)
    served = answer.text + "".join(
        file.read_text() for file in STATIC.iterdir() if file.suffix in (".js", ".css")
    )
    # the one page that is gone to, and only when somebody leaves fast
    assert re.findall(r"https?://(?!www\.w3\.org)[^\"'\s]*", served) == ["https://www.buienradar.nl/"]
    assert re.findall(r"<script(?![^>]*src=)|<style|\son\w+=|style=", answer.text) == []
    assert not re.search(r"innerHTML|insertAdjacentHTML|outerHTML|document\.write|\beval\(", served)


def test_every_text_of_the_page_is_used_and_every_one_used_exists() -> None:
    used = set(
        re.findall(
            r"\bweb_[a-z0-9_]+",
            "".join(file.read_text() for file in [*STATIC.iterdir(), STATIC.parent / "page.py"]),
        )
    )
    used |= {f"web_role_{role}" for role in ("medewerker", "directie", "bestuur")}
    assert {name for name in texts.load()["nl"].entries if name.startswith("web_")} == used - {"web_role_"}


@pytest.mark.parametrize(
    ("accepts", "query", "language"),
    [("en-GB,nl;q=0.5", "", "en"), ("de", "", "nl"), ("", "", "nl"), ("en", "?taal=nl", "nl")],
)
def test_the_page_speaks_the_language_of_the_browser_unless_another_is_chosen(
    site: Site, accepts: str, query: str, language: str
) -> None:
    answer = httpx.get(f"{site.address}{query}", headers={"Accept-Language": accepts})
    assert f'<html lang="{language}">' in answer.text


def test_the_protocol_is_served_word_for_word(site: Site) -> None:
    answer = httpx.get(f"{site.address}protocol.json?taal=en")
    sections = answer.json()["sections"]
    assert [rule["text"] for section in sections for rule in section["rules"]] == [
        rule.text for rule in site.matcher.pack.protocol
    ]
    assert sections[0]["rules"][1]["heading"] == "2. Replying"
    again = httpx.get(
        f"{site.address}protocol.json?taal=en", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_what_a_person_wrote_is_kept_encrypted(own_site: Site) -> None:
    own_site.visitor().ask("mag de onvindbare pinguin op de foto")
    own_site.stop()
    kept = b"".join(file.read_bytes() for file in own_site.folder.iterdir())
    assert b"web_messages" in kept
    assert b"pinguin" not in kept


def test_health_checks_answer_under_any_name(site: Site) -> None:
    for path in ("healthz", "readyz"):
        assert httpx.get(site.address + path, headers={"Host": "10.0.0.7"}).status_code == 200


@pytest.mark.parametrize(
    "path", ["nothing", "static/x/nothing.js", "static/x/..%2fpage.py", "static/x/page.html"]
)
def test_what_is_not_there_is_not_found(site: Site, path: str) -> None:
    assert httpx.get(site.address + path).status_code == 404
