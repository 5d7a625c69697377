"""How messages look: entities instead of markup, and parts that fit."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram.constants import MessageEntityType

from bot.channels.telegram.keyboard import keyboard, links, opens
from bot.channels.telegram.text import LIMIT, Part, render, units
from handlers.actions import NoneOfThese
from handlers.reply import Block, Bullets, Button, Heading, Paragraph, Quotation
from tests.fakes.telegram_rules import check_markup, check_text


def marked(part: Part) -> list[tuple[str, str]]:
    wide = part.text.encode("utf-16-le")
    places = [(str(entity["type"]), int(entity["offset"]), int(entity["length"])) for entity in part.entities]
    return [
        (kind, wide[2 * offset : 2 * (offset + length)].decode("utf-16-le"))
        for kind, offset, length in places
    ]


def check(part: Part) -> None:
    check_text(part.text, [dict(entity) for entity in part.entities])
    assert part.text == part.text.strip()


def test_each_block_has_its_own_look() -> None:
    (part,) = render(
        [
            Heading("Kop 🎒"),
            Paragraph("gewoon *niet vet*"),
            Quotation("regel 1\nregel 2", "Richtlijnen, punt 4", "r"),
            Bullets(("a", "b")),
            Paragraph("zacht", "aside"),
        ]
    )
    assert (
        part.text
        == "Kop 🎒\n\ngewoon *niet vet*\n\nregel 1\nregel 2\nRichtlijnen, punt 4\n\n• a\n• b\n\nzacht"
    )
    assert marked(part) == [
        (MessageEntityType.BOLD, "Kop 🎒"),
        (MessageEntityType.BLOCKQUOTE, "regel 1\nregel 2"),
        (MessageEntityType.ITALIC, "Richtlijnen, punt 4"),
        (MessageEntityType.ITALIC, "zacht"),
    ]


@pytest.mark.parametrize("nothing", [[], [Paragraph("")], [Paragraph(" \n "), Bullets(())]])
def test_nothing_to_read_is_no_message(nothing: list[Block]) -> None:
    assert render(nothing) == []


@pytest.mark.parametrize(("size", "parts"), [(4095, 1), (4096, 1), (4097, 2), (8193, 3)])
@pytest.mark.parametrize("sign", ["a", "é", "🎒"])
def test_the_limit_counts_in_utf_16(sign: str, size: int, parts: int) -> None:
    text = sign * (size // units(sign)) + "b" * (size % units(sign))
    assert units(text) == size
    made = render([Paragraph(text)])
    assert len(made) == parts
    assert "".join(part.text for part in made) == text
    for part in made:
        check(part)


def test_a_part_ends_between_paragraphs_else_lines_else_words() -> None:
    def first(text: str) -> str:
        return render([Paragraph(text)])[0].text

    assert first("a" * 3000 + "\n\n" + "b" * 500 + "\n" + "c" * 3000) == "a" * 3000
    assert first("a" * 3000 + "\n" + "b " * 800) == "a" * 3000
    assert first("woord " * 1000) == ("woord " * 682).strip()
    assert first("kort " + "x" * 4096) == "kort"


def test_a_sign_of_several_characters_stays_whole() -> None:
    for sign in ("👩‍👩‍👧", "👍🏽", "e\u0301", "❤️"):
        made = render([Paragraph("a" * 4095 + sign + "b")])
        assert [part.text for part in made] == ["a" * 4095, sign + "b"], sign


def test_a_quotation_over_a_cut_goes_on_as_a_quotation() -> None:
    text = "regel " * 1000
    made = render([Quotation(text, "bron", "r")])
    assert [kind for part in made for kind, _ in marked(part)] == ["blockquote", "blockquote", "italic"]
    assert (
        " ".join(words for part in made for kind, words in marked(part) if kind == "blockquote")
        == text.strip()
    )


words = st.text(st.characters(exclude_categories=()), max_size=60)
blocks = st.one_of(
    st.builds(Paragraph, words.map(lambda text: text * 50), st.sampled_from(["plain", "aside"])),
    st.builds(Quotation, words.map(lambda text: f"{text} \n" * 90), words, st.just("r")),
    st.builds(Heading, words),
    st.builds(Bullets, st.tuples(words, words)),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(blocks, max_size=5))
def test_whatever_is_said_can_be_sent_and_no_word_is_lost(said: list[Block]) -> None:
    parts = render(said)
    for part in parts:
        check(part)
        assert units(part.text) <= LIMIT
    whole = "".join("".join(part.text.split()) for part in parts)
    for block in said:
        if not isinstance(block, Bullets):
            clean = block.text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            assert "".join(clean.split()) in whole


def rows(*labels: str) -> list[list[str]]:
    made = keyboard([Button(label, NoneOfThese()) for label in labels], ["id"] * len(labels))
    assert made
    check_markup(made)
    return [[button["text"] for button in row] for row in made["inline_keyboard"]]


def test_short_buttons_stand_side_by_side_and_long_ones_alone() -> None:
    assert rows("Ja", "Nee", "Weet ik niet", "Terug") == [["Ja", "Nee", "Weet ik niet"], ["Terug"]]
    assert rows("Foto's van leerlingen plaatsen", "Ja") == [["Foto's van leerlingen plaatsen"], ["Ja"]]


def test_a_label_is_cut_between_words() -> None:
    assert rows("woord " * 20) == [["woord woord woord woord woord woord woord woord woord…"]]
    assert rows("x" * 80) == [["x" * 59 + "…"]]


def test_a_page_on_this_machine_is_a_line_since_telegram_refuses_the_button() -> None:
    buttons = [
        Button("Open", None, url="http://127.0.0.1:8080/x"),
        Button("Site", None, url="https://allure.nl"),
    ]
    made = keyboard(buttons, ["", ""])
    assert made
    assert [button["url"] for row in made["inline_keyboard"] for button in row] == ["https://allure.nl"]
    assert links(buttons) == ["Open: http://127.0.0.1:8080/x"]
    assert not any(
        opens(url)
        for url in ("http://localhost", "http://[::1", "javascript:alert(1)", "http://10.0.0.1", "")
    )
