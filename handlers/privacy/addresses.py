"""Street addresses: a word that ends like a street, with a house number; and where somebody lives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from handlers.privacy import word_groups as groups
from handlers.privacy.finding import Piece
from handlers.privacy.tokens import Word

_NUMBER = re.compile(
    r"\.? {1,2}(?:nr\.? ?|no\.? ?|nummer )?\d{1,4}(?: ?[a-z](?!\w)| (?:hs|bis|[ivx]{1,3})\b|[-/]\d{1,3})?"
    r"(?!\w|[.:%]\d|-\d)",
    re.IGNORECASE,
)
_LINKS = frozenset(("van", "der", "de", "den", "het"))


def addresses(text: str, words: Sequence[Word]) -> Iterator[Piece]:
    """Places of streets with their numbers, in order."""
    for at, word in enumerate(words):
        if word.glued or not _ends_like_street(word):
            continue
        first, last = _street(words, at)
        number = _house_number(text, words[last].end)
        if number:
            yield Piece(words[first].start, number, "address")
        elif words[first].capital and _lives(words, first):
            yield Piece(words[first].start, words[last].end, "address")


def _ends_like_street(word: Word) -> bool:
    if word.folded in groups.NO_STREETS:
        return False
    if word.folded in groups.LIKELY_STREETS:
        return True
    if word.capital:
        return word.folded.endswith(groups.LIKELY_STREETS)
    return word.folded.endswith(groups.STREETS) and len(word.folded) >= 8


def _street(words: Sequence[Word], at: int) -> tuple[int, int]:
    """The first and last word of a street of which this is the word that ends like one: "Laan van de
    Vrijheid", "Jan van Galenstraat", "Witte Weg".
    """
    first = last = at
    if words[at].folded in groups.LIKELY_STREETS:
        end = at + 1
        while end < len(words) and end - at <= 3 and words[end].folded in _LINKS and words[end].close:
            end += 1
        if at + 1 < end < len(words) and words[end].capital and words[end].close:
            return first, end
    while (
        first
        and at - first < 4
        and words[first].close
        and (words[first - 1].capital or words[first - 1].folded in _LINKS)
    ):
        first -= 1
    while first < at and not words[first].capital:
        first += 1
    if words[first].opens and first < at and words[first].folded in _LINKS:
        first += 1
    return first, last


def _house_number(text: str, end: int) -> int:
    """Where a house number ends that follows here: "12", "12a", "nr 101 hs", "3-5"; 0 if there is none."""
    match = _NUMBER.match(text, end)
    return match.end() if match else 0


def _lives(words: Sequence[Word], first: int) -> bool:
    return any(words[at].folded in groups.LIVES for at in range(max(0, first - 4), first))
