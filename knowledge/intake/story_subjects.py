"""The subject of each clause, and whom a pronoun means."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.intake.story_clauses import Clause
from knowledge.intake.story_mention import PersonMention
from knowledge.intake.story_verbs import DEEDS, THAT, VerbReader

HE = ("hij", "hem", "he", "him")
MIN_PLURAL = 4
"""Letters that a word for several persons has more than ("mees", "miss" are one)."""
SHE = ("haar", "she", "her", "shes")


class SubjectReader:
    def __init__(self, mentions: Sequence[PersonMention], verbs: VerbReader) -> None:
        self.mentions = mentions
        self.verbs = verbs
        self.words = verbs.words
        self.word = verbs.word
        self.subjects: dict[int, list[PersonMention]] = {}
        """The subject of each clause that was read: a mention and those joined to it; empty if none."""

    def read(self, clause: Clause, bare: list[PersonMention]) -> list[PersonMention]:
        """`bare`: the clause's mentions without a preposition. Clauses are read in order."""
        self.subjects[clause.number] = found = self._subject(clause, bare)
        return found

    def resolve(
        self, pronoun: PersonMention, culprits: Sequence[PersonMention], did_it: bool
    ) -> PersonMention | None:
        """Whom a pronoun means: of those named before, the last that fits.

        `culprits`: those known so far; a pronoun for who did it means them first, one for who was hurt never.
        """
        if did_it and culprits:
            return next((m for m in reversed(culprits) if self._fits(pronoun, m)), None)
        before = [
            m
            for m in self.mentions
            if m.last < pronoun.first
            and m.kind in ("person", "name")
            and not m.quoted
            and (m.modifies is None or m.kind == "name")
            and m.role != "school"
            and (did_it or m not in culprits)
        ]
        return next((m for m in reversed(before) if self._fits(pronoun, m)), None)

    def _subject(self, clause: Clause, bare: list[PersonMention]) -> list[PersonMention]:
        joins = clause.opener == "join" or (clause.opener == "other" and clause.word in ("maar", "but"))
        if self._is_relative(clause) and (antecedent := self._antecedent(clause)):
            return _joint(antecedent)
        verb_first = self._begins_with_verb(clause, joins)
        can_be = next((m for m in bare if m.kind != "pronoun" or m.word not in self.words["objects"]), None)
        if can_be and self.verbs.has_other_subject(clause, can_be.first):
            return []
        before = self.subjects.get(clause.number - 1, [])
        if can_be and not (verb_first and before and (joins or clause.opener == ",")):
            return [m for m in bare if m is can_be or _is_joined(m, can_be)]
        if verb_first and clause.opener in ("join", "other", ","):
            return before
        return []

    def _begins_with_verb(self, clause: Clause, joins: bool) -> bool:
        first = clause.tokens[1] if joins and len(clause.tokens) > 1 else clause.first
        if first in self.verbs.inside:
            return False
        return any(first in places for places in clause.places("finite", "passive", "perfect", *DEEDS))

    def _is_relative(self, clause: Clause) -> bool:
        """Whether it tells of the person before it: "die ...", or "een meisje dat gepest wordt"."""
        if clause.opener != "relative" or clause.word == "wie":
            return False
        if clause.word not in THAT:
            return True
        follows_person = any(m.last == clause.first - 1 and m.kind == "person" for m in self.mentions)
        return follows_person and not self.verbs.tells_content(clause)

    def _antecedent(self, clause: Clause) -> PersonMention | None:
        before = [m for m in self.mentions if m.last < clause.first and m.kind != "pronoun" and not m.quoted]
        return (before[-1].modifies or before[-1]) if before else None

    def _fits(self, pronoun: PersonMention, mention: PersonMention) -> bool:
        if pronoun.word in (*HE, *SHE) and _is_plural(mention):
            return False
        if pronoun.word in HE:
            return mention.word not in self.words["feminine"]
        return pronoun.word not in SHE or mention.word not in self.words["masculine"]


def _is_plural(mention: PersonMention) -> bool:
    if mention.name or mention.word == "jongen":
        return False
    return mention.word.endswith(("en", "s")) and len(mention.word) > MIN_PLURAL


def _joint(mention: PersonMention) -> list[PersonMention]:
    """A mention and those that it is joined to."""
    found = [mention]
    while found[-1].joined_to:
        found.append(found[-1].joined_to)
    return found


def _is_joined(mention: PersonMention, to: PersonMention) -> bool:
    return any(one is to for one in _joint(mention)[1:])
