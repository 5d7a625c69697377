"""Hearing danger in a text: pure and deterministic, linear in the text's length, no index and no clock."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.language.words import Language
from knowledge.safety.folding import Token, tokens
from knowledge.safety.places import Cue, Match, Places
from knowledge.safety.points import weigh
from knowledge.safety.reading import load_safety
from knowledge.safety.situations import SOMEBODY, Loudness, SafetyData, Situation, Who
from knowledge.safety.weights import Heard, Weights, load

WHOLE_STORY = 2
PASSAGE = 1
"""What a story about somebody adds to words that weigh."""
STORY_FROM = 3
"""Points from which a story adds anything."""
STORY_WORDS = 5
PASSAGE_WORDS = 7


STOP_THRESHOLD = 0.65
SELF_STOP_THRESHOLD = 0.45
"""For danger to the person who writes: a missed stop costs more there than a false one."""
ASIDE_THRESHOLD = 0.30
"""Probabilities of the weighted cues from which the help alone, or a line above the answer, is said; set on
texts of writers whose examples were not learnt (`tests/safety_eval.py`).
"""
DOUBTED_STOP = 0.06
DOUBTED_ASIDE = 0.03
"""Probabilities of the weighted cues below which what a rule hears is said one step less loudly: the words
are there, but nobody says it like that who tells of danger. What a cue names is never silenced, only lowered
to a line above the answer; what only adds up from words may be nothing.
"""
LIFE_CATEGORIES = "SOA"
"""Categories in which a rule is never doubted: somebody may die."""
SELF_CATEGORIES = "SP"
"""Categories of danger to the person who writes."""

_SUPPOSES = re.compile(
    r"\s*(?:(?:en|maar|and|but|ok|oke)\s+)?(?:(?:wat|what)\s+)?(?:als|stel|if|suppose)\b", re.IGNORECASE
)
"""What only supposes something asks, and tells no story."""


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
    points: int = 0
    """What its words weigh, if no cue names it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a text means for somebody's safety."""

    loudness: Loudness
    signs: tuple[Sign, ...]
    """One sign for each situation: those that are named first, and of these the gravest."""
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
    posts: bool
    """Whether it asks only if something may be published."""


