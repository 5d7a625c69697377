"""From a question to what should be done with it: answer, ask back, decline, start a report, or chat."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from rapidfuzz import fuzz, process

from knowledge.language.words import Language, split
from knowledge.matching.features import Reading
from knowledge.matching.index import Index, phrasings_of
from knowledge.matching.model import Floats, Ints
from knowledge.pack.loading import OTHER_LABELS, Pack

Status = Literal["answer", "choose", "decline", "incident", "smalltalk"]

# The gate. Chances are the model's, 0 to 1; how the values were found is in docs/understanding.md.
ANSWER_CHANCE = 0.30
"""Least chance of the rule that would be shown."""
ANSWER_LEAD = 0.60
"""Least lead over the next rule, as a share of the two together."""
ANSWER_SILENCE = 0.4
"""Most chance of the protocol being silent, as a share of the rule's own chance."""
CHOOSE_SILENCE = 0.95
"""Most chance of silence at which rules are still offered to choose from."""
CHOOSE_CHANCE = 0.02
"""Least chance of the best rule for asking back at all."""
CHOICES = 3
RANKED = 5
"""Rules that are ranked; the rest have no chance worth showing."""
MANY = 100
"""Labels up to which sorting all of them is quicker than looking for the best first."""
OFFER_INCIDENT = 0.005
"""Chance of an incident from which the reply also offers to report."""
NEAREST_CHANCE = 0.08
"""Least chance of a rule to be named as nearest in a decline, where the topic has none of its own."""
SEE_ALSO_CHANCE = 0.05
ENGLISH = 0.5
"""Least leaning of a question's words for it to be taken for English: a little doubt goes to Dutch."""
FOREIGN_SHARE = 0.6
"""Share of unknown words from which a question is taken for another language."""
EVIDENCE = 6


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the pack makes of one question."""

    question: str
    language: Language
    status: Status
    rule: str | None
    """The rule that answers; set when the status is `answer`."""
    confidence: float
    """Chance, 0 to 1, of what the status says."""
    choices: tuple[str, ...]
    """Best first: what to choose from, or what to see also beside an answer."""
    nearest: tuple[str, ...]
    """For a decline: rules to look at, which do not answer."""
    topic: str | None
    """For a decline: the topic on which the protocol is silent (its label), if one is recognised."""
    offers_incident: bool
    evidence: tuple[str, ...]
    """The concepts that carried the decision, with the person's own words."""
    foreign: bool
    """Whether the question seems to be in a language that the assistant does not speak."""

    def as_json(self) -> dict[str, object]:
        """The object that `bot ask --json` prints."""
        return {
            "question": self.question,
            "language": self.language,
            "status": self.status,
            "rule": self.rule,
            "confidence": self.confidence,
            "choices": list(self.choices),
            "nearest": list(self.nearest),
            "offers_incident": self.offers_incident,
            "evidence": list(self.evidence),
        }


@dataclass(frozen=True, slots=True)
class Chances:
    """The model's chances, grouped as the decision needs them."""

    rules: tuple[tuple[str, float], ...]
    """Best first."""
    topics: tuple[tuple[str, float], ...]
    """Best first: the near and far topics."""
    near: float
    far: float
    incident: float
    smalltalk: float

    @property
    def silence(self) -> float:
        return self.near + self.far


