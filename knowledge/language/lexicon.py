"""The lexicon of concepts: which words and turns of phrase mean the same thing to people at a school.

A form is a word (`foto`), the beginning of words (`foto*`), the end of compounds (`*foto`), or a phrase of
such patterns, where ` .. ` allows up to four words between (`zet .. online`). A word may belong to several
concepts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from knowledge.language.words import normalise

GAP = 4
"""Words that ` .. ` in a phrase may skip."""
MIN_SUFFIX = 4
"""Letters that the known end of a compound must have."""


class _Part(NamedTuple):
    text: str
    kind: str
    """`word`, `prefix` or `suffix`."""
    gap: int
    """Words that may be skipped before this one."""

    def matches(self, word: str) -> bool:
        if self.kind == "word":
            return word == self.text
        if self.kind == "prefix":
            return word.startswith(self.text)
        return word.endswith(self.text)


class _Form(NamedTuple):
    concept: str
    text: str
    """As the lexicon has it."""
    rest: tuple[_Part, ...]
    """What must follow the first word."""


_Starts = dict[str, list[_Form]]
"""First part → the forms that begin with it."""


def _part(text: str, gap: int) -> _Part:
    if text.endswith("*"):
        return _Part(text.rstrip("*"), "prefix", gap)
    if text.startswith("*"):
        return _Part(text.lstrip("*"), "suffix", gap)
    return _Part(text, "word", gap)


def parse_form(form: str) -> tuple[_Part, ...]:
    """The parts of a form; empty if nothing of it could ever match a word."""
    parts: list[_Part] = []
    gap = 0
    for piece in normalise(form).split():
        if piece == "..":
            gap = GAP
        elif piece.strip("*"):
            parts.append(_part(piece, gap))
            gap = 0
    return tuple(parts)


class Lexicon:
    """Finds the concepts in a list of words."""

    def __init__(self, concepts: Mapping[str, Sequence[str]]) -> None:
        self.concepts: dict[str, tuple[str, ...]] = {name: tuple(forms) for name, forms in concepts.items()}
        self._starts: dict[str, _Starts] = {"word": {}, "prefix": {}, "suffix": {}}
        self._cache: dict[str, tuple[_Form, ...]] = {}
        vocabulary: set[str] = set()
        for name, forms in self.concepts.items():
            for form in forms:
                parts = parse_form(form)
                if parts:
                    vocabulary.update(
                        part.text for part in parts if part.kind == "word" or len(part.text) > MIN_SUFFIX
                    )
                    self._starts[parts[0].kind].setdefault(parts[0].text, []).append(
                        _Form(name, form, parts[1:])
                    )
        self.vocabulary = frozenset(vocabulary)
        """The words and word parts of the forms."""

    def knows(self, word: str) -> bool:
        """Whether the word by itself carries a concept."""
        return any(not form.rest for form in self._starting(word))

    def of_word(self, word: str) -> list[str]:
        """The concepts that one word carries by itself."""
        return [form.concept for form in self._starting(word) if not form.rest]

    def find(self, words: Sequence[str]) -> dict[str, str]:
        """Concept → the words that carry it: single words first, then turns of phrase."""
        found: dict[str, str] = {}
        phrases: dict[str, str] = {}
        for form, surface in self._matches(words):
            (phrases if form.rest else found).setdefault(form.concept, surface)
        return phrases | found

    def forms_used(self, words: Sequence[str]) -> set[tuple[str, str]]:
        """Every (concept, form) that matches somewhere in the words: what the check of dead forms counts."""
        return {(form.concept, form.text) for form, _ in self._matches(words)}

    def _matches(self, words: Sequence[str]) -> Iterator[tuple[_Form, str]]:
        present = set(words)
        for position, word in enumerate(words):
            for form in self._starting(word):
                if not form.rest:
                    yield form, word
                elif form.rest[0].kind == "word" and form.rest[0].text not in present:
                    continue
                elif surface := _follow(form.rest, words, position):
                    yield form, surface

    def _starting(self, word: str) -> tuple[_Form, ...]:
        """The forms that this word can begin."""
        found = self._cache.get(word)
        if found is None:
            hits = list(self._starts["word"].get(word, ()))
            for end in range(1, len(word) + 1):
                hits += self._starts["prefix"].get(word[:end], ())
            for start in range(1, len(word) - MIN_SUFFIX + 1):
                hits += self._starts["suffix"].get(word[start:], ())
            found = tuple(hits)
            if len(self._cache) < 50_000:
                self._cache[word] = found
        return found


def _follow(rest: Sequence[_Part], words: Sequence[str], position: int) -> str:
    """The words that a phrase matches when its first part is at `position`, or "" if the rest does not
    follow.
    """
    surface = [words[position]]
    for part in rest:
        for candidate in range(position + 1, min(position + 2 + part.gap, len(words))):
            if part.matches(words[candidate]):
                surface.append(words[candidate])
                position = candidate
                break
        else:
            return ""
    return " ".join(surface)
