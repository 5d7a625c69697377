"""What a clause's verbs and things say: which deeds it tells of, active or passive, or what was said."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from knowledge.intake.story_clauses import Clause, is_english_participle, is_participle
from knowledge.intake.story_mention import PersonMention
from knowledge.intake.story_prose import Prose
from knowledge.intake.story_words import StoryWords

DEEDS = tuple(
    f"deeds {name}" for name in ("attack", "about", "post", "put", "say", "origin", "send", "receive", "join")
)
SAYING = tuple(f"deeds {name}" for name in ("about", "post", "put", "say", "send", "attack"))
"""Deeds that "dat" may go on with, telling what was said."""
THINGS = ("things picture", "things message", "things account")
BEGUN = frozenset(("begonnen", "gestart"))
"""Participles that "zijn" makes no passive of."""
THAT = ("dat", "that")


class VerbReader:
    def __init__(
        self,
        prose: Prose,
        clauses: Sequence[Clause],
        mentions: Sequence[PersonMention],
        words: StoryWords,
        skipped: Collection[int],
    ) -> None:
        """`skipped`: clauses that tell of something else than what happened."""
        self.clauses = clauses
        self.words = words.words
        self.word = [token.word for token in prose.tokens]
        self.skipped = skipped
        self.media = {
            place
            for hit in words.people.find(prose.tokens)
            if hit.label.startswith("medium")
            for place in range(hit.first, hit.last + 1)
        }
        self.inside = {place for m in mentions for place in range(m.first, m.last + 1) if m.kind != "pronoun"}
        """Words that belong to a person's, so that "zijn" is no verb there."""

    def deeds(self, clause: Clause) -> set[str]:
        return {name for name in DEEDS if self._does(clause, name)}

    def tells_content(self, clause: Clause) -> bool:
        """Whether it is what was said, written or shown, not what was done."""
        if clause.parent is None:
            return False
        parent = self.clauses[clause.parent]
        if clause.opener == "content":
            return parent.has(*THINGS, *DEEDS)
        if clause.opener != "relative" or clause.word not in THAT or parent.number in self.skipped:
            return False
        if self.is_thing(clause.first - 1, parent) and clause.has("deeds post", "deeds put", "deeds send"):
            return False  # "een bericht dat een leerling heeft gezet"
        told = ("things message", "things account")
        said = any(self._does(parent, name) for name in SAYING)
        return said or any(clause.first - 1 in places for places in parent.places(*told))

    def is_thing(self, place: int, clause: Clause) -> bool:
        return any(place in places for places in clause.places(*THINGS))

    def thing(self, clause: Clause, place: int) -> str:
        """What a word before a preposition is: "picture", "message", "account" or "".

        A verb stands for the thing that is its object ("een foto gezet van kinderen").
        """
        names = ("picture", "message", "account")
        for name in names:
            if any(place in places for places in clause.places(f"things {name}")):
                return name
        if any(place in places for places in clause.places(*DEEDS)):
            return next((name for name in names if clause.has(f"things {name}")), "")
        return ""

    def is_passive(self, clause: Clause, deeds: set[str], by: list[PersonMention]) -> bool:
        """`by`: the mentions after "door"."""
        places = [place for name in deeds for found in clause.places(name) for place in found]
        said = {self.word[place] for place in clause.tokens if place not in self.inside}
        perfect = bool(said & self.words["perfect"])
        participles = {self.word[place] for place in places if is_participle(self.word[place])}
        if participles and (by or not participles <= BEGUN):
            becomes = bool(said & self.words["becomes"])
            return becomes or (not perfect and (bool(by) or bool(said & self.words["passive"])))
        english = any(is_english_participle(self.word[place]) for place in places)
        auxiliary = any(
            self.word[before] in self.words["passive"]
            for place in places
            for before in range(max(clause.first, place - 2), place)
        )
        return english and (auxiliary or (bool(by) and not perfect))

    def has_other_subject(self, clause: Clause, before: int) -> bool:
        """Whether a clause begins with somebody or something unknown: "het account maakt meiden uit".

        `before`: the first word of the first person in it.
        """
        first = clause.tokens[1] if clause.opener == "join" and len(clause.tokens) > 1 else clause.first
        verb = next((p for p in clause.tokens if self._is_verb(clause, p) and p not in self.inside), None)
        if verb is None or verb >= before or first in self.inside or verb - first < 2:
            return False
        said = {self.word[place] for place in range(first, verb)}
        return self.word[first] in self.words["determiners"] and not said & self.words["times"]

    def _is_verb(self, clause: Clause, place: int) -> bool:
        return any(place in places for places in clause.places("finite", "passive", "perfect", *DEEDS))

    def is_on_medium(self, clause: Clause) -> bool:
        return any(place in self.media for place in clause.tokens)

    def _does(self, clause: Clause, deed: str) -> bool:
        if all(self._is_denied(clause, places) for places in clause.places(deed)):
            return False
        if deed in ("deeds put", "deeds post") and clause.has("threatened"):
            return False
        if deed == "deeds put":
            return self._puts(clause)
        if deed == "deeds say":
            over = self.words["over"] - {"of", "rond"}
            return self._is_online(clause) or any(self.word[place] in over for place in clause.tokens)
        return True

    def _puts(self, clause: Clause) -> bool:
        """Whether something is put, not somebody or somewhere else: a thing, a medium, or what was said."""
        if self._is_online(clause) or clause.has(*THINGS, "shown"):
            return True
        if is_participle(self.word[clause.first]) and any(
            self.word[p] in self.words["by"] for p in clause.tokens
        ):
            return True  # "Gemaakt door twee leerlingen"
        parent = self.clauses[clause.parent] if clause.parent is not None else None
        if parent and clause.opener == "relative" and self.is_thing(clause.first - 1, parent):
            return True
        if any(other.parent == clause.number and other.word in THAT for other in self.clauses):
            return True
        goes_on = clause.opener in ("join", ",") and clause.number > 0
        return goes_on and self.clauses[clause.number - 1].has(*DEEDS)

    def _is_online(self, clause: Clause) -> bool:
        said = {self.word[place] for place in clause.tokens}
        return bool(said & {"online", "live", "internet"}) or self.is_on_medium(clause)

    def _is_denied(self, clause: Clause, places: tuple[int, ...]) -> bool:
        """Whether a deed is denied, or its word is a noun here."""
        before = self.word[places[0] - 1] if places[0] else ""
        if before in self.words["articles"] and not is_participle(self.word[places[0]]):
            return True
        return any(found[-1] == places[0] - 1 for found in clause.places("negation"))