class Matcher:
    """Answers questions from one pack. Pure: the same question always has the same outcome."""

    def __init__(self, pack: Pack, index: Index) -> None:
        self.pack = pack
        self.index = index
        self._rules = {str(rule.id): rule for rule in pack.protocol}
        self._topics = {topic.label: topic for topic in pack.topics}
        labels = index.model.labels
        self._rule_columns = np.array([i for i, label in enumerate(labels) if label in self._rules], np.int32)
        self._near_columns = np.array(
            [i for i, label in enumerate(labels) if label.startswith("near/")], np.int32
        )
        self._far_columns = np.array(
            [i for i, label in enumerate(labels) if label.startswith("far/")], np.int32
        )
        self._topic_columns = np.concatenate([self._near_columns, self._far_columns])
        self._columns = {label: labels.index(label) for label in OTHER_LABELS if label in labels}

    def ask(self, question: str) -> Outcome:
        """What the protocol says to a question. Never raises, whatever the text."""
        words = split(question)
        language = self.language(words)
        if not words:
            return _nothing(question, language)
        reading = self.index.reader.read_words(words)
        chances = self.chances(reading)
        foreign = self._foreign(words)
        status = "decline" if foreign else decide(chances)
        ranked = [rule for rule, _ in chances.rules]
        best, chance = chances.rules[0]
        topic = chances.topics[0][0] if chances.topics else None
        rule: str | None = None
        choices: tuple[str, ...] = ()
        nearest: tuple[str, ...] = ()
        confidence = {
            "smalltalk": chances.smalltalk,
            "incident": chances.incident,
            "decline": chances.silence,
        }.get(status, chance)
        if status == "answer":
            rule = best
            choices = self._see_also(best, chances)
        elif status == "choose":
            choices = tuple(ranked[:CHOICES])
        elif status == "decline" and not foreign:
            nearest = self._nearest(topic, chances)
        target = rule or (choices[0] if choices else None) or (topic if status == "decline" else status)
        return Outcome(
            question=question,
            language=language,
            status=status,
            rule=rule,
            confidence=round(float(confidence), 3),
            choices=choices,
            nearest=nearest,
            topic=topic if status == "decline" and not foreign else None,
            offers_incident=not foreign and self._offers_incident(status, rule, choices, chances),
            evidence=self._evidence(reading, target),
            foreign=foreign,
        )

    def chances(self, reading: Reading) -> Chances:
        """The model's chances for a reading."""
        probabilities = self.index.model.probabilities(reading)
        return Chances(
            rules=self._best(probabilities, self._rule_columns, RANKED),
            topics=self._best(probabilities, self._topic_columns, 1),
            near=float(np.add.reduce(probabilities[self._near_columns])),
            far=float(np.add.reduce(probabilities[self._far_columns])),
            incident=self._chance(probabilities, "incident"),
            smalltalk=self._chance(probabilities, "smalltalk"),
        )

    def _best(self, probabilities: Floats, columns: Ints, count: int) -> tuple[tuple[str, float], ...]:
        """The `count` most likely labels among these columns, best first; of equals the first in the
        alphabet.
        """
        chances = probabilities[columns]
        if count == 1 and len(chances):
            first = int(chances.argmax())
            return ((self.index.model.labels[columns[first]], float(chances[first])),)
        if len(chances) > MANY:
            chosen = np.flatnonzero(chances >= np.partition(chances, -count)[-count])
            columns, chances = columns[chosen], chances[chosen]
        order = np.argsort(-chances, kind="stable")[:count]
        return tuple((self.index.model.labels[columns[i]], float(chances[i])) for i in order)

    def _chance(self, probabilities: Floats, label: str) -> float:
        return float(probabilities[self._columns[label]]) if label in self._columns else 0.0

    def language(self, words: list[str]) -> Language:
        """Dutch unless the words together speak more for English."""
        return "en" if self.leaning(words) > ENGLISH else "nl"

    def leaning(self, words: Iterable[str]) -> float:
        """How much the words speak for English (above 0) or Dutch (below 0)."""
        return sum(self.index.english.get(word, 0.0) for word in words)

    def like(self, outcome: Outcome, limit: int = 3) -> list[tuple[str, str, float]]:
        """The phrasings most like the question under what it was taken for: (text, label, likeness 0 to
        100).
        """
        label = (
            outcome.rule
            or (outcome.choices[0] if outcome.choices else None)
            or outcome.topic
            or outcome.status
        )
        known = phrasings_of(self.index, label)
        found = process.extract(
            " ".join(split(outcome.question)),
            [" ".join(split(text)) for text in known],
            scorer=fuzz.token_sort_ratio,
            limit=limit,
        )
        return [(known[position], label, score) for _, score, position in found]

    def _foreign(self, words: list[str]) -> bool:
        letters = [word for word in words if not word.isdigit()]
        if len(letters) < 3:
            return False
        vocabulary = self.index.reader.vocabulary
        unknown = sum(word not in vocabulary for word in letters)
        return unknown / len(letters) >= FOREIGN_SHARE

    def _offers_incident(
        self, status: Status, rule: str | None, choices: tuple[str, ...], chances: Chances
    ) -> bool:
        """Whether to offer a report: it sounds like one, or the rule is one that people come to after
        something happened.
        """
        if status == "smalltalk":
            return False
        shown = rule or (choices[0] if status == "choose" else None)
        return chances.incident >= OFFER_INCIDENT or (shown is not None and self._rules[shown].offers_report)

    def _see_also(self, rule: str, chances: Chances) -> tuple[str, ...]:
        """The runners-up that have a chance, then the pack's own references; at most `CHOICES`."""
        likely = [other for other, p in chances.rules[1:CHOICES] if p >= SEE_ALSO_CHANCE]
        listed = [other for other in self._rules[rule].see_also if other not in likely]
        return tuple([*likely, *listed][:CHOICES])

    def _nearest(self, topic: str | None, chances: Chances) -> tuple[str, ...]:
        if topic and topic.startswith("near/"):
            own = self._topics[topic].nearest
            if own:
                return (own,)
        best, chance = chances.rules[0]
        return (best,) if chances.near > chances.far and chance >= NEAREST_CHANCE else ()

    def _evidence(self, reading: Reading, target: str | None) -> tuple[str, ...]:
        """Concepts of the question, those that speak most for `target` first."""
        if target is None:
            return ()
        weights = self.index.model.speaking_for(reading.concepts, target)
        spoken = sorted(
            (concept for concept in weights if weights[concept] > 0), key=lambda concept: -weights[concept]
        )
        return tuple(f"{concept}: {reading.concepts[concept]}" for concept in spoken[:EVIDENCE])


def decide(chances: Chances) -> Status:
    """The outcome that the chances call for."""
    rules = chances.rules
    best = rules[0][1]
    second = rules[1][1] if len(rules) > 1 else 0.0
    silence = chances.silence
    if chances.smalltalk > max(best, silence, chances.incident):
        return "smalltalk"
    if chances.incident > max(best, silence):
        return "incident"
    if (
        best >= ANSWER_CHANCE
        and best - second >= ANSWER_LEAD * (best + second)
        and silence < ANSWER_SILENCE * best
    ):
        return "answer"
    if best >= CHOOSE_CHANCE and silence < CHOOSE_SILENCE:
        return "choose"
    return "decline"


def _nothing(question: str, language: Language) -> Outcome:
    """For a text without a single word: empty, emoji, punctuation, or a script that the assistant does not
    read.
    """
    foreign = any(c.isalpha() for c in question)
    return Outcome(question, language, "decline", None, 0.0, (), (), None, False, (), foreign)