class Detector:
    """Finds cues of danger. Holds the compiled data; one serves a whole process."""

    def __init__(self, data: SafetyData, learnt: Weights | None = None) -> None:
        """`learnt`: the weighted cues, which hear what no rule does."""
        self.data = data
        self._learnt = learnt

    def detect(self, text: str) -> Finding | None:
        """The danger in a text, or None. Idioms are taken out first, so that one hides no cue beside it."""
        words = tokens(text, self.data.vocabulary)
        if not words:
            return None
        everything = self.data.grammar.find(words)
        places = self._without_idioms(words, everything)
        frames: _Frames | None = None
        # who speaks figuratively tells no story
        asks = "?" in text or _SUPPOSES.match(text) is not None
        story = self._story(words, everything, asks) if places is everything else 0
        signs: list[Sign] = []
        for situation in self.data.situations:
            sign = self._sign(situation, places, words, story)
            if sign is None:
                continue
            if sign.loudness == "stop" and (
                sign.points or "aside" in (situation.general, situation.procedure)
            ):
                frames = frames or self._frames(everything)
                if _softens(sign, frames):
                    sign = replace(sign, loudness="aside")
            signs.append(sign)
        heard = self._heard(words, places, everything) if self._learnt else None
        if heard and signs:
            signs = _doubted(signs, heard.danger)
        if (
            heard
            and all(sign.loudness != "stop" for sign in signs)
            and (learnt := self._learnt_sign(heard, words, places, everything))
        ):
            known = [one for one in signs if one.situation.id != learnt.situation.id]
            signs = sorted([*known, learnt], key=lambda one: one.situation.gravity)
        signs.sort(key=lambda one: one.points > 0)  # what is named comes before what only adds up
        if not signs and story == WHOLE_STORY:
            somebody = self.data.situation(SOMEBODY)
            signs.append(Sign(somebody, "aside", "other", "a story", ""))
        if not signs:
            return None
        loudness: Loudness = "stop" if any(sign.loudness == "stop" for sign in signs) else "aside"
        return Finding(loudness, tuple(signs), self._language(words))

    def uncovered(self, words: Sequence[Token]) -> list[Token]:
        """The words that no idiom covers: what the weighted cues read."""
        covered = self._covered(words, self.data.grammar.find(words))
        return [word for word, is_covered in zip(words, covered, strict=True) if not is_covered]

    def _heard(self, words: Sequence[Token], places: Places, everything: Places) -> Heard | None:
        """What the weighted cues say of a text; None for one without words."""
        if self._learnt is None:
            return None
        read = words if places is everything else self.uncovered(words)
        found = places if places is everything else self.data.grammar.find(read)
        return self._learnt.hear(read, found, self.data.grammar.class_names) if read else None

    def _learnt_sign(
        self, heard: Heard, words: Sequence[Token], places: Places, everything: Places
    ) -> Sign | None:
        """What the weighted cues hear, if it is enough."""
        if heard.danger < ASIDE_THRESHOLD:
            return None
        read = words if places is everything else self.uncovered(words)
        situation = next(
            (one for one in self.data.situations if one.category == heard.category), self.data.situations[0]
        )
        first, end = heard.window
        who: Who = "self" if heard.category in SELF_CATEGORIES and "self" in situation.texts else "other"
        enough = SELF_STOP_THRESHOLD if who == "self" else STOP_THRESHOLD
        loudness: Loudness = "stop" if heard.danger >= enough else "aside"
        said = " ".join(token.word for token in read[first:end])
        sign = Sign(situation, loudness, who, f"learnt: {heard.danger:.2f}", said)
        softened = loudness == "stop" and _softens(sign, self._frames(everything))
        return replace(sign, loudness="aside") if softened else sign

    def is_image_kept(self, text: str) -> bool:
        """Whether a text says that somebody kept a copy of an image, of whatever it is."""
        places = self.data.grammar.find(tokens(text, self.data.vocabulary))
        return any(places.match(cue) for cue in self.data.kept_images)

    def _sign(self, situation: Situation, places: Places, words: Sequence[Token], story: int) -> Sign | None:
        """The loudest sign of a situation: a cue, or words that add up to as much."""
        named = _named(situation, places, words)
        if named and named.loudness == "stop":
            return named
        weight = weigh(words, places, situation.points)
        points = weight.points + story if weight.points >= STORY_FROM else weight.points
        if weight.count == 1 and story < WHOLE_STORY:
            points = min(points, self.data.stop_points - 1)  # one word alone is a doubt
        if points >= self.data.stop_points or (points >= self.data.aside_points and not named):
            loudness: Loudness = "stop" if points >= self.data.stop_points else "aside"
            who: Who = "self" if "other" not in _who(situation) else "other"
            return Sign(situation, loudness, who, f"{points} points", weight.words, points)
        return named

    def _story(self, words: Sequence[Token], places: Places, asks: bool) -> int:
        """What it adds that somebody's story is told, without asking and without media: 2 if that is all, 1
        if a passage of it is such a story. Hardly anybody writes that to an assistant for a protocol on media
        unless something is the matter.
        """
        story = self.data.story
        about = {words[number].clause for number in places.first_words((story.media, story.asking))}
        someone = {words[number].clause for number in places.first_words((story.someone,))}
        longest, length, named = 0, 0, False
        for number, word in enumerate(words):
            if number and word.clause != words[number - 1].clause and words[number - 1].clause in about:
                length, named = 0, False
            length += word.clause not in about
            named = named or word.clause in someone - about
            if named:
                longest = max(longest, length)
        if not about and not asks and named and len(words) >= STORY_WORDS:
            return WHOLE_STORY
        return PASSAGE if longest >= PASSAGE_WORDS else 0

    def _without_idioms(self, words: Sequence[Token], places: Places) -> Places:
        covered = self._covered(words, places)
        return places.without(covered) if any(covered) else places

    def _covered(self, words: Sequence[Token], places: Places) -> list[bool]:
        """Which words an idiom covers."""
        covered = [False] * len(words)
        ends = [False] * len(words)
        for number in places.first_words(self.data.clause_ends):
            ends[number] = True
        for idiom in self.data.idioms:
            for match in places.matches(idiom):
                for number in places.covered(idiom, match, ends):
                    covered[number] = True
        return covered

    def _frames(self, places: Places) -> _Frames:
        """How the text asks, by all its words: what sounds like an idiom may be part of a question."""
        data = self.data
        general, procedure, posts, urgent = (
            any(places.match(cue) for cue in cues)
            for cues in (data.general, data.procedure, data.posts, data.urgent)
        )
        return _Frames(general and not urgent, procedure and not urgent, posts and not urgent)

    def _language(self, words: Sequence[Token]) -> Language | None:
        english = sum(token.written in self.data.english for token in words)
        dutch = sum(token.written in self.data.dutch for token in words)
        return None if english == dutch else "en" if english > dutch else "nl"


def _doubted(signs: Sequence[Sign], danger: float) -> list[Sign]:
    """The signs of the rules, one step less loud where the weighted cues find next to no danger."""
    if danger >= DOUBTED_STOP:
        return list(signs)
    return [
        replace(sign, loudness="aside")
        if sign.loudness == "stop" and sign.situation.category not in LIFE_CATEGORIES
        else sign
        for sign in signs
        if not (sign.points and sign.loudness == "aside" and danger < DOUBTED_ASIDE)
    ]


def _who(situation: Situation) -> set[Who]:
    return {group.who for group in situation.groups if group.loudness == "stop"}


def _softens(sign: Sign, frames: _Frames) -> bool:
    """Whether a stop is only worth one line, because of how the text asks."""
    situation = sign.situation
    if sign.points:  # nothing was named: any frame is a doubt
        return frames.general or frames.procedure or frames.posts
    return (frames.general and situation.general == "aside") or (
        frames.procedure and situation.procedure == "aside"
    )


def _named(situation: Situation, places: Places, words: Sequence[Token]) -> Sign | None:
    """The loudest cue of a situation."""
    for group in situation.groups:
        for cue in group.cues:
            if match := places.match(cue):
                return Sign(situation, group.loudness, group.who, cue.text, _words(words, cue, match))
    return None


def _words(words: Sequence[Token], cue: Cue, match: Match) -> str:
    numbers = sorted({number for span in match.spans for number in range(span.first, span.last + 1)})
    return " ".join(words[number].word for number in numbers)


def load_detector() -> Detector:
    """The rules and the weighted cues that come with the program. Raises `PackError`, `OSError`."""
    return Detector(load_safety(), load())
