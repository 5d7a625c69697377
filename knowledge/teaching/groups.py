"""Questions that found no answer, put together by likeness, so that one lesson serves many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from knowledge.language.words import Language, split

ALIKE = 68
"""Likeness (rapidfuzz token set ratio, 0 to 100) from which two questions stand in one group."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was kept: without names and numbers."""

    text: str
    language: Language
    times: int
    label: str | None
    """What it was taken for: the answer that did not help, or what came nearest."""


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that ask nearly the same, the one asked most first."""

    questions: tuple[Asked, ...]

    @property
    def times(self) -> int:
        """How often they were asked, all together."""
        return sum(one.times for one in self.questions)


def grouped(asked: Sequence[Asked]) -> list[Group]:
    """The groups, the one asked most first. Compares every question with the first of each group."""
    groups: list[list[tuple[Asked, str]]] = []
    for one in sorted(asked, key=lambda one: (-one.times, one.text)):
        words = " ".join(split(one.text))
        home = next((group for group in groups if _alike(one, words, *group[0])), None)
        if home is None:
            groups.append([(one, words)])
        else:
            home.append((one, words))
    found = [Group(tuple(one for one, _ in group)) for group in groups]
    return sorted(found, key=lambda group: -group.times)


def _alike(one: Asked, words: str, other: Asked, other_words: str) -> bool:
    return one.language == other.language and fuzz.token_set_ratio(words, other_words) >= ALIKE
