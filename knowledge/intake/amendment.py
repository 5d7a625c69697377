"""Reading an amendment: what a text changes of answers that were given, "de datum klopt niet, het was
eergisteren".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.intake.story import DayReader, StoryReader, shortest_naming
from knowledge.intake.story_clauses import Clause
from knowledge.intake.story_deeds import CULPRITS, HURT
from knowledge.intake.story_mention import PersonMention, is_denied
from knowledge.intake.story_people import Span
from knowledge.intake.story_verbs import DEEDS
from knowledge.intake.story_words import load_story_words
from knowledge.pack.flow import Flow

_PIECES = re.compile(
    r"([,.;:]|\b(?:maar|but|en niet|and not|in plaats van|instead of|niet|not|geen)\b)", re.IGNORECASE
)
_DENYING = frozenset(("en niet", "and not", "in plaats van", "instead of", "niet", "not", "geen"))
BEGINS_WITHIN = 6
"""Words from the first, within which an amendment begins."""
_YES_OR_NO = ("danger", "criminal", "sexual")


@dataclass(frozen=True, slots=True)
class Amendment:
    facts: Mapping[str, tuple[str, ...]]
    """Question → options that it sets."""
    day: date | None
    """The day that it sets for `when`."""
    adds: frozenset[str]
    """Questions whose options come to those that were chosen; all others are replaced."""
    corrects: bool
    """Whether it says that something given before is to change ("klopt niet", "toch")."""
    begins: bool = False
    """Whether it begins with saying so."""
    named: frozenset[str] = frozenset()
    """Questions that it names, by their subject ("de dader") or as "het was ..."."""
    loose: frozenset[str] = frozenset()
    """Questions that a person is merely named for, without saying that it was this one."""
    day_words: str = ""
    """The words that name the day."""

    def __bool__(self) -> bool:
        return bool(self.facts or self.day)


def read_amendment(text: str, flow: Flow, read_day: DayReader, names: Sequence[Span] = ()) -> Amendment:
    """What a text changes; nothing where it changes nothing for certain."""
    reader = StoryReader(text, flow, read_day, names, load_story_words())
    story = reader.story()
    facts = dict(story.facts)
    persons = _persons(reader)
    if "told" in facts and "hurt" not in persons:
        persons = {}
    for question, options in persons.items():
        if question == "who" or question not in facts or len(options) > len(facts[question]):
            facts[question] = options
    if "hurt" in persons and "who" not in persons:
        facts.pop("who", None)
    for question, option in _settings(reader).items():
        facts[question] = (option,)
    facts = {
        question: kept
        for question, options in facts.items()
        if (step := flow.step(question)) and (kept := tuple(o for o in options if step.option(o)))
    }
    adding = any(clause.has("adds") for clause in reader.clauses)
    adds = {
        question
        for question in facts
        if question == "told" or (adding and question in ("who", "hurt", "medium", "known"))
    }
    if facts.get("told") == ("niemand",):
        adds.discard("told")
    outright = [places[0] for clause in reader.clauses for places in clause.places("corrects_outright")]
    day, day_words = _day(text, read_day)
    if facts and not any(clause.has("asks when") for clause in reader.clauses):
        day, day_words = None, ""  # the day on which something else was told or done
    begins = bool(outright) and min(outright) < BEGINS_WITHIN
    named = _named(reader, facts)
    loose = frozenset(question for question in persons if question not in story.facts) - named
    return Amendment(facts, day, frozenset(adds), bool(outright), begins, named, loose, day_words)


def _named(reader: StoryReader, facts: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    named = {question for question in facts if any(c.has(f"asks {question}") for c in reader.clauses)}
    if any(clause.has("identity", "culprit") for clause in reader.clauses):
        named.add("who")
    if any(clause.has("victim", "deeds suffer") for clause in reader.clauses):
        named = {*named - {"who"}, "hurt"}
    return frozenset(named)


def _persons(reader: StoryReader) -> dict[str, tuple[str, ...]]:
    """Who did it, or who was hurt, where a text just says so: "het was toch een ouder"."""
    found: dict[str, list[str]] = {}
    topic = "hurt" if any(c.has("deeds suffer", "victim", "asks hurt") for c in reader.clauses) else ""
    for clause in reader.clauses:
        topic = _topic(clause) or topic
        if clause.number in reader.skipped or clause.has(
            "told know", "told inform", "danger ja", "danger nee", "audience openbaar"
        ):
            continue
        question = "hurt" if topic == "hurt" or clause.has("deeds suffer", "victim") else "who"
        options = HURT if question == "hurt" else CULPRITS
        for mention in reader.mentions:
            if mention.clause != clause.number or mention.quoted or not _says_who(mention, clause, reader):
                continue
            if mention.role in options:
                found.setdefault(question, []).append(mention.role or "")
    return {question: tuple(dict.fromkeys(options)) for question, options in found.items()}


def _says_who(mention: PersonMention, clause: Clause, reader: StoryReader) -> bool:
    if mention.kind == "pronoun" or mention.modifies:
        return False
    if mention.preposition and mention.preposition not in reader.words.words["by"]:
        besides = mention.preposition in ("behalve", "naast", "besides") and clause.has("adds")
        return besides or mention.preposition == "om"
    if clause.has(*DEEDS) and not clause.has("corrects"):
        return not any(
            m.clause == clause.number and m.is_bare and m.head < mention.head for m in reader.mentions
        )
    return not is_denied(mention, reader.prose)


def _topic(clause: Clause) -> str:
    """The question that a clause names."""
    for question in ("who", "hurt"):
        if clause.has(f"asks {question}"):
            return question
    if clause.has("culprit"):
        return "who"
    return "hurt" if clause.has("victim") else ""


def _settings(reader: StoryReader) -> dict[str, str]:
    """ "strafbaar mag je op nee zetten": a yes or no that is set by name."""
    found: dict[str, str] = {}
    for clause in reader.clauses:
        for question in _YES_OR_NO:
            if not clause.has(f"asks {question}"):
                continue
            if clause.has("set_no"):
                if question != "sexual" or _sets(clause, reader):
                    found[question] = "nee"
            elif clause.has("set_yes"):
                found[question] = "ja"
    return found


def _sets(clause: Clause, reader: StoryReader) -> bool:
    """Whether an answer is named to be set, not just denied in passing."""
    said = {reader.prose.tokens[place].word for place in clause.tokens}
    return bool(said & {"nee", "no"})


def _day(text: str, read_day: DayReader) -> tuple[date | None, str]:
    """The day that is left when what is denied is taken out, and its words."""
    days: list[tuple[date, str]] = []
    denied = False
    for piece in _PIECES.split(text):
        sign = piece.strip().lower()
        if _PIECES.fullmatch(piece):
            denied = sign in _DENYING
            continue
        if not denied and (day := read_day(piece)):
            days.append((day, shortest_naming(day, piece, read_day)))
        denied = denied and not piece.strip()
    return days[0] if days and len({day for day, _ in days}) == 1 else (None, "")
