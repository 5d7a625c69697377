"""Hearing danger in a text: pure and deterministic, linear in the text's length, no index and no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.language.words import Language
from knowledge.safety.cues import Cue
from knowledge.safety.folding import Token, tokens
from knowledge.safety.places import Match, Places
from knowledge.safety.situations import Loudness, SafetyData, Situation, Who


@dataclass(frozen=True, slots=True)
class Sign:
    """One cue that was found."""

    situation: Situation
    loudness: Loudness
    who: Who
    cue: str
    """As it stands in safety.yaml."""
    words: str
    """What of the text it rests on, folded. Never store or log this."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a text means for somebody's safety."""

    loudness: Loudness
    signs: tuple[Sign, ...]
    """The gravest situation first, one sign for each."""
    language: Language | None
    """Of the text; None where its words leave that open."""

    @property
    def situation(self) -> Situation:
        """The gravest of those that are as loud as the finding."""
        return self.sign.situation

    @property
    def sign(self) -> Sign:
        return next(sign for sign in self.signs if sign.loudness == self.loudness)

    @property
    def situations(self) -> tuple[Situation, ...]:
        """All that are as loud as the finding, the gravest first."""
        return tuple(sign.situation for sign in self.signs if sign.loudness == self.loudness)


@dataclass(frozen=True, slots=True)
class _Frames:
    """How a text asks."""

    general: bool
    procedure: bool


class Detector:
    """Finds cues of danger. Holds the compiled data; one serves a whole process."""

    def __init__(self, data: SafetyData) -> None:
        self.data = data

    def detect(self, text: str) -> Finding | None:
        """The danger in a text, or None. Idioms are taken out first, so that one hides no cue beside it."""
        words = tokens(text, self.data.vocabulary)
        if not words:
            return None
        places = self._without_idioms(words, self.data.grammar.find(words))
        frames: _Frames | None = None
        signs: list[Sign] = []
        for situation in self.data.situations:
            sign = _sign(situation, places, words)
            if sign is None:
                continue
            if sign.loudness == "stop" and "aside" in (situation.general, situation.procedure):
                frames = frames or self._frames(words)
                if (frames.general and situation.general == "aside") or (
                    frames.procedure and situation.procedure == "aside"
                ):
                    sign = replace(sign, loudness="aside")
            signs.append(sign)
        if not signs:
            return None
        loudness: Loudness = "stop" if any(sign.loudness == "stop" for sign in signs) else "aside"
        return Finding(loudness, tuple(signs), self._language(words))

    def _without_idioms(self, words: Sequence[Token], places: Places) -> Places:
        covered = [False] * len(words)
        ends = [False] * len(words)
        for number in places.first_words(self.data.clause_ends):
            ends[number] = True
        for idiom in self.data.idioms:
            for match in places.matches(idiom):
                for number in places.covered(idiom, match, ends):
                    covered[number] = True
        return places.without(covered) if any(covered) else places

    def _frames(self, words: Sequence[Token]) -> _Frames:
        """How the text asks, of all its words: what sounds like an idiom may be part of a question."""
        data = self.data
        places = data.grammar.find(words)
        general, procedure, urgent = (
            any(places.match(cue) for cue in cues) for cues in (data.general, data.procedure, data.urgent)
        )
        return _Frames(general and not urgent, procedure and not urgent)

    def _language(self, words: Sequence[Token]) -> Language | None:
        english = sum(token.written in self.data.english for token in words)
        dutch = sum(token.written in self.data.dutch for token in words)
        return None if english == dutch else "en" if english > dutch else "nl"


def _sign(situation: Situation, places: Places, words: Sequence[Token]) -> Sign | None:
    """The loudest cue of a situation."""
    for group in situation.groups:
        for cue in group.cues:
            if match := places.match(cue):
                return Sign(situation, group.loudness, group.who, cue.text, _words(words, cue, match))
    return None


def _words(words: Sequence[Token], cue: Cue, match: Match) -> str:
    numbers = sorted({number for span in match.spans for number in range(span.first, span.last + 1)})
    return " ".join(words[number].word for number in numbers)
