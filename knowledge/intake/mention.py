"""An option named in a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Besides = Literal["", "modifier", "other_role", "reason", "withdrawn", "outsider", "asked", "future"]
"""Why an option that is named is no answer; "" if it may be one.

modifier: it only describes another ("de vader van een leerling"); other_role: it has another part in what
happened; reason: it stands in a clause that explains; withdrawn: it was corrected; outsider: the person is
not of this school; asked: it is only asked ("of zij het was"); future: it is still to be done."""


@dataclass(frozen=True, slots=True)
class Mention:
    option: str
    start: int
    end: int
    """`text[start:end]` are the words, from the first to the last that matched."""
    negated: bool = False
    doubtful: bool = False
    """Whether it is called no more than possible ("misschien")."""
    hint: bool = False
    """Whether the words only may stand for the option."""
    besides: Besides = ""
    group: str = ""
    """The group of `answers.yaml` that its word comes from ("yes"); "" for the question's own words."""
    clause: int = 0
    """The number of its clause, from 0."""
    tokens: tuple[int, ...] = ()
    """The numbers of its words."""

    @property
    def first(self) -> int:
        return self.tokens[0]

    @property
    def last(self) -> int:
        return self.tokens[-1]

    @property
    def counts(self) -> bool:
        """Whether it is said to be so."""
        return not self.negated and not self.besides
