"""The lexicon of concepts: which words and turns of phrase mean the same thing to people at a school.

A form is a word (`foto`), the beginning of words (`foto*`), the end of compounds (`*foto`), or a phrase of such
patterns, where ` .. ` allows up to four words between (`zet .. online`). A word may belong to several concepts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.words import normalise

GAP = 4
"""Words that ` .. ` in a phrase may skip."""
MIN_SUFFIX = 4
"""Letters that the known end of a compound must have."""


@dataclass(frozen=True, slots=True)
class _Part:
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
        self._words: dict[str, list[tuple[str, str]]] = {}
        self._prefixes: dict[str, list[tuple[str, str]]] = {}
        self._suffixes: dict[str, list[tuple[str, str]]] = {}
        self._phrases: dict[str, list[tuple[tuple[_Part, ...], str, str]]] = {}
        self._cache: dict[str, tuple[tuple[str, str], ...]] = {}
        vocabulary: set[str] = set()
        for name, forms in self.concepts.items():
            for form in forms:
                parts = parse_form(form)
                if not parts:
                    continue
                vocabulary.update(part.text for part in parts if part.kind == "word" or len(part.text) > MIN_SUFFIX)
                if len(parts) > 1:
                    self._phrases.setdefault(parts[0].text[:1] if parts[0].kind != "suffix" else "", []).append((parts, name, form))
                    continue
                table = {"word": self._words, "prefix": self._prefixes, "suffix": self._suffixes}[parts[0].kind]
                table.setdefault(parts[0].text, []).append((name, form))
        self.vocabulary = frozenset(vocabulary)

    def of_word(self, word: str) -> tuple[tuple[str, str], ...]:
        """The concepts of one word, each with the form that matched."""
        found = self._cache.get(word)
        if found is None:
            hits = list(self._words.get(word, ()))
            for end in range(1, len(word) + 1):
                hits += self._prefixes.get(word[:end], ())
            for start in range(1, len(word) - MIN_SUFFIX + 1):
                hits += self._suffixes.get(word[start:], ())
            found = tuple(hits)
            if len(self._cache) < 50_000:
                self._cache[word] = found
        return found

    def knows(self, word: str) -> bool:
        return bool(self.of_word(word))

    def find(self, words: Sequence[str]) -> dict[str, str]:
        """Concept → the person's words that carry it, in the order met."""
        found: dict[str, str] = {}
        for word in words:
            for name, _ in self.of_word(word):
                found.setdefault(name, word)
        for name, _, surface in self._phrase_hits(words):
            found.setdefault(name, surface)
        return found

    def forms_used(self, words: Sequence[str]) -> set[tuple[str, str]]:
        """Every (concept, form) that matches somewhere in the words: what the check of dead forms counts."""
        used = {hit for word in words for hit in self.of_word(word)}
        used.update((name, form) for name, form, _ in self._phrase_hits(words))
        return used

    def _phrase_hits(self, words: Sequence[str]) -> list[tuple[str, str, str]]:
        hits = []
        for position, word in enumerate(words):
            for key in (word[:1], ""):
                for parts, name, form in self._phrases.get(key, ()):
                    if parts[0].matches(word):
                        surface = _follow(parts, words, position)
                        if surface:
                            hits.append((name, form, surface))
        return hits


def _follow(parts: tuple[_Part, ...], words: Sequence[str], position: int) -> str:
    """The words that a phrase matches from `position` on, or "" if it does not."""
    surface = [words[position]]
    for part in parts[1:]:
        stop = min(position + 2 + part.gap, len(words))
        for candidate in range(position + 1, stop):
            if part.matches(words[candidate]):
                surface.append(words[candidate])
                position = candidate
                break
        else:
            return ""
    return " ".join(surface)
