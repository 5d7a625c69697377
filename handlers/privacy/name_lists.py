"""What is known about words: given names, family names, ordinary words, places and brands. The lists are text
files in `lists/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from pathlib import Path

from handlers.privacy.word_groups import INFLECTIONS
from knowledge.language.ordinary_words import load_ordinary_words

_FOLDER = Path(__file__).parent / "lists"
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_VOWELS = "aeiouy"
_LINKS = ("", "s", "e", "en", "-")
_LONGEST = 40
"""Longer than any ordinary word."""


class Strength(IntEnum):
    """How surely a word is a name by itself."""

    NONE = 0
    COMMON = 1
    """It is one of the commonest words: only a capital in mid-sentence or a title makes a name of it."""
    WORD = 2
    """It is a word too: a capital, or a word beside it that goes with a person, makes a name of it."""
    SURE = 3
    """It is no ordinary word: a name wherever it stands."""


@dataclass(frozen=True, slots=True)
class NameLists:
    """All words are folded (`tokens.fold`)."""

    given_names: frozenset[str]
    given_words: frozenset[str]
    given_common: frozenset[str]
    surnames: frozenset[str]
    """With their particles: "van den berg"."""
    surname_common: frozenset[str]
    surname_often: frozenset[str]
    words: frozenset[str]
    things: frozenset[str]


@cache
def lists() -> NameLists:
    """The lists, read once (some 60 ms)."""
    return NameLists(
        _read("given_names"),
        _read("given_names_that_are_words"),
        _read("given_names_that_are_common_words"),
        _read("surnames"),
        _read("surnames_that_are_common_words"),
        _read("surnames_often_met"),
        load_ordinary_words(),
        _read("things"),
    )


@lru_cache(maxsize=20_000)
def given_name(word: str) -> Strength:
    """How surely the folded word is a given name."""
    known = lists()
    if word in known.given_names:
        return Strength.SURE
    if word in known.given_words:
        return Strength.WORD
    if word in known.given_common:
        return Strength.COMMON
    if "-" in word and len(word) <= _LONGEST:
        parts = word.split("-")
        if all(
            part in known.given_names or part in known.given_words or part in known.surnames for part in parts
        ):
            return Strength.SURE if parts[0] in known.given_names else Strength.WORD
    return Strength.NONE


@lru_cache(maxsize=20_000)
def surname(word: str) -> Strength:
    """How surely the folded word (or words, with particles) is a family name."""
    known = lists()
    if "-" in word and word not in known.surnames and len(word) <= _LONGEST:
        first, *_, last = word.split("-")
        return min(surname(first), surname(last)) if first and last else Strength.NONE
    if word[:2] in ("o'", "d'") and len(word) > 4:  # "o'brien"
        return Strength.SURE
    if word not in known.surnames:
        return Strength.NONE
    if word in known.surname_common:
        return Strength.COMMON
    ordinary = (
        word in known.words
        or word in known.things
        or (word not in known.surname_often and _is_compound(word))
    )
    return Strength.WORD if ordinary else Strength.SURE


def is_often_met(word: str) -> bool:
    """Whether the folded word is a family name that many people have and no ordinary word."""
    return word in lists().surname_often


def is_surely_family(word: str) -> bool:
    """Whether a family name is no slip of the keys in an ordinary word."""
    return is_often_met(word) or not is_misspelt(word)


def stem_of(word: str) -> str:
    """The folded word without a possessive ending: "daans", "fatima's" → "daan", "fatima"."""
    if word.endswith("'s") and len(word) > 3:
        return word[:-2]
    if word.endswith("s") and len(word) > 3 and not given_name(word) and not is_listed_word(word):
        base = given_name(word[:-1])
        if base is Strength.SURE or (base is Strength.WORD and not surname(word)):
            return word[:-1]
    return word


@lru_cache(maxsize=20_000)
def is_ordinary(word: str) -> bool:
    """Whether the folded word is an ordinary word, a form of one, or made up of ordinary words."""
    known = lists()
    if len(word) < 2 or word in known.words or len(word) > _LONGEST:
        return True
    if word in known.given_names:
        return False
    if "'" in word:  # "I'm", "dm'd", "ict'er", but not "o'brien"
        head, _, tail = word.partition("'")
        return is_ordinary(tail) if len(head) == 1 and len(tail) > 2 else is_ordinary(head)
    return _is_inflected(word) or _is_compound(word)


def is_listed_word(word: str) -> bool:
    """Whether the folded word itself, not only its parts, is an ordinary word."""
    return word in lists().words


def is_thing(word: str) -> bool:
    """Whether the folded word is a place, people, day, app, brand or body, or a compound that begins or ends
    with one.
    """
    known = lists()
    if word in known.things:
        return True
    if "-" in word and len(word) <= _LONGEST:
        return any(part in known.things for part in word.split("-"))
    return len(word) > 4 and word.endswith("s") and word[:-1].rstrip("'") in known.things


@lru_cache(maxsize=20_000)
def is_misspelt(word: str) -> bool:
    """Whether the folded word is one slip of the keys away from an ordinary word of four letters or more."""
    if not 4 <= len(word) <= 20 or not word.isascii():
        return False
    halves = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    left_out = [head + letter + tail for head, tail in halves for letter in _ALPHABET]
    replaced = [head + letter + tail[1:] for head, tail in halves[:-1] for letter in _ALPHABET]
    too_many = [head + tail[1:] for head, tail in halves[:-1]]
    swapped = [head + tail[1] + tail[0] + tail[2:] for head, tail in halves[:-2]]
    return not lists().words.isdisjoint([*too_many, *swapped, *replaced, *left_out])


def _is_inflected(word: str) -> bool:
    """Whether it is an ordinary word with an ending, also with the vowel that an open syllable writes once:
    "herkenbaar", "herkenbare".
    """
    words = lists().words
    for end in INFLECTIONS:
        base = word[: -len(end)]
        if word.endswith(end) and len(base) >= 4 and base in words:
            return True
    base = word.removesuffix("n").removesuffix("e")
    if len(base) < 4 or len(base) == len(word) or base[-1] in _VOWELS or base[-2] not in "aeou":
        return False
    return base[-3] not in _VOWELS and base[:-1] + base[-2:] in words


def _is_compound(word: str) -> bool:
    """Two known words in one, with or without a linking letter: "schermafdruk", "tiktokfilmpje"."""
    for cut in range(3, len(word) - 2):
        tail = word[cut:]
        if max(cut, len(tail)) < 4 or not (_is_part(tail) or _is_inflected(tail)):
            continue
        for link in _LINKS:
            head = word[: cut - len(link)] if word[:cut].endswith(link) else ""
            if len(head) >= 3 and _is_part(head):
                return True
    return False


def _is_part(word: str) -> bool:
    known = lists()
    return word in known.words or (len(word) >= 4 and word in known.things)


def _read(name: str) -> frozenset[str]:
    lines = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
