"""Who has which part in a sentence: the one who did it, the one it happened to, the one who was told; and who
is named for another reason than to answer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from knowledge.intake.marked_text import MarkedText
from knowledge.intake.mention import Besides, Mention
from knowledge.pack.flow import Step

REACH = 3
"""Words between a preposition and the person it leads, at most."""
TIED = 2
"""Words between "the pupil's" and the person who is meant, at most."""
WINDOW = 12
"""Mentions before and after one that can change its part."""
OWNING = frozenset(("van", "of"))
"""Prepositions between a thing and its owner."""
TIES = frozenset(("van", "uit", "in", "bij", "of", "from", "at", "op", "voor", "for"))
"""Prepositions that tie a description to a person."""


class Participants:
    """The persons (or other options) of one text."""

    def __init__(
        self,
        step: Step,
        marked: MarkedText,
        mentions: Sequence[Mention],
        led_by: Collection[int],
        not_led_by: Collection[int],
    ) -> None:
        """`led_by`, `not_led_by`: the words that lead a person with this question's role, or with another."""
        self.step = step
        self.marked = marked
        self.led_by = led_by
        self.not_led_by = not_led_by
        self.leads = frozenset((*led_by, *not_led_by))
        self.outsiders = marked.at("outsider")
        self._led_sentences = {
            marked.tokens[mention.first].sentence: mention
            for mention in mentions
            if step.role != "recipient" and self._is_led(mention.first, led_by)
        }

    def told_besides(self, mentions: Sequence[Mention]) -> tuple[Mention, ...]:
        """The mentions, each with why it is no answer."""
        last_named = max((mention.first for mention in mentions if not mention.negated), default=-1)
        found = [
            replace(mention, besides=self._besides(number, mentions, last_named))
            for number, mention in enumerate(mentions)
        ]
        if not self.step.role:
            return tuple(found)
        owned = [mention.counts and self._is_owner(mention) for mention in found]
        others = any(mention.counts and not mine for mention, mine in zip(found, owned, strict=True))
        return tuple(
            replace(mention, besides="modifier") if mine and others else mention
            for mention, mine in zip(found, owned, strict=True)
        )

    def _is_owner(self, mention: Mention) -> bool:
        """Whether it only says whose something is: "vanaf het account van zijn zoon"."""
        place = mention.first - 1
        while place > 0 and place in self.marked.at("light") and not self.marked.tokens[place + 1].breaks:
            if self.marked.tokens[place].word in OWNING:
                break
            place -= 1
        if place < 1 or self.marked.tokens[place].word not in OWNING or self.marked.tokens[place].breaks:
            return False
        before = place - 1
        return not any(
            before in self.marked.at(marker) for marker in ("light", "verb", "coordination", "negation")
        )

    def _besides(self, number: int, mentions: Sequence[Mention], last_named: int) -> Besides:
        mention = mentions[number]
        if self._is_withdrawn(mention, last_named):
            return "withdrawn"
        near = mentions[max(number - WINDOW, 0) : number + WINDOW]
        if self._is_outsider(mention, near):
            return "outsider"
        if self._is_asked(mention):
            return "asked"
        if self.step.role == "recipient" and self.marked.in_clause("future", mention.clause):
            return "future"
        earlier = [
            other
            for other in near
            if other.last < mention.first
            and not other.negated
            and other.hint <= mention.hint
            and self.marked.same_sentence(other.first, mention.first)
        ]
        if self.step.role:
            return self._other_part(mention, near, earlier)
        if earlier and self.marked.within("reason", earlier[0].last, mention.first):
            return "reason"
        return ""

    def _is_withdrawn(self, mention: Mention, last_named: int) -> bool:
        """Whether a correction stands after it and another mention after that; or it was only thought at
        first, and another is named against it.
        """
        if self.marked.within("correction", mention.last, last_named + 1):
            return True
        return self.marked.in_clause("assumed", mention.clause) and self.marked.within(
            "contrast", mention.last, last_named
        )

    def _is_outsider(self, mention: Mention, near: Sequence[Mention]) -> bool:
        """Whether the person is not of this school: named so, or described so right after."""
        if not self.outsiders.isdisjoint((*mention.tokens, mention.first - 1)):
            return True
        described = self.marked.first_after("outside", mention.last)
        if not mention.last < described <= mention.last + 2 * REACH:
            return False
        if self.marked.within("coordination", mention.last, described):
            return False
        return not any(mention.last < other.first < described for other in near)

    def _is_asked(self, mention: Mention) -> bool:
        if not self.step.role and not self.marked.has("unknown"):
            return False
        asked = self.marked.last_before("whether", mention.first)
        return asked >= 0 and self.marked.clauses[asked] == mention.clause

    def _other_part(self, mention: Mention, near: Sequence[Mention], earlier: Sequence[Mention]) -> Besides:
        if self._is_led(mention.first, self.led_by):
            return ""
        if self._is_led(mention.first, self.not_led_by):
            return "other_role"
        if self._is_led(mention.first, self.marked.at("someone_of")):
            return "modifier"
        if earlier and self.marked.within("reason", earlier[0].last, mention.first):
            return "reason"
        if (earlier and self._describes(mention, earlier[-1])) or self._owns(mention, near):
            return "modifier"
        if self._led_sentences.get(self.marked.tokens[mention.first].sentence, mention) is not mention:
            return "other_role"
        return "other_role" if self._is_across_verb(mention, near) else ""

    def _is_led(self, first: int, words: Collection[int]) -> bool:
        """Whether one of these words stands before a place with only light words between."""
        for place in range(first - 1, max(first - 2 - REACH, -1), -1):
            if self.marked.tokens[place + 1].breaks:
                return False
            if place in words:
                return True
            if place not in self.marked.at("light"):
                return False
        return False

    def _describes(self, mention: Mention, before: Mention) -> bool:
        """Whether a mention only says more about the one before: "de vader van een leerling", "a parent of a
        pupil", and what stands in a relative clause.
        """
        relative = self.marked.within("relative", before.last, mention.first)
        if relative and not self.marked.within("coordination", before.last, mention.first):
            return True
        return before.clause == mention.clause and self._is_tied(mention.first, before.last)

    def _is_tied(self, first: int, after: int) -> bool:
        """Whether a preposition ties what stands here to what stands before: not for "en bij de ouders"."""
        for place in range(first - 1, max(first - 2 - REACH, after), -1):
            if self.marked.tokens[place + 1].breaks or place in self.marked.at("coordination"):
                return False
            if self.marked.tokens[place].word in TIES:
                return place - 1 not in self.marked.at("coordination")
        return False

    def _owns(self, mention: Mention, near: Sequence[Mention]) -> bool:
        """Whether it is "the pupil's" before another mention."""
        if not self.marked.tokens[mention.last].possessive:
            return False
        return any(0 < other.first - mention.last <= TIED for other in near)

    def _is_across_verb(self, mention: Mention, near: Sequence[Mention]) -> bool:
        """Whether another person stands on the side of the verb where this question's person belongs: before
        it who did it, after it whom it happened to.
        """
        if self.step.role not in ("agent", "patient"):
            return False
        for other in near:
            if other.clause != mention.clause or other is mention or self._is_led(other.first, self.leads):
                continue
            one, two = (other, mention) if other.first < mention.first else (mention, other)
            if self.marked.within("coordination", one.last, two.first):
                continue
            if not self.marked.within("verb", one.last, two.first):
                continue
            if (one is other) == (self.step.role == "agent"):
                return True
        return False
