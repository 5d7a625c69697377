"""Reading a story: what a director tells in their own words, as answers to the questions of the report.

Only what is certain becomes a fact. What the story leaves open or doubts is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.intake.story_circumstances import CircumstanceReader
from knowledge.intake.story_clauses import Clause, read_clauses
from knowledge.intake.story_deeds import CULPRITS, HURT, DeedReader, Part
from knowledge.intake.story_identity import IdentityReader
from knowledge.intake.story_mention import PersonMention
from knowledge.intake.story_people import PeopleReader, Span
from knowledge.intake.story_prose import Prose, read_prose
from knowledge.intake.story_sources import Finding, SourceReader
from knowledge.intake.story_verbs import DEEDS, SAYING, THAT
from knowledge.intake.story_words import StoryWords, load_story_words
from knowledge.intake.word_forms import tokenise
from knowledge.pack.flow import Flow

NOW = "vandaag"
LAST = 3
"""Clauses at the end of a story, in which it may ask something."""
ANNOUNCED_FROM = 2
"""Words that may stand before an announcement ("hallo, ik wil ...")."""
ANNOUNCED_WITHIN = 12
DayReader = Callable[[str], date | None]
"""The one day in the past that a text surely names; None if there is none."""


@dataclass(frozen=True, slots=True)
class Story:
    facts: Mapping[str, tuple[str, ...]]
    """Question → options, for what is certain."""
    day: date | None
    """The day of the incident; the answer to `when`."""
    words: Mapping[str, str]
    """Question → the words of the story that its answer rests on; `when` too."""
    suspected: tuple[str, ...] = ()
    """Who may have done it but is not certain."""
    asks: bool = False
    """Whether it ends with a question."""

    @property
    def certain(self) -> int:
        """How many questions it answers for certain."""
        return len(self.facts) + (self.day is not None)


def read_story(text: str, flow: Flow, read_day: DayReader, names: Sequence[Span] = ()) -> Story:
    """What a story tells for certain. `names`: where it holds names of persons, by character."""
    return StoryReader(text, flow, read_day, names, load_story_words()).story()


def without_announcement(text: str) -> tuple[str, bool]:
    """The text without "ik wil iets melden:" at its beginning, and whether that stood there."""
    words = load_story_words()
    tokens = tokenise(text)
    for hit in words.cues.find(tokens[:ANNOUNCED_WITHIN]):
        if hit.label == "announcement" and hit.first <= ANNOUNCED_FROM:
            rest = text[tokens[hit.last].end :].lstrip(" .,:;!-–—\n")
            return re.sub(r"^(?:dat|that)\b\s*", "", rest), True
    return text, False


def shortest_naming(day: date, text: str, read_day: DayReader) -> str:
    """The words of a text that name its day, and no others."""
    words = text.split()
    for side in (0, -1):
        while len(words) > 1 and read_day(" ".join(words[1:] if side == 0 else words[:-1])) == day:
            words.pop(side)
    return " ".join(words).strip(" ,.;:()")


class StoryReader:
    def __init__(
        self, text: str, flow: Flow, read_day: DayReader, names: Sequence[Span], words: StoryWords
    ) -> None:
        self.flow = flow
        self.read_day = read_day
        self.words = words
        self.prose: Prose = read_prose(text, words.words["abbreviations"])
        self.clauses: list[Clause] = read_clauses(self.prose, words)
        self.mentions: list[PersonMention] = PeopleReader(self.prose, self.clauses, names, words).mentions()
        IdentityReader(self.prose, self.clauses, self.mentions, words).fill_in()
        self.sources = SourceReader(self.prose, self.clauses, self.mentions, words)
        online = {clause.number for clause in self.clauses if clause.has("online there", "online gone")}
        acts = {clause.number for clause in self.clauses if clause.has("deeds attack", "deeds send")}
        shown = {c.number for c in self.clauses if c.has("known schermafbeelding")} - self.sources.posted
        self.skipped = self.sources.tells | self.sources.others_told | (online - acts) | shown
        self.by_parent = self.prose.is_letter and self._own_child()
        teller = "ouder" if self.by_parent else "medewerker"
        self.parts: list[Part] = DeedReader(
            self.prose, self.clauses, self.mentions, words, self.skipped, teller
        ).read()

    def story(self) -> Story:
        around = CircumstanceReader(
            self.prose, self.clauses, self.words, self.sources.tells, self.sources.others_told
        )
        facts: dict[str, tuple[str, ...]] = {}
        words: dict[str, str] = {}
        hurt = self._hurt()
        pupil = any(option == "leerling" for option, _ in hurt)
        sure = [part for part in self.parts if part.did_it and not part.doubted]
        who = [(role, part) for part in sure if (role := self._role_of_culprit(part, pupil)) in CULPRITS]
        found: dict[str, list[Finding]] = {
            "who": [(role or "", (part.mention.first, part.mention.last)) for role, part in who],
            "hurt": hurt,
            "medium": around.medium(),
            "audience": around.audience(),
            "known": self.sources.known(),
            "online": around.online(),
            "told": self._told(hurt),
            "danger": around.danger(),
            "criminal": around.criminal(),
            "sexual": around.sexual() if self._by_staff_to_pupil(hurt) else [],
        }
        for question, findings in found.items():
            step = self.flow.step(question)
            kept = [one for one in findings if step and step.option(one[0])]
            if kept:
                facts[question] = tuple(dict.fromkeys(option for option, _ in kept))
                words[question] = self._words(span for _, span in kept)
        day = self._day()
        if day:
            words["when"] = day[1]
        suspected = tuple(
            dict.fromkeys(p.role for p in self.parts if p.did_it and p.doubted and p.role in CULPRITS)
        )
        return Story(facts, day[0] if day else None, words, tuple(s for s in suspected if s), self._asks())

    def _role_of_culprit(self, part: Part, pupil_hurt: bool) -> str | None:
        """What somebody is who did it: a bare first name in a class's app is a pupil's, if one is hurt."""
        if part.role or not pupil_hurt or " " in part.mention.name or not part.mention.name:
            return part.role
        clause = self.clauses[part.mention.clause]
        return "leerling" if clause.has("pupil_marks") and clause.has("audience besloten") else None

    def _asks(self) -> bool:
        """Whether one of the last clauses begins as a question does, or a question mark ends the text."""
        if self.prose.text.rstrip(" .!\"'”’)").endswith("?"):
            return True
        last = self.clauses[-LAST:]
        return any(place in clause.tokens[:2] for clause in last for place, *_ in clause.places("question"))

    def _told(self, hurt: list[Finding]) -> list[Finding]:
        pupil = any(option == "leerling" for option, _ in hurt)
        found = self.sources.told(pupil)
        if self.by_parent and pupil and all(option != "ouders" for option, _ in found):
            found = [("ouders", hurt[0][1]), *found]
        return found

    def _own_child(self) -> bool:
        return any(
            m.role == "leerling" and m.determiner in ("mijn", "my", "onze", "our") for m in self.mentions
        )

    def _hurt(self) -> list[Finding]:
        """The options of those who were hurt. A first name that a pupil did something to is a pupil's."""
        by_pupil = any(p.did_it and p.role == "leerling" for p in self.parts)
        culprits = {p.mention.head for p in self.parts if p.did_it}
        found: list[tuple[Part, str]] = []
        for part in self.parts:
            if part.did_it or (part.mention.head in culprits and not self._mutual() and not part.always):
                continue
            role = part.role
            if role is None and part.mention.name:
                role = self._role_beside_culprit(part, by_pupil)
            if role in HURT:
                found.append((part, role or ""))
        strong = [one for one in found if not one[0].weak]
        findings = [(role, (part.mention.first, part.mention.last)) for part, role in strong or found]
        if len({role for role, _ in findings}) > 1:  # the school is meant only if no person is
            findings = [one for one in findings if one[0] != "school"]
        return findings

    def _role_beside_culprit(self, part: Part, by_pupil: bool) -> str | None:
        """What a name is that nothing tells of: "door een andere vader" makes it a parent's."""
        for other in self.parts:
            phrase = {
                self.prose.tokens[place].word for place in range(other.mention.first, other.mention.last + 1)
            }
            if other.did_it and phrase & {"ander", "andere", "another", "other"} and other.role in CULPRITS:
                return other.role
        return "leerling" if by_pupil and " " not in part.mention.name else None

    def _mutual(self) -> bool:
        return any(clause.has("each_other") for clause in self.clauses)

    def _by_staff_to_pupil(self, hurt: list[Finding]) -> bool:
        by_staff = any(p.did_it and p.role == "medewerker" for p in self.parts)
        return by_staff and any(option == "leerling" for option, _ in hurt)

    def _day(self) -> tuple[date, str] | None:
        """The day that the clauses of the deed name, else those that tell nothing else; and its words."""
        deeds: list[tuple[date, str]] = []
        other: list[tuple[date, str]] = []
        for clause in self.clauses:
            if clause.number in self.skipped or self._is_content(clause) or clause.has("not_when"):
                continue
            now = self._is_now(clause)
            text = self._without_groups(clause)
            day = self.read_day(NOW if now else text)
            if day is None or (clause.has("after") and not clause.has(*DEEDS)):
                continue
            found = (day, text.strip() if now else shortest_naming(day, text, self.read_day))
            if clause.has(*DEEDS):
                deeds.append(found)
            elif not any(m.clause == clause.number and m.is_bare for m in self.mentions):
                other.append(found)
        days = deeds or other
        return days[0] if days and len({day for day, _ in days}) == 1 else None

    def _is_content(self, clause: Clause) -> bool:
        """Whether it is what was said, not what happened."""
        parent = self.clauses[clause.parent] if clause.parent is not None else None
        if parent is None or parent.number in self.skipped:
            return False
        return clause.word in THAT and parent.has(*SAYING)

    def _is_now(self, clause: Clause) -> bool:
        return all(place in {p for places in clause.places("now") for p in places} for place in clause.tokens)

    def _without_groups(self, clause: Clause) -> str:
        """A clause's text without "groep 1/2", that looks like a date."""
        start = self.prose.tokens[clause.first].start
        text = self.prose.slice(clause.first, clause.last)
        for places in clause.places("pupil_marks"):
            last = min(places[-1] + 1, clause.last)
            if places[-1] < last and "/" not in self.prose.breaks[last]:
                last = places[-1]
            first, end = self.prose.tokens[places[0]].start - start, self.prose.tokens[last].end - start
            text = text[:first] + " " * (end - first) + text[end:]
        return text

    def _words(self, spans: Iterable[tuple[int, int]]) -> str:
        unique = sorted(set(spans))
        outer = [
            one for one in unique if not any(o != one and o[0] <= one[0] and one[1] <= o[1] for o in unique)
        ]
        return " … ".join(self.prose.slice(*span) for span in outer)
