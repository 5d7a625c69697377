"""Word forms: the words and turns of phrase that stand for something, and where a text holds them.

A form is a word (`juf`), the beginning of words (`overblijf*`), their end (`*moeder`), something within them
(`*pest*`), or several of these in a row. `a/b` takes either word, ` .. ` lets up to four words stand between
(`heb .. gezien`), `NUMBER` is a number in digits or words; `=ik` is a clause of its own. Hyphens and
apostrophes count for nothing: `appgroep` is "app-groep" too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

from rapidfuzz import distance, process

from knowledge.language.words import normalise

GAP = 4
"""Words that ` .. ` may skip."""
MAX_TOKENS = 600
"""Words of a text that are looked at; the longest answer that is taken has 4000 characters."""
REPAIR_MIN_LENGTH = 4
"""Shorter words are not repaired: too many of them differ in one letter. Of this length only a letter that
was left out is put in."""
REPAIR_TWO_LENGTH = 9
"""From this length a word may have two slips."""
MIN_AFFIX = 2
CACHED_WORDS = 20_000
WHOLE = "="
"""What a form begins with that is a clause of its own."""
NUMBER = "NUMBER"
"""The pattern for a number."""

T = TypeVar("T")

_TOKEN = re.compile(r"[^\W_]+(?:['’`´-][^\W_]+)*|[&+]|[👍👎✅❌]")
_JOINTS = re.compile(r"['’`´-]")
_SENTENCE_END = re.compile(r"[.!?;\n…]")
_CLAUSE_END = re.compile(r"[,:()/–—]|\s-+\s")


SPOKEN = {"nie": "niet", "v": "van", "ff": "even"}
"""Words as they are spoken or cut short → as they are read."""


class Token(NamedTuple):
    word: str
    """Lower case, no accents, hyphens or apostrophes."""
    start: int
    end: int
    """`text[start:end]` is the word as it was typed."""
    sentence: int
    """The number of the sentence, from 0."""
    breaks: bool
    """Whether a comma or the like, or a sentence's end, stands before it."""
    possessive: bool
    """Whether it ends in 's ("the pupil's")."""


def tokenise(text: str) -> tuple[Token, ...]:
    """The words of a text with their places."""
    found: list[Token] = []
    sentence = end = 0
    for match in _TOKEN.finditer(text):
        between = text[end : match.start()]
        new = bool(found) and bool(_SENTENCE_END.search(between))
        sentence += new
        breaks = new or bool(_CLAUSE_END.search(between))
        possessive = match[0][-2:] in ("'s", "’s")
        word = _JOINTS.sub("", normalise(match[0])) or match[0]
        word = SPOKEN.get(word, word)
        end = match.end()
        found.append(Token(word, match.start(), end, sentence, breaks, possessive))
        if len(found) == MAX_TOKENS:
            break
    return tuple(found)


class Slot(NamedTuple):
    patterns: frozenset[str]
    """Any of these may stand here."""
    gap: int
    """Words that may be skipped before."""


def parse_form(form: str) -> tuple[Slot, ...]:
    """The slots of a form; empty if it can match nothing."""
    slots: list[Slot] = []
    gap = 0
    for piece in form.removeprefix(WHOLE).split():
        if piece == "..":
            gap = GAP
            continue
        patterns = frozenset(pattern for one in piece.split("/") if (pattern := _pattern(one)))
        if patterns:
            slots.append(Slot(patterns, gap if slots else 0))
            gap = 0
    return tuple(slots)


def _pattern(piece: str) -> str:
    if piece == NUMBER:
        return NUMBER
    start, end = piece.startswith("*"), piece.endswith("*")
    word = _JOINTS.sub("", normalise(piece.strip("*")))
    return f"{'*' if start else ''}{word}{'*' if end else ''}" if word else ""


class Hit(NamedTuple, Generic[T]):
    """A form found in a text."""

    label: T
    """What the form stands for."""
    tokens: tuple[int, ...]
    """The numbers of the words that it matched."""
    exact: bool
    """Whether it holds no `*`."""

    @property
    def first(self) -> int:
        return self.tokens[0]

    @property
    def last(self) -> int:
        return self.tokens[-1]


class _Form(NamedTuple, Generic[T]):
    slots: tuple[Slot, ...]
    label: T
    exact: bool
    whole: bool


