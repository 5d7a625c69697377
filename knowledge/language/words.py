"""From what a person typed to words: normalising, splitting, stemming, repairing, telling the language."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from typing import Literal

import snowballstemmer
from rapidfuzz import distance, process

Language = Literal["nl", "en"]
LANGUAGES: tuple[Language, ...] = ("nl", "en")

MAX_WORDS = 120
"""A longer text keeps its first and last words: people put the point at the start or at the end."""
MAX_CHARACTERS = 4000
"""What is kept of a text before it is split; Telegram's own limit is 4096."""
MAX_WORD_LENGTH = 40
REPAIR_SIMILARITY = 0.82
"""Least OSA similarity (0 to 1) for a misspelt word to be read as a known one."""
REPAIR_MIN_LENGTH = 5
COMPOUND_MIN_PART = 4

UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""Characters without a form, which a phone or a copied text puts around words."""
_WORD = re.compile(r"[a-z0-9]+(?:['-][a-z0-9]+)*")
_APOSTROPHES = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "ĳ": "ij", "Ĳ": "ij", "ß": "ss", "–": " ", "—": " "}
)
_LINKS = ("", "s", "e", "en")

_dutch = snowballstemmer.stemmer("dutch")


def normalise(text: str) -> str:
    """Lower case, one kind of apostrophe, no accents, no control characters; at most `MAX_CHARACTERS`."""
    if len(text) > MAX_CHARACTERS:
        half = MAX_CHARACTERS // 2
        text = text[:half] + " " + text[-half:]
    text = text.translate(_APOSTROPHES).lower()
    if text.isascii():  # nothing to take apart
        return text
    text = unicodedata.normalize("NFKD", text)
    return "".join(c for c in text if not unicodedata.combining(c))


def split(text: str) -> list[str]:
    """The words of a text, normalised; at most `MAX_WORDS`, from its two ends."""
    words = [w if len(w) <= MAX_WORD_LENGTH else w[:MAX_WORD_LENGTH] for w in _WORD.findall(normalise(text))]
    if len(words) > MAX_WORDS:
        words = words[: MAX_WORDS // 2] + words[-MAX_WORDS // 2 :]
    return words


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The Snowball stem for Dutch; English words pass through it harmlessly, the same way each time."""
    return str(_dutch.stemWord(word))


class Vocabulary:
    """The words that the pack knows: repairs misspelt words towards them and splits compounds into them."""

    def __init__(
        self,
        words: Iterable[str],
        known: Callable[[str], bool] = lambda word: False,
        targets: Iterable[str] | None = None,
        ordinary: Callable[[], Collection[str]] = frozenset,
    ) -> None:
        """`words`: every known word. `known`: tells whether a word that is not listed is known all the
        same. `targets`: the words that misspelt ones are repaired to; all of them if None. `ordinary`: loads
        words that are spelt right, so are never repaired; called at the first unknown word.
        """
        self._ordinary = ordinary
        self.words = frozenset(words)
        self.targets = self.words if targets is None else frozenset(targets)
        self._sorted = sorted(self.targets)
        self._known = known
        self._by_initial: dict[str, list[str]] = {}
        self._repaired: dict[str, str] = {}
        self._parts: dict[str, tuple[str, ...]] = {}

    def __contains__(self, word: str) -> bool:
        return word in self.words or self._known(word)

    def repair(self, word: str) -> str:
        """The known word that `word` is a misspelling of, or `word` itself."""
        if len(word) < REPAIR_MIN_LENGTH or word in self:
            return word
        found = self._repaired.get(word)
        if found is None and word in self._ordinary():
            return word
        if found is None:
            best = process.extractOne(
                word,
                self._like(word[0]),
                scorer=distance.OSA.normalized_similarity,
                score_cutoff=REPAIR_SIMILARITY,
            )
            found = best[0] if best and abs(len(best[0]) - len(word)) <= 2 else word
            if len(self._repaired) < 20_000:
                self._repaired[word] = found
        return found

    def _like(self, initial: str) -> list[str]:
        """The words with this initial that a misspelt word may be repaired to."""
        found = self._by_initial.get(initial)
        if found is None:
            first, end = (bisect_left(self._sorted, start) for start in (initial, chr(ord(initial) + 1)))
            found = [
                word
                for word in self._sorted[first:end]
                if len(word) >= REPAIR_MIN_LENGTH - 1 and initial.isalpha()
            ]
            self._by_initial[initial] = found
        return found

    def parts(self, word: str) -> tuple[str, ...]:
        """The known words that a Dutch compound is made of ("pleinfoto" → "plein", "foto"); empty if it is
        none.
        """
        if len(word) < 2 * COMPOUND_MIN_PART or not word.isalpha():
            return ()
        found = self._parts.get(word)
        if found is None:
            found = self._split(word)
            if len(self._parts) < 20_000:
                self._parts[word] = found
        return found

    def _split(self, word: str) -> tuple[str, ...]:
        for cut in range(len(word) - COMPOUND_MIN_PART, COMPOUND_MIN_PART - 1, -1):
            head, tail = word[:cut], word[cut:]
            if tail not in self.words:
                continue
            for link in _LINKS:
                if (
                    head.endswith(link)
                    and head[: len(head) - len(link)] in self.words
                    and len(head) - len(link) >= COMPOUND_MIN_PART
                ):
                    return (head[: len(head) - len(link)], tail)
        return ()
