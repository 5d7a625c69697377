"""Finding forms in a text, with the places where they stand. A form is written as in lexicon.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from knowledge.language.lexicon import parse_form


@dataclass(frozen=True, slots=True)
class Found:
    """One form that stands in the text."""

    name: str
    """Under which name the form was given."""
    places: tuple[int, ...]
    """Which words of the text it covers."""


_Parts = tuple[Any, ...]
_Starts = dict[str, list[tuple[str, _Parts]]]


class Forms:
    """Named lists of forms, found by the first word of each."""

    def __init__(self, named: Mapping[str, Sequence[str]]) -> None:
        self._starts: dict[str, _Starts] = {"word": {}, "prefix": {}, "suffix": {}}
        self._known: dict[str, set[str]] = {"word": set(), "prefix": set(), "suffix": set()}
        for name, forms in named.items():
            for form in forms:
                parts = parse_form(form)
                if not parts:
                    continue
                self._starts[parts[0].kind].setdefault(parts[0].text, []).append((name, parts))
                for part in parts:
                    self._known[part.kind].add(part.text)
        self.vocabulary = frozenset(self._known["word"])
        """The whole words of the forms."""

    def knows(self, word: str) -> bool:
        """Whether some form has this word, or a beginning or end of it."""
        return (
            word in self._known["word"]
            or any(word[:end] in self._known["prefix"] for end in range(1, len(word) + 1))
            or any(word[start:] in self._known["suffix"] for start in range(len(word)))
        )

    def find(self, words: Sequence[str]) -> Iterator[Found]:
        """Every form in the words, wherever it stands."""
        for start, word in enumerate(words):
            for name, parts in self._starting(word):
                if places := _places(parts, words, start):
                    yield Found(name, places)

    def _starting(self, word: str) -> Iterator[tuple[str, _Parts]]:
        """The forms that this word can begin."""
        yield from self._starts["word"].get(word, ())
        prefixes, suffixes = self._starts["prefix"], self._starts["suffix"]
        for end in range(1, len(word) + 1) if prefixes else ():
            yield from prefixes.get(word[:end], ())
        for start in range(len(word)) if suffixes else ():
            yield from suffixes.get(word[start:], ())


def _places(parts: _Parts, words: Sequence[str], start: int) -> tuple[int, ...]:
    """Where each part stands if the first stands at `start`; empty if one does not follow."""
    places = [start]
    for part in parts[1:]:
        last = places[-1]
        for place in range(last + 1, min(last + 2 + part.gap, len(words))):
            if part.matches(words[place]):
                places.append(place)
                break
        else:
            return ()
    return tuple(places)
