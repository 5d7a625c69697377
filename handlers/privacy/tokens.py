"""Splitting a text into words, in one pass, with what the name finder needs to know of each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from handlers.privacy.word_groups import ABBREVIATIONS, FUNCTION_WORDS

Shape = Literal["lower", "title", "upper"]

_LETTERS = r"(?:[^\W\d_][\u0300-\u036f]*)+"
_WORD = re.compile(
    rf"(?<!\w)v(?:/d|\.d\.|\.d|d\.?)(?!\w)|['’][tsn](?!\w)|{_LETTERS}(?:['’‘`´-]{_LETTERS})*", re.IGNORECASE
)
"""Letters with apostrophes and hyphens between them; "v.d." and "'t" are words too."""
_TRANSLATION = str.maketrans(
    dict.fromkeys("’‘`´", "'")
    | {"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "ı": "i", "œ": "oe", "ð": "d"}
)
_OPENERS = frozenset(".!?:;…\"“”„‘’'«([{–—•*>|-")
"""What stands before a word that is capitalised because a sentence, quotation or list item begins."""
_LETTERS_AT_HOME = frozenset("ëïéèêáàâäãåæçíìîñóòôöõøúùûüĳßœ’‘´\u0301\u0308\u0300")
_LATIN_END = "\u024f"
TITLE_CASE_SHARE = 0.7
"""From this share of capitalised words on, a capital says nothing."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its place; `text[start:end]` of what was split."""

    text: str
    start: int
    end: int
    folded: str
    """Small letters, no accents, one kind of apostrophe."""
    shape: Shape
    gap: str
    """What stands between the word before it and this one; the last 8 characters of it."""
    opens: bool
    """Whether a sentence, quotation or line begins here, so that a capital says nothing."""
    glued: bool
    """Whether it is part of something longer: "groep8", "@daan", "mijn_naam"."""

    @property
    def close(self) -> bool:
        """Whether only a space or two stand between this word and the one before it."""
        return 0 < len(self.gap) <= 2 and self.gap.isspace() and "\n" not in self.gap

    @property
    def capital(self) -> bool:
        """Whether it is written as a name is."""
        return self.shape == "title"


def split(text: str) -> Sequence[Word]:
    """The words of a text, in order. Linear in the length of the text."""
    words: list[Word] = []
    end = 0
    for match in _WORD.finditer(text):
        words.append(_word(text, match.group(), match.start(), end, words[-1] if words else None))
        end = match.end()
    if _is_title_case(words):
        return [_without_capital(word) if word.shape == "title" else word for word in words]
    return words


def has_foreign_letters(word: str) -> bool:
    """Whether a letter is in it that no Dutch or English word has: "Gül", "Łukasz"."""
    return not word.isascii() and any(
        letter not in _LETTERS_AT_HOME for letter in word.lower() if letter > "\x7f"
    )


def _is_title_case(words: Sequence[Word]) -> bool:
    """Whether words have capitals that never have one in a sentence: "Mag Ik Een Foto Plaatsen"."""
    long = [word for word in words if len(word.text) > 1]
    capitals = sum(word.shape == "title" for word in long)
    if len(long) < 4 or capitals < TITLE_CASE_SHARE * len(long):
        return False
    return any(word.shape == "title" and not word.opens and word.folded in FUNCTION_WORDS for word in words)


def is_foreign(word: Word) -> bool:
    """Whether it is written in another script than the Latin one."""
    first = word.text[0]
    return first > _LATIN_END and not "\u1e00" <= first <= "\u1eff"


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """The word in small letters, without accents, with one kind of apostrophe."""
    lowered = word.lower().translate(_TRANSLATION)
    if lowered.isascii():
        return lowered
    return "".join(c for c in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(c))


def _word(text: str, word: str, start: int, free: int, previous: Word | None) -> Word:
    gap = text[max(free, start - 8) : start]
    end = start + len(word)
    before, after = text[start - 1 : start], text[end : end + 1]
    glued = before.isdigit() or (before != "" and before in "_@#\\") or after.isdigit() or after == "_"
    return Word(
        word, start, end, fold(word), _shape(word), gap, _opens(gap, start - free > 8, previous), glued
    )


def _shape(word: str) -> Shape:
    if word[0].islower() or not word[0].isupper():
        return "lower" if not (len(word) > 2 and word[0] in "'’" and word[1].isupper()) else "title"
    return "upper" if len(word) > 1 and word.isupper() else "title"


def _opens(gap: str, cut: bool, previous: Word | None) -> bool:
    if previous is None or "\n" in gap or cut:
        return True
    last = gap.rstrip()[-1:]
    if last not in _OPENERS or not last:
        return False
    abbreviated = last == "." and (len(previous.text) == 1 or previous.folded in ABBREVIATIONS)
    return not abbreviated and not (last in "-/" and gap == last)


def _without_capital(word: Word) -> Word:
    return Word(word.text, word.start, word.end, word.folded, "lower", word.gap, word.opens, word.glued)
