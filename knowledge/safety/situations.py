"""The data of the safety layer: situations, helplines, cues and idioms. `reading.py` fills it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from knowledge.language.words import Language
from knowledge.safety.cues import Grammar
from knowledge.safety.folding import Vocabulary
from knowledge.safety.hours import Hours
from knowledge.safety.places import Cue
from knowledge.safety.points import PointWords

Loudness = Literal["stop", "aside"]
"""stop: only the help is said; aside: one line above the usual answer."""
Who = Literal["self", "other"]
"""self: the person who writes is in danger; other: somebody else is, most often a child."""
Basis = Literal["law", "practice", "protocol"]
Inside = Literal["directeur", "bestuur", "ib", "aandachtsfunctionaris", "vertrouwenspersoon", "privacy"]
INSIDE: tuple[Inside, ...] = get_args(Inside)
WHO: tuple[Who, ...] = ("self", "other")
LOUDNESS: tuple[Loudness, ...] = ("stop", "aside")
BASIS: tuple[Basis, ...] = ("law", "practice", "protocol")

SOMEBODY = "somebody"
"""The situation of a story about somebody in which no danger is recognised; it has no cues."""
MAX_LINES = 3
"""Helplines in one reply; more of them overwhelm (Koko 2022)."""
MAX_WORDS = 60
"""Words of a situation's text."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where something that is not from the protocol was read, and who looked at the live page when."""

    basis: Basis
    source: str
    page_date: str
    """The year or day on the page itself; "" where it shows none."""
    checked: date | None
    """The day on which a person read the live page; None: nobody did yet."""
    checked_by_role: str
    due: date | None
    """The day by which it is to be read again."""

    def is_stale(self, today: date) -> bool:
        """Whether it was never read, or longer ago than a year, or is past its due day."""
        return (
            self.checked is None
            or (today - self.checked).days > 365
            or (self.due is not None and today > self.due)
        )


@dataclass(frozen=True, slots=True)
class Helpline:
    id: str
    name: Mapping[Language, str]
    number: str
    """A telephone number as it is dialled, or "" where there is only a page."""
    url: str
    free: bool
    hours: Hours
    source: Source
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class CueGroup:
    """Cues that mean the same situation equally loudly."""

    loudness: Loudness
    who: Who
    cues: tuple[Cue, ...]


@dataclass(frozen=True, slots=True)
class Situation:
    id: str
    category: str
    """The letter of the research's table."""
    gravity: int
    """1 is gravest: of two situations the graver one's text is said."""
    title: Mapping[Language, str]
    texts: Mapping[Who, Mapping[Language, str]]
    """What to do first, to whom is near somebody in danger or is in danger."""
    aside: Mapping[Language, str]
    """The one calm line above the usual answer."""
    lines: tuple[str, ...]
    """Ids of helplines, the most urgent first."""
    inside: tuple[Inside, ...]
    """Who inside the school or board is to know: contacts of the board's pack, as far as it has them."""
    general: Loudness
    """How loud a cue is at most if the message only asks how such a thing is handled."""
    procedure: Loudness
    """The same if it asks who is to be told, or wants it recorded."""
    source: Source
    groups: tuple[CueGroup, ...]
    points: PointWords
    line: int


@dataclass(frozen=True, slots=True)
class StoryWords:
    """By which classes of words a story about somebody is told from a question about media."""

    media: int
    asking: int
    someone: int


@dataclass(frozen=True, slots=True)
class SafetyData:
    grammar: Grammar
    vocabulary: Vocabulary
    situations: tuple[Situation, ...]
    """The gravest first."""
    helplines: Mapping[str, Helpline]
    idioms: tuple[Cue, ...]
    """Phrases that sound like danger and are none: what they cover is no cue."""
    general: tuple[Cue, ...]
    """Ways to ask how a thing is handled in general."""
    procedure: tuple[Cue, ...]
    """Ways to ask who is to be told, or to have it recorded."""
    posts: tuple[Cue, ...]
    """Ways to ask whether something may be published."""
    urgent: tuple[Cue, ...]
    """Signs that it is happening now, which outweigh the other ways of asking."""
    kept_images: tuple[Cue, ...]
    """Ways to say that a copy of an image was kept."""
    story: StoryWords
    stop_points: int
    """From so many points on a description is as loud as a stop."""
    aside_points: int
    clause_ends: frozenset[int]
    """Classes of words that end the clause an idiom covers."""
    english: frozenset[str]
    """Words that only English sentences have."""
    dutch: frozenset[str]

    def situation(self, name: str) -> Situation:
        """Raises `KeyError`."""
        for situation in self.situations:
            if situation.id == name:
                return situation
        raise KeyError(name)
