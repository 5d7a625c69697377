"""A told text in words, sentences and quotations."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from knowledge.intake.word_forms import Token, tokenise

LETTER_SHARE = 0.6
"""From this share of the words on, a quotation is a letter that is passed on, and is read itself."""

_QUOTES = (
    re.compile(r"\"([^\"\n]{2,}?)\""),
    re.compile(r"[“„”]([^“”„]{2,}?)[”“]"),
    re.compile(r"(?<![\w'’])['‘’](?![stnkm]\b)([^'‘’\n]{3,}?)['’](?!\w)"),
)
_LETTER = re.compile(r"[\"“„]([^\"“”„]{40,}?)[\"”“]", re.DOTALL)
_ENDS = re.compile(r"[.!?;…]['\"”’)]*\s|\n")


@dataclass(frozen=True, slots=True)
class Prose:
    text: str
    tokens: tuple[Token, ...]
    sentences: tuple[int, ...]
    """The number of the sentence of each word."""
    quoted: tuple[bool, ...]
    """Whether a word is somebody's literal words."""
    breaks: tuple[str, ...]
    """The punctuation between each word and the one before it, "" if there is none."""
    is_letter: bool
    """Whether most of the text is a letter that is passed on."""

    def slice(self, first: int, last: int) -> str:
        """The text from one word to another, both included, with the bracket that closes there."""
        text = self.text[self.tokens[first].start : self.tokens[last].end]
        closes = "(" in text and ")" not in text and self.text[self.tokens[last].end :][:1] == ")"
        return f"{text})" if closes else text


def read_prose(text: str, abbreviations: Collection[str]) -> Prose:
    """The text in words. A quotation's words belong to the sentence round it."""
    tokens = tokenise(text)
    letter = _letter(text, tokens)
    quotes = [match.span(1) for pattern in _QUOTES for match in pattern.finditer(text)] if not letter else []
    sentences: list[int] = []
    breaks: list[str] = []
    number = 0
    for position, token in enumerate(tokens):
        between = text[tokens[position - 1].end if position else 0 : token.start]
        inside = any(start < token.start <= end for start, end in quotes)
        if position and not inside and _ends_sentence(between, tokens[position - 1].word, abbreviations):
            number += 1
        sentences.append(number)
        breaks.append("".join(sign for sign in between if not sign.isspace()))
    quoted = tuple(any(start <= token.start < end for start, end in quotes) for token in tokens)
    return Prose(text, tokens, tuple(sentences), quoted, tuple(breaks), letter)


def _ends_sentence(between: str, before: str, abbreviations: Collection[str]) -> bool:
    if not _ENDS.search(between):
        return False
    initial = len(before) == 1 and before.isalpha()
    return not (between.strip() == "." and (initial or before in abbreviations))


def _letter(text: str, tokens: tuple[Token, ...]) -> bool:
    for match in _LETTER.finditer(text):
        inside = sum(match.start() < token.start < match.end() for token in tokens)
        if inside >= LETTER_SHARE * len(tokens) and inside > 15:
            return True
    return False
