"""From what a person typed to the words that cues are searched in: spelling, typing errors and evasions are
folded away.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from rapidfuzz import distance, process

MAX_CHARACTERS = 12_000
"""Of a longer text the two ends are read; every channel refuses texts far below this."""
MAX_WORD_LENGTH = 40
SENTENCE_BREAK = 4
"""How many words further apart two words count when a sentence ends between them."""
CLAUSE_BREAK = 1
"""The same for a comma, colon or quotation mark."""
REPAIR_MIN_LENGTH = 5
"""Shorter words have too many neighbours to be repaired safely."""
TWO_ERRORS_LENGTH = 10
"""From this length two errors are repaired, below it one."""
JOINED_MIN_LENGTH = 7
JOINED_MAX_PARTS = 6
CACHE_SIZE = 20_000

_TOKEN = re.compile(r"[a-z0-9@$*€]+|[.!?\n]+|[,;:()\[\]\"“”„«»…]")
_APOSTROPHES = str.maketrans(
    dict.fromkeys("’‘`´ʼ", "'") | {"ĳ": "ij", "Ĳ": "ij", "ß": "ss", "–": ",", "—": ","}
)
_INNER_APOSTROPHE = re.compile(r"(?<=[a-z0-9])'(?=[a-z])")
_LEET = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "€": "e"}
)
_SANDWICHED = re.compile(r"[a-z][0-9@$€]+[a-z]")
_LETTERS_THEN_DIGITS = re.compile(r"([a-z]{2,})(\d{1,3})$")
_REPEATED = re.compile(r"(.)\1{2,}")


class Token(NamedTuple):
    word: str
    """Folded; "" for none."""
    position: int
    """Counts words, and more where a sentence ends: what distances are measured in."""
    clause: int
    """The number of the clause that the word stands in."""
    written: str
    """As it was typed, in small letters."""


class Vocabulary:
    """The words that cues are made of: tells which words are known, and folds others towards them."""

    def __init__(
        self,
        words: Collection[str],
        is_known: Callable[[str], bool],
        spellings: Mapping[str, str],
        typos: Collection[str],
        real_words: Collection[str],
        joined: Collection[str],
    ) -> None:
        """`is_known`: also by a beginning or an end. `spellings`: other ways to write a word. `typos`: words
        that a typing error is mended to; `real_words`: what is none. `joined`: words that people write as one
        ("wildood").
        """
        self._words = frozenset(words)
        self._is_known = is_known
        self._spellings = spellings
        self._real = frozenset(real_words)
        self._joined = frozenset(joined)
        self._repairable: dict[str, list[str]] = {}
        self._targets = frozenset(typos)
        for word in sorted(self._targets):
            self._repairable.setdefault(word[0], []).append(word)
        self._cache: dict[str, tuple[str, ...]] = {}

    def fold(self, word: str) -> tuple[str, ...]:
        """The word as the cues spell it; several where words were written as one."""
        found = self._cache.get(word)
        if found is None:
            found = self._fold(word)
            if len(self._cache) < CACHE_SIZE:
                self._cache[word] = found
        return found

    def _fold(self, word: str) -> tuple[str, ...]:
        if word in self._spellings:
            return tuple(self._spellings[word].split())
        if self._stays(word) or len(word) < 3:
            return (word,)
        if split := _LETTERS_THEN_DIGITS.match(word):
            return (*self.fold(split[1]), split[2])
        if "*" in word:
            return (self._uncensored(word),)
        for candidate in _undisguised(word):
            if candidate in self._spellings:
                return tuple(self._spellings[candidate].split())
            if self._stays(candidate) or candidate in self._targets:
                return (candidate,)
        return self._apart(word) or (self._repaired(word),)

    def _stays(self, word: str) -> bool:
        return word in self._words or word in self._real or self._is_known(word)

    def spells(self, word: str) -> bool:
        """Whether a cue has exactly this word."""
        return word in self._words

    def _uncensored(self, word: str) -> str:
        """ "d**d" → "dood": the first known word that fits, or what is left without the stars."""
        bare = word.replace("*", "")
        if len(bare) < 2 or word.startswith("*"):
            return bare
        pattern = re.compile(re.sub(r"\*+", _some_letters, word))
        known = (*sorted(self._joined | self._targets), *sorted(self._words))
        return next((one for one in known if pattern.fullmatch(one)), bare)

    def _apart(self, word: str) -> tuple[str, ...]:
        """Words written as one ("ikwildood"), the fewest that fit; () where the word is no such thing."""
        if not JOINED_MIN_LENGTH <= len(word) <= MAX_WORD_LENGTH or not word.isalpha():
            return ()
        best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
        for end in range(1, len(word) + 1):
            for start in range(max(0, end - 14), end):
                before, piece = best[start], word[start:end]
                if before is None or len(before) >= JOINED_MAX_PARTS or piece not in self._joined:
                    continue
                if (now := best[end]) is None or len(before) + 1 < len(now):
                    best[end] = (*before, piece)
        return best[-1] or ()

    def _repaired(self, word: str) -> str:
        if len(word) < REPAIR_MIN_LENGTH or not word.isalpha():
            return word
        for ending in _endings(word):
            if ending in self._targets:
                return ending
        errors = 2 if len(word) >= TWO_ERRORS_LENGTH else 1
        best = process.extractOne(
            word, self._repairable.get(word[0], ()), scorer=distance.OSA.distance, score_cutoff=errors
        )
        return str(best[0]) if best else word


def tokens(text: str, vocabulary: Vocabulary) -> list[Token]:
    """The folded words of a text with their positions."""
    found: list[Token] = []
    position = clause = 0
    letters: list[str] = []
    for match in _TOKEN.finditer(_plain(text)):
        written = match[0]
        if not (written[0].isalnum() or written[0] in "@$*€"):
            ends = written[0] in ".!?\n"
            position += SENTENCE_BREAK if ends else CLAUSE_BREAK
            clause += 1
            continue
        if len(written) == 1 and written.isalpha():
            letters.append(written)
        elif letters:
            letters = []
        for word in vocabulary.fold(written.strip("@")[:MAX_WORD_LENGTH]):
            position += 1
            found.append(Token(word, position, clause, written))
        if len(letters) >= 3:
            _join_spelt(found, letters, vocabulary)
    return found


def _join_spelt(found: list[Token], letters: list[str], vocabulary: Vocabulary) -> None:
    """Read "d o o d" as one word, once its letters make a known one."""
    word = "".join(letters)
    if vocabulary.spells(word):
        last = found[-1]
        del found[-len(letters) :]
        found.append(Token(word, last.position, last.clause, word))
        letters.clear()


def _plain(text: str) -> str:
    if len(text) > MAX_CHARACTERS:
        text = text[: MAX_CHARACTERS // 2] + "\n" + text[-MAX_CHARACTERS // 2 :]
    text = text.translate(_APOSTROPHES).lower()
    if not text.isascii():
        text = "".join(
            c
            for c in unicodedata.normalize("NFKD", text)
            if not unicodedata.combining(c) and unicodedata.category(c) != "Cf"
        )
    return _INNER_APOSTROPHE.sub("", text)


def _some_letters(stars: re.Match[str]) -> str:
    """A pattern for as many letters as there are stars, or one more or less."""
    count = len(stars[0])
    return f".{{{max(1, count - 1)},{count + 1}}}"


def _undisguised(word: str) -> list[str]:
    """The word with figures read as letters and repeated letters taken out, likeliest first."""
    found = [word.translate(_LEET)] if _SANDWICHED.search(word) else []
    for one in (*found, word):
        if _REPEATED.search(one):
            found += [_REPEATED.sub(r"\1\1", one), _REPEATED.sub(r"\1", one)]
    return found


def _endings(word: str) -> list[str]:
    """The word with the ending that is meant where another sounds the same: "ze snijde" , "hij bedreigd"."""
    found = [word + "n"] if word.endswith("e") else []
    if word.endswith("dt"):
        found += [word[:-1], word[:-2] + "t"]
    elif word.endswith(("d", "t")):
        found.append(word[:-1] + ("t" if word[-1] == "d" else "d"))
    return found