class FormIndex(Generic[T]):
    """Finds forms in a text in one pass; words that are unknown are repaired towards the forms' words."""

    def __init__(
        self,
        forms: Iterable[tuple[str, T]],
        ordinary: Collection[str] = (),
        numbers: Collection[str] = (),
        spelt_right: frozenset[str] = frozenset(),
    ) -> None:
        """`forms`: (form, what it stands for). `ordinary`: words that only a form without `*` matches, and
        that are not repaired. `numbers`: number words. `spelt_right`: more words that are not repaired.
        """
        self._numbers = frozenset(numbers)
        self._starts: dict[str, list[_Form[T]]] = {}
        self._ordinary = frozenset(ordinary)
        self._spelt_right = spelt_right
        self._patterns: set[str] = set()
        for form, label in forms:
            made = _Form(parse_form(form), label, "*" not in form, form.startswith(WHOLE))
            for slot in made.slots:
                self._patterns |= slot.patterns
            for pattern in made.slots[0].patterns if made.slots else ():
                self._starts.setdefault(pattern, []).append(made)
        self._within = sorted(p.strip("*") for p in self._patterns if p[0] == p[-1] == "*")
        self._by_initial: dict[str, list[str]] = {}
        for word in sorted({pattern.strip("*") for pattern in self._patterns if pattern[0] != "*"}):
            if len(word) >= REPAIR_MIN_LENGTH:
                self._by_initial.setdefault(word[0], []).append(word)
        self._cache: dict[str, frozenset[str]] = {}

    def find(self, tokens: Sequence[Token]) -> list[Hit[T]]:
        """Every form in the text, by the place of its first word."""
        satisfied = [self._satisfied(token.word) for token in tokens]
        found: list[Hit[T]] = []
        for position, patterns in enumerate(satisfied):
            for pattern in patterns:
                for form in self._starts.get(pattern, ()):
                    matched = _follow(form.slots, position, satisfied, tokens)
                    if matched and (not form.whole or _is_clause(matched, tokens)):
                        found.append(Hit(form.label, matched, form.exact))
        return found

    def knows(self, word: str) -> bool:
        """Whether some form holds this word as it is."""
        return bool(self._exact(word))

    def repair(self, word: str) -> str:
        """The word of a form that this one is a misspelling of, or "" if it is none."""
        if len(word) < REPAIR_MIN_LENGTH or not word.isalpha():
            return ""
        if word in self._ordinary or word in self._spelt_right:
            return ""
        allowed = 2 if len(word) >= REPAIR_TWO_LENGTH else 1
        candidates = self._by_initial.get(word[0], ())
        if len(word) == REPAIR_MIN_LENGTH:
            candidates = [other for other in candidates if len(other) > len(word)]
        best = process.extractOne(word, candidates, scorer=distance.OSA.distance, score_cutoff=allowed)
        return str(best[0]) if best else ""

    def _satisfied(self, word: str) -> frozenset[str]:
        """The patterns that this word satisfies, misspelt or not."""
        found = self._cache.get(word)
        if found is None:
            found = self._exact(word)
            if not found and (repaired := self.repair(word)):
                found = self._exact(repaired) or frozenset((f"{repaired}*",))
            if len(self._cache) < CACHED_WORDS:
                self._cache[word] = found
        return found

    def _exact(self, word: str) -> frozenset[str]:
        if word in self._ordinary:
            return frozenset({word} & self._patterns)
        candidates = {word, NUMBER} if word.isdecimal() or word in self._numbers else {word}
        candidates |= {f"{word[:end]}*" for end in range(MIN_AFFIX, len(word) + 1)}
        candidates |= {f"*{word[start:]}" for start in range(len(word) - MIN_AFFIX + 1)}
        candidates |= {f"*{part}*" for part in self._within if part in word}
        return frozenset(candidates & self._patterns)


def _follow(
    slots: Sequence[Slot], position: int, satisfied: Sequence[frozenset[str]], tokens: Sequence[Token]
) -> tuple[int, ...]:
    """The words that a form matches from `position`, () if the rest of it does not follow."""
    matched = [position]
    for slot in slots[1:]:
        for candidate in _ahead(position, slot.gap, tokens):
            if slot.patterns & satisfied[candidate]:
                matched.append(candidate)
                position = candidate
                break
        else:
            return ()
    return tuple(matched)


def _is_clause(matched: tuple[int, ...], tokens: Sequence[Token]) -> bool:
    """Whether these words are all that stands between two commas or the like."""
    first, last = matched[0], matched[-1]
    begins = first == 0 or tokens[first].breaks
    return begins and (last + 1 == len(tokens) or tokens[last + 1].breaks)


def _ahead(position: int, gap: int, tokens: Sequence[Token]) -> Iterator[int]:
    """The words after `position` in its sentence, as far as the gap reaches."""
    for candidate in range(position + 1, min(position + 2 + gap, len(tokens))):
        if tokens[candidate].sentence != tokens[position].sentence:
            return
        yield candidate
