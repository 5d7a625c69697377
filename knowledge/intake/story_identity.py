"""Who the persons of a story are: what the text tells anywhere about a name, or in "X is a Y"."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from knowledge.intake.story_clauses import Clause
from knowledge.intake.story_mention import PersonMention
from knowledge.intake.story_people import DEEDS
from knowledge.intake.story_prose import Prose
from knowledge.intake.story_words import StoryWords

LOOKS_RIGHT = 5
"""Words after a name that may tell whose it is ("Daan, leerling uit groep 8")."""


class IdentityReader:
    """Fills in the roles of the mentions of one text."""

    def __init__(
        self, prose: Prose, clauses: Sequence[Clause], mentions: list[PersonMention], words: StoryWords
    ) -> None:
        self.prose = prose
        self.clauses = clauses
        self.mentions = mentions
        self.words = words.words
        self.word = [token.word for token in prose.tokens]
        marks = ("pupil_marks", "age_marks")
        self.marks = {hit.first for hit in words.cues.find(prose.tokens) if hit.label in marks}
        self.verbs = {
            place
            for clause in clauses
            for places in clause.places("finite", "passive", "perfect")
            for place in places
        }

    def fill_in(self) -> None:
        self._leave_out_others()
        self._learn_from_relatives()
        self._learn_from_copulas()
        self._learn_names()

    def _leave_out_others(self) -> None:
        """Who is said to be of another school is nobody of this one."""
        for clause in self.clauses:
            for places in clause.places("other_school"):
                before = [
                    m
                    for m in self.mentions
                    if m.head < places[0] and m.kind != "body" and m.role not in ("school", "teller")
                ]
                if before and self.prose.sentences[before[-1].head] == clause.sentence:
                    head = before[-1].modifies or before[-1]
                    head.role = "outside"
                for mention in self.mentions:
                    if places[0] <= mention.head <= places[-1]:
                        mention.role = "outside"

    def _learn_from_relatives(self) -> None:
        """ "een speler, dat is een leerling van ons", "de oma, die tevens voogd is"."""
        for clause in self.clauses:
            if clause.opener != "relative" or not clause.has("passive") or clause.has(*DEEDS):
                continue
            here = [
                m for m in self.mentions if m.clause == clause.number and m.is_bare and m.kind == "person"
            ]
            before = [m for m in self.mentions if m.last < clause.first and m.kind in ("person", "name")]
            inside = {place for m in self.mentions for place in range(m.first, m.last + 1)}
            if not any(places[0] not in inside for places in clause.places("passive")):
                continue
            if len(here) != 1 or not before or here[0].role in ("outside", "school", "group"):
                continue
            head = before[-1].modifies or before[-1]
            if head.role in (None, "outside"):
                head.role = here[0].role
                here[0].modifies = head

    def _learn_from_copulas(self) -> None:
        """ "Fatima is de moeder van een kleuter", "ik ben directeur": what follows says who it is."""
        for one, other in pairwise(self.mentions):
            between = {self.word[place] for place in range(one.last + 1, other.first)}
            copula = (
                bool(between & self.words["passive"]) and len(between) <= 3 and one.clause == other.clause
            )
            if not copula or not one.is_bare or not other.is_bare or other.kind != "person":
                continue
            if self.clauses[one.clause].has(*DEEDS, "culprit", "victim") or other.role in (
                "school",
                "group",
            ):
                continue
            if one.role in (None, "outside") and one.kind != "pronoun":
                one.role = other.role
            other.modifies = one

    def _learn_names(self) -> None:
        """What the text tells anywhere about a name holds everywhere."""
        known: dict[str, str] = {}
        for mention in self.mentions:
            if mention.name and (role := self._role_of_name(mention)):
                known.setdefault(_plain(mention.name), role)
                if mention.joined_to and mention.joined_to.kind == "name" and self._marked(mention):
                    known.setdefault(_plain(mention.joined_to.name), role)
        for mention in self.mentions:
            if mention.name and mention.role is None:
                mention.role = known.get(_plain(mention.name))

    def _role_of_name(self, mention: PersonMention) -> str | None:
        if mention.role:
            return mention.role
        if self._marked(mention):
            return "leerling"
        head = mention.modifies
        if head and head.role in ("ouder", "leerling") and mention.kind == "name":
            return "leerling"
        owned = mention.preposition in self.words["of"] and mention.governor is not None
        if owned and self.word[mention.governor or 0] in (
            "les",
            "lessen",
            "klas",
            "lokaal",
            "lesson",
            "class",
        ):
            return "medewerker"
        return self._told_to_be(mention)

    def _marked(self, mention: PersonMention) -> bool:
        """Whether a group or an age follows the name."""
        sentence = self.prose.sentences[mention.head]
        reach = range(mention.head + 1, min(mention.head + LOOKS_RIGHT, len(self.word)))
        return any(
            place in self.marks
            and self.prose.sentences[place] == sentence
            and not self._crosses(mention.head, place)
            for place in reach
        )

    def _crosses(self, start: int, end: int) -> bool:
        """Whether a verb or another person stands between two words."""
        return any(
            place in self.verbs
            or any(place == mention.head for mention in self.mentions if mention.kind == "name")
            for place in range(start + 1, end)
        )

    def _told_to_be(self, mention: PersonMention) -> str | None:
        """ "Fatima is de moeder van ...", "Beiden leerkracht bij ons"."""
        for other in self.mentions:
            if other.kind != "person" or other.role in (None, "outside", "school") or other.name:
                continue
            same = [one for one in self.mentions if one.name and _plain(one.name) == _plain(mention.name)]
            for one in same:
                between = [self.word[place] for place in range(one.last + 1, other.first)]
                if (
                    between in (["is"], ["was"], ["zijn"], ["are"], ["is", "een"], ["is", "ook"])
                    and one.clause == other.clause
                ):
                    return other.role
            opening = (
                [self.word[place] for place in self.clauses[other.clause].tokens[:2]]
                if other.clause >= 0
                else []
            )
            if (
                opening[:1] in (["beiden"], ["beide"], ["allebei"], ["both"], ["allen"])
                and other.clause > mention.clause >= other.clause - 3
            ):
                return other.role
        return None


def _plain(name: str) -> str:
    return name.casefold().removesuffix("'s").removesuffix("’s")
