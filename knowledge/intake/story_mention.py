"""One mention of a person in a story."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from knowledge.intake.story_prose import Prose

Kind = Literal["person", "body", "name", "pronoun"]
_DENIES = frozenset(("niet", "not", "geen", "noch", "behalve", "except", "never", "nooit"))


@dataclass(slots=True)
class PersonMention:
    first: int
    last: int
    """The numbers of its first and last word: "twee jongens uit groep 8"."""
    head: int
    """The word that says who it is: "jongens"."""
    kind: Kind
    role: str | None
    """An option of the report, "outside" for who is nobody of the school, or a body; None if unknown."""
    word: str
    name: str = ""
    determiner: str = ""
    preposition: str = ""
    governor: int | None = None
    """The word before the preposition: "foto" in "een foto van een leerling"."""
    modifies: PersonMention | None = None
    """The mention that this one only describes: the pupil in "de moeder van een leerling"."""
    joined_to: PersonMention | None = None
    """The mention that this one is joined to by "en"."""
    clause: int = -1
    quoted: bool = False

    @property
    def is_bare(self) -> bool:
        """Whether it can be a subject or object."""
        return not self.preposition and self.modifies is None


def is_denied(mention: PersonMention, prose: Prose) -> bool:
    """Whether a negation stands right before a mention: "niet de leerling", "geen ouder"."""
    before = mention.first - 1
    if mention.determiner in ("geen", "no"):
        return True
    if before < 0 or prose.breaks[mention.first] or prose.sentences[before] != prose.sentences[mention.first]:
        return False
    if mention.preposition:
        before -= 1
    return before >= 0 and prose.tokens[before].word in _DENIES and not prose.breaks[before + 1]
