"""Finding forms in a text, with the places where they stand. A form is written as in lexicon.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from knowledge.language.lexicon import parse_form


@dataclass(frozen=True, slots=True)
class Found:
    """One form that stands in the text."""

    name: str
    """Under which name the form was given."""
    places: tuple[int, ...]
    """Which words of the text it covers."""


class Forms:
    """Named lists of forms."""

    def __init__(self, named: Mapping[str, Sequence[str]]) -> None:
        self._words: dict[str, list[tuple[str, tuple[object, ...]]]] = {}
        self._parts: list[tuple[str, tuple[object, ...]]] = []
        vocabulary: set[str] = set()
        for name, forms in named.items():
            for form in forms:
                parts = parse_form(form)
                if not parts:
                    continue
                vocabulary.update(part.text for part in parts if part.kind == "word")
                if parts[0].kind == "word":
                    self._words.setdefault(parts[0].text, []).append((name, parts))
                else:
                    self._parts.append((name, parts))
        self.vocabulary = frozenset(vocabulary)
        """The whole words of the forms."""

    def find(self, words: Sequence[str]) -> Iterator[Found]:
        """Every form in the words, wherever it stands."""
        for start, word in enumerate(words):
            for name, parts in (*self._words.get(word, ()), *self._parts):
                if places := _places(parts, words, start):
                    yield Found(name, places)


def _places(parts: tuple, words: Sequence[str], start: int) -> tuple[int, ...]:  # type: ignore[type-arg]
    """Where each part stands if the first stands at `start`; empty if one does not follow."""
    if not parts[0].matches(words[start]):
        return ()
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
