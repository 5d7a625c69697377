"""What is wrong with a pack, said so that someone who edits YAML can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    path: str
    line: int
    """Counted from 1; 0 where no line applies (a file that is missing)."""
    message: str
    advice: bool = False
    """Whether the pack works all the same, and could be better."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}" if self.line else f"{self.path}: {self.message}"


class PackError(Exception):
    """A pack that cannot be used; `problems` holds everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like this one, or "" where none is near."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return near[0] if near else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A suggestion to put behind a problem, or "" where nothing known is near."""
    near = nearest(word, known)
    return f'; did you mean "{near}"?' if near else ""
