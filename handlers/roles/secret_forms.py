"""Invitation codes and PINs known by their form, wherever somebody types them: alone, behind a command, in a
sentence, broken up, with a full stop, a letter short.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

CODE_LENGTH = 24
CODE_TURNS = 8
"""How often a code changes between small letters, capitals and other signs at least;
`bot.storage.people_repository` makes no others.
"""
NEAR = range(18, 31)
"""The lengths of what may be a code that was not copied whole, or with something too much."""
NEAR_TURNS = 6
"""One letter short a code has at most two changes less."""
PIN_DIGITS = range(4, 9)
MOST_WORDS = 8
"""A longer text that names a PIN tells something else."""

_START = re.compile(r"^/?\s*start(?:@\w+)?(?=$|[\s:=\"'])[\s:=]*", re.IGNORECASE)
_LINK = re.compile(r"[?&]start(?:app)?=([\w-]*)")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff]")
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")
_WORDS_OF_CODE = re.compile(
    r"^\W*(?:(?:dit|hier|mijn|de|is|my|the|here|this)\W+)*(?:uitnodigings?|invitation)?\W*"
    r"(?:code)?\W*(?:is|:)?\W*",
    re.IGNORECASE,
)
_DASHES = str.maketrans({"\u2013": "-", "\u2011": "-", "\u2010": "-", "\u2212": "-", "\u2014": "--"})
_NUMBER = re.compile(r"(?<![\w.-])\d[\d \t]{0,14}\d(?![\w-]|\.\d)")
_CASE = re.compile(r"\b20\d\d-\d{4}\b")
_PIN_WORD = re.compile(r"\b(?:pin|pincode|pin-code|pin code)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Code:
    """A code, or what looks like one that was not copied right (`near`)."""

    value: str
    near: bool = False


@dataclass(frozen=True, slots=True)
class Pin:
    value: str
    rest: str = ""
    """What was typed beside it: a command, or a case's number."""


def find_code(text: str) -> Code | None:
    """The invitation's code in a text, if there is one."""
    text = _INVISIBLE.sub("", text).translate(_DASHES).lstrip(" \t\r\n\"'")
    if link := _LINK.search(text):
        return _judged([link[1]], asked=True)
    asked = _START.match(text)
    rest = " ".join(word for word in text[asked.end() if asked else 0 :].split() if not _is_address(word))
    tokens = _TOKEN.findall(rest)
    if found := _judged(tokens, asked=asked is not None):
        return found
    # broken up by spaces or line ends: only if nothing but the code was written
    parts = _TOKEN.findall(_WORDS_OF_CODE.sub("", rest, count=1))
    if not 1 < len(parts) <= CODE_LENGTH // 2 or sum(map(_is_word, parts)) > 1:
        return None
    return _judged(["".join(parts)], asked=asked is not None)


def find_pin(text: str) -> Pin | None:
    """The PIN in a text: digits alone, behind a command or a case's number, or named as a PIN."""
    text = _INVISIBLE.sub("", text).strip()
    case = _CASE.search(text)
    numbers = list(_NUMBER.finditer(_CASE.sub(lambda number: "x" * len(number[0]), text)))
    pins = [(found, digits) for found in numbers if len(digits := _digits(found[0])) in PIN_DIGITS]
    if not pins:
        return None
    found, digits = pins[-1]
    before, after = text[: found.start()], text[found.end() :]
    if not before.strip(" \"'(") and not after.strip(" .,;:!\"')"):
        return Pin(digits)
    words = len(_TOKEN.findall(text))
    if text.startswith("/") and words <= MOST_WORDS // 2 and not after.strip(" .,;:!\"')"):
        return Pin(digits, before.strip() if before.strip("/ ") else "")
    if words <= MOST_WORDS and (case or _PIN_WORD.search(text)):
        return Pin(digits, f"/zaak {case[0]}" if case else "")
    return None


def names_pin(text: str) -> bool:
    """Whether the text says that it is about a PIN."""
    return _PIN_WORD.search(text) is not None


def _judged(tokens: list[str], asked: bool) -> Code | None:
    """The first token that is a code, else the first that is nearly one. `asked`: it stands behind /start."""
    near = None
    for token in tokens:
        if len(token) == CODE_LENGTH and (asked or _is_random(token, CODE_TURNS)):
            return Code(token)
        if near is None and len(token) in NEAR and _is_random(token, NEAR_TURNS):
            near = Code(token, near=True)
    return near


def _is_random(token: str, turns: int) -> bool:
    """Whether no word looks like it: small letters, capitals and digits, changing often."""
    kinds = [(letter.islower(), letter.isupper()) for letter in token]
    return (
        sum(one != other for one, other in pairwise(kinds)) >= turns
        and any(letter.isdigit() for letter in token)
        and any(letter.islower() for letter in token)
        and any(letter.isupper() for letter in token)
    )


def _is_word(part: str) -> bool:
    """Whether a part of a text may be an ordinary word, which a piece of a code hardly ever is."""
    return len(part) > 1 and part.isalpha() and part[1:].islower()


def _is_address(word: str) -> bool:
    """Whether it is a page or an e-mail address: their parts may look like anything."""
    return "://" in word or "@" in word or word.lower().startswith("www.")


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())
