"""Codes and PINs are known by their form."""

from __future__ import annotations

from time import perf_counter

import pytest

from bot.storage.people_repository import _new_code
from handlers.roles.secret_forms import Code, Pin, find_code, find_pin

CODE = "k3Jx-9QbT_w2Lm7RsZ0aVd4y"


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        f"/start {CODE}",
        f"/start {CODE}.",
        f"Start {CODE}",
        f"start:{CODE}",
        f"  /start   {CODE}\n",
        f"/start@AllureBot {CODE}",
        f"/ start {CODE}",
        f'"/start {CODE}"',
        f"{CODE}.",
        f"({CODE})",
        f"mijn code is {CODE}",
        f"Hoi! Stuur dit door: /start {CODE} Groet, ICT",
        f"https://t.me/AllureBot?start={CODE}",
        f"{CODE[:8]} {CODE[8:16]} {CODE[16:]}",
        f"/start {CODE[:12]}\n{CODE[12:]}",
        f"code: {CODE[:12]} {CODE[12:]}",
        CODE.replace("-", "–"),
        CODE[:5] + "\u200b" + CODE[5:],
    ],
)
def test_a_code_is_found_however_it_was_pasted(text: str) -> None:
    assert find_code(text) == Code(CODE)


@pytest.mark.parametrize(
    "text", [CODE[:-1], f"/start {CODE[1:]}", f"{CODE}x", f"Start {CODE[:-3]}.", CODE * 1 + "12"]
)
def test_a_code_that_was_not_copied_right_is_nearly_one(text: str) -> None:
    found = find_code(text)
    assert found
    assert found.near


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/start",
        "start",
        "start maar",
        "/start foto",
        "mag ik een foto van de klas op instagram zetten",
        "communicatiemedewerkster",
        "WhatsApp-groepsgesprekken",
        "TikTok-filmpje-YouTube-kanaal",
        "IMG_20241101_123456789012",
        "https://www.instagram.com/p/C1a2B3c4D5eF6g7H8i9J0kLm/",
        "k3Jx9QbTw2Lm7RsZ0aVd4y12@example.org",
        "mijn wachtwoord is Welkom2024",
        "2026-0001",
    ],
)
def test_what_people_write_is_no_code(text: str) -> None:
    assert find_code(text) is None


def test_every_code_that_is_made_is_found_also_a_letter_short() -> None:
    for _ in range(500):
        code = _new_code()
        assert find_code(code) == Code(code)
        assert (near := find_code(code[:-1])), code
        assert near.near


@pytest.mark.parametrize(
    ("text", "pin"),
    [
        ("739152", Pin("739152")),
        (" 7391. ", Pin("7391")),
        ("73 91 52", Pin("739152")),
        ("/zaak 2026-0001 739152", Pin("739152", "/zaak 2026-0001")),
        ("/zaken 739152", Pin("739152", "/zaken")),
        ("/739152", Pin("739152")),
        ("zaak 2026-0001 739152", Pin("739152", "/zaak 2026-0001")),
        ("2026-0001 739152", Pin("739152", "/zaak 2026-0001")),
        ("mijn pincode is 739152", Pin("739152")),
        ("pin: 7391", Pin("7391")),
        ("7391 is mijn pin", Pin("7391")),
    ],
)
def test_a_pin_is_found_with_what_it_was_sent_for(text: str, pin: Pin) -> None:
    assert find_pin(text) == pin


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12",
        "123456789",
        "0612345678",
        "25-11-2026",
        "25.11.2026",
        "2026-0001",
        "/zaak 2026-0001",
        "/zaken 2",
        "mag een foto uit 2019 nog op de site",
        "/vraag mag een foto uit het jaar 2019",
        "een leerling van groep 8 zette de pincode 1234 van de juf in de groepsapp en nu",
        "gisteren om 14:30",
    ],
)
def test_what_people_write_is_no_pin(text: str) -> None:
    assert find_pin(text) is None


@pytest.mark.parametrize(
    "part", ["1 ", "a1B-", "?start=", "\u200b ", "start ", "1", "(", "mijn code ", "20", "A1b2 "]
)
def test_long_texts_are_read_in_time_proportional_to_their_length(part: str) -> None:
    def seconds(length: int) -> float:
        text = (part * length)[:length] + "x"
        begun = perf_counter()
        for _ in range(3):
            find_code(text)
            find_pin(text)
        return perf_counter() - begun

    seconds(500)
    assert seconds(16_000) < 0.5


@pytest.mark.parametrize(
    "sentence",
    ["Bel Jan Janssen op 0612345678.", "Afspraak met IB en MT op 12-3-2027", "Zie De Ark Nr 7 Mei Uur 3"],
)
def test_a_sentence_is_no_code_that_was_broken_up(sentence: str) -> None:
    assert find_code(sentence) is None
