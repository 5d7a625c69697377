"""What a negation denies: "niet de ouders maar de politie wel", "ouders nog niet, juf wel", "niemand"."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence

from knowledge.intake.marked_text import MarkedText, Places
from knowledge.intake.mention import Mention

REACH = 3
"""Words between a negation and what it denies after it, at most ("niet door een van de ouders")."""
WINDOW = 12
"""Mentions before and after a negation that it may deny."""
LIST_LENGTH = 30
"""Words between the first of a list and the "niet" at its end, at most."""
PARTICLES = ("yes", "no")
"""The groups of `answers.yaml` whose words no negation denies: they are answers by themselves."""


def denied(
    marked: MarkedText, mentions: Sequence[Mention], leads: Collection[int], is_list: bool
) -> set[int]:
    """The numbers of the mentions that are denied. `leads`: words such as "door" that may stand between.
    `is_list`: whether several options may be chosen, so that "ouders ja, politie nee" denies the second.
    """
    reader = _Negations(marked, mentions, leads)
    found: set[int] = set()
    for places in marked.where("negation"):
        found |= {number for number in reader.by(places) if places[-1] not in mentions[number].tokens}
    if not marked.has("no_one"):
        for places in marked.where("exception"):
            found |= set(reader.following(places[-1])) | set(reader.inside(places))
    for number, mention in enumerate(mentions):
        if (is_list and reader.is_answered_no(mention)) or reader.follows_no_one(mention):
            found.add(number)
    return {
        number
        for number in found
        if mentions[number].group not in PARTICLES and not reader.is_affirmed_after_all(mentions[number])
    }


class _Negations:
    def __init__(self, marked: MarkedText, mentions: Sequence[Mention], leads: Collection[int]) -> None:
        self.marked = marked
        self.mentions = mentions
        self.named = {token for mention in mentions for token in mention.tokens}
        self.named_clauses = {mention.clause for mention in mentions}
        self.light = marked.at("light") | frozenset(leads)
        self.light_or_joined = self.light | marked.at("coordination")
        self.of_list = self.named | marked.at("light") | marked.at("coordination")
        self.number_at: dict[int, int] = {}
        for number, mention in enumerate(mentions):
            self.number_at.setdefault(mention.first, number)
        self._firsts = sorted(self.number_at)

    def by(self, places: Places) -> set[int]:
        """What one negation denies: what follows it directly, else all before it in its clause, else all
        after it.
        """
        position = places[-1]
        clause = self.marked.clauses[position]
        if spanning := self._spanning(position):
            return spanning
        following = self.following(position)
        if following and not self._is_affirmed(self.mentions[following[-1]]):
            return set(following)
        affirmed = self.marked.last_before("affirmation", position)
        around = list(self._around(position))
        before = {
            number
            for number in around
            if affirmed < self.mentions[number].last < places[0]
            and places[-1] not in self.mentions[number].tokens
            and self._is_same_part(self.mentions[number], position)
        }
        if before:
            return before
        return {
            number
            for number in around
            if self.mentions[number].clause == clause
            and self.mentions[number].first > position
            and not self._is_affirmed(self.mentions[number])
        }

    def _spanning(self, position: int) -> set[int]:
        """The mentions whose words stand on both sides: "heb het niet gezien"."""
        return {
            number
            for number in self._around(position)
            if self.mentions[number].first < position < self.mentions[number].last
            and position not in self.mentions[number].tokens
        }

    def following(self, position: int) -> list[int]:
        """The mentions right after a word, with only light words between, and those joined to them."""
        found: list[int] = []
        for number in self._around(position):
            mention = self.mentions[number]
            if found and set(mention.tokens) & set(self.mentions[found[-1]].tokens):
                found.append(number)
                continue
            if mention.first <= position:
                continue
            between = range(position + 1, mention.first)
            if mention.clause != self.marked.clauses[position] or len(between) > REACH:
                break
            light = self.light_or_joined if found else self.light
            if not all(place in light for place in between):
                break
            found.append(number)
            position = mention.last
        return found

    def inside(self, places: Places) -> list[int]:
        """The mentions between the two words of "op de politie na"."""
        return [
            number
            for number in self._around(places[0])
            if places[0] < self.mentions[number].first and self.mentions[number].last < places[-1]
        ]

    def is_answered_no(self, mention: Mention) -> bool:
        """Whether "nee" ends the clause right behind it."""
        after = mention.last + 1
        if after not in self.marked.at("denied_after") or self.marked.tokens[after].breaks:
            return False
        return self.marked.ends_clause(after)

    def follows_no_one(self, mention: Mention) -> bool:
        """Whether "niemand" stands before it in its clause."""
        before = self.marked.last_before("no_one", mention.first)
        if self.marked.within("exception", before, mention.first):
            return False
        return before >= 0 and self.marked.clauses[before] == mention.clause and before not in mention.tokens

    def is_affirmed_after_all(self, mention: Mention) -> bool:
        """Whether the next clause says "maar … wel" and names nothing else."""
        clause = mention.clause + 1
        if not (self.marked.in_clause("contrast", clause) and self.marked.in_clause("affirmation", clause)):
            return False
        return clause not in self.named_clauses

    def _around(self, position: int) -> Iterator[int]:
        """The numbers of the mentions near a word, in order."""
        at = bisect_left(self._firsts, position)
        first = self.number_at[self._firsts[max(at - WINDOW, 0)]] if self._firsts else 0
        end = (
            self.number_at[self._firsts[at + WINDOW]]
            if at + WINDOW < len(self._firsts)
            else len(self.mentions)
        )
        yield from range(first, end)

    def _is_same_part(self, mention: Mention, position: int) -> bool:
        """Whether a mention stands in the clause of this place, or in a list that runs into it ("ouders, juf
        en politie niet").
        """
        marked = self.marked
        if mention.clause == marked.clauses[position]:
            last = max(place for place in range(mention.last, position) if place in self.named)
            verb = marked.within("verb", mention.last, last)
            return not (verb and marked.within("coordination", mention.last, last))
        if not marked.same_sentence(mention.first, position) or position - mention.last > LIST_LENGTH:
            return False
        if not marked.within("coordination", mention.last, position):
            return False
        last_named = max(place for place in range(mention.last, position) if place in self.named)
        if last_named == mention.last:
            return False
        return all(place in self.of_list for place in range(mention.last + 1, last_named))

    def _is_affirmed(self, mention: Mention) -> bool:
        """Whether "wel" stands right after it."""
        return any(
            place in self.marked.at("affirmation") and self.marked.clauses[place] == mention.clause
            for place in range(mention.last + 1, min(mention.last + 3, len(self.marked.tokens)))
        )
