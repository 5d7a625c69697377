"""From a question to what should be done with it: answer, ask back, decline, start a report, or chat."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from rapidfuzz import fuzz, process

from knowledge.language.words import Language, split
from knowledge.matching.arrays import Floats, Ints
from knowledge.matching.features import Reading
from knowledge.matching.index import Index, phrasings_of
from knowledge.matching.retrieval import Retrieval, merged, texts_of
from knowledge.pack.loading import OTHER_LABELS, Pack

Status = Literal["answer", "choose", "decline", "incident", "smalltalk"]

# The gate. Probabilities are the model's, 0 to 1; how the values were found is in docs/understanding.md.
ANSWER_THRESHOLD = 0.35
"""Least probability of the rule that would be shown."""
ANSWER_MARGIN = 0.75
"""Least lead over the next rule, as a share of the two together."""
ANSWER_SILENCE = 0.12
"""Highest probability of the protocol being silent, as a share of the rule's own probability."""
LEADING_THRESHOLD = 0.30
LEADING_MARGIN = 0.56
"""The same for the first of what can be chosen from to be shown as what was probably meant: right in five of
six cases, which is too little for an answer.
"""
CHOOSE_SILENCE = 0.90
"""Highest probability of silence at which rules are still offered to choose from."""
CHOOSE_THRESHOLD = 0.02
"""Least probability of the best rule for asking back at all."""
CHOICES = 3
CHOICE_THRESHOLD = 0.02
"""Least probability of the third rule to choose from."""
SURE_FAR = 0.97
"""From here a text is about something else, also for a pack of proposals, which has seen little."""
RANKED = 5
"""Rules that are ranked; the rest have no probability worth showing."""
MET = 8
"""Provisions that the retrieval by own words ranks."""
MANY = 100
"""Labels up to which sorting all of them is quicker than looking for the best first."""
OFFER_INCIDENT = 0.005
"""Probability of an incident from which the reply also offers to report."""
NEAREST_THRESHOLD = 0.08
"""Least probability of a rule to be named as nearest in a decline, where the topic has none of its own."""
SEE_ALSO_THRESHOLD = 0.05
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
    """Probability, 0 to 1, of what the status says."""
    choices: tuple[str, ...]
    """Best first: what to choose from, or what to see also beside an answer."""
    nearest: tuple[str, ...]
    """For a decline: rules to look at, which do not answer."""
    topic: str | None
    """For a decline: the topic on which the protocol is silent (its label), if one is recognised."""
    leading: bool
    """Whether the first choice is probably what was meant, though not surely enough to be the answer."""
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
class Probabilities:
    """The model's probabilities, grouped as the decision needs them."""

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
        self._retrieval = (
            Retrieval(texts_of(pack.protocol), index.reader.lexicon.find) if pack.proposed else None
        )

    def ask(self, question: str) -> Outcome:
        """What the protocol says to a question. Never raises, whatever the text."""
        return self.ask_words(split(question), question)

    def ask_words(self, words: list[str], question: str) -> Outcome:
        """The same for a question that was split already."""
        language = self.language(words)
        if not words:
            return _nothing(question, language)
        reading = self.index.reader.read_words(words)
        probabilities = self.probabilities(reading)
        foreign = self._foreign(words)
        status = "decline" if foreign else decide(probabilities)
        ranked = [rule for rule, _ in probabilities.rules]
        if self._retrieval and not foreign:
            met = self._retrieval.find(words, MET)
            status, ranked = _by_own_words(status, ranked, met, probabilities)
        best, probability = probabilities.rules[0]
        topic = probabilities.topics[0][0] if probabilities.topics else None
        rule: str | None = None
        choices: tuple[str, ...] = ()
        nearest: tuple[str, ...] = ()
        confidence = {
            "smalltalk": probabilities.smalltalk,
            "incident": probabilities.incident,
            "decline": probabilities.silence,
        }.get(status, probability)
        if status == "answer":
            rule = best
            choices = self._see_also(best, probabilities)
        elif status == "choose":
            likely = (rule for rule, p in probabilities.rules[2:CHOICES] if p >= CHOICE_THRESHOLD)
            choices = tuple(ranked[:CHOICES]) if self._retrieval else (*ranked[:2], *likely)
        elif status == "decline" and not foreign:
            nearest = self._nearest(topic, probabilities)
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
            leading=status == "choose" and not self._retrieval and leads(probabilities),
            offers_incident=not foreign and self._offers_incident(status, rule, choices, probabilities),
            evidence=self._evidence(reading, target),
            foreign=foreign,
        )

    def probabilities(self, reading: Reading) -> Probabilities:
        """The model's probabilities for a reading."""
        all_labels = self.index.model.probabilities(reading)
        return Probabilities(
            rules=self._best(all_labels, self._rule_columns, RANKED),
            topics=self._best(all_labels, self._topic_columns, 1),
            near=float(np.add.reduce(all_labels[self._near_columns])),
            far=float(np.add.reduce(all_labels[self._far_columns])),
            incident=self._probability(all_labels, "incident"),
            smalltalk=self._probability(all_labels, "smalltalk"),
        )

    def _best(self, all_labels: Floats, columns: Ints, count: int) -> tuple[tuple[str, float], ...]:
        """The `count` most likely labels among these columns, best first; of equals the first in the
        alphabet.
        """
        own = all_labels[columns]
        if count == 1 and len(own):
            first = int(own.argmax())
            return ((self.index.model.labels[columns[first]], float(own[first])),)
        if len(own) > MANY:
            chosen = np.flatnonzero(own >= np.partition(own, -count)[-count])
            columns, own = columns[chosen], own[chosen]
        order = np.argsort(-own, kind="stable")[:count]
        return tuple((self.index.model.labels[columns[i]], float(own[i])) for i in order)

    def _probability(self, all_labels: Floats, label: str) -> float:
        return float(all_labels[self._columns[label]]) if label in self._columns else 0.0

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
        self, status: Status, rule: str | None, choices: tuple[str, ...], probabilities: Probabilities
    ) -> bool:
        """Whether to offer a report: it sounds like one, or the rule is one that people come to after
        something happened.
        """
        if status == "smalltalk":
            return False
        shown = rule or (choices[0] if status == "choose" else None)
        return probabilities.incident >= OFFER_INCIDENT or (
            shown is not None and self._rules[shown].offers_report
        )

    def _see_also(self, rule: str, probabilities: Probabilities) -> tuple[str, ...]:
        """The runners-up that are likely, then the pack's own references; at most `CHOICES`."""
        likely = [other for other, p in probabilities.rules[1:CHOICES] if p >= SEE_ALSO_THRESHOLD]
        listed = [other for other in self._rules[rule].see_also if other not in likely]
        return tuple([*likely, *listed][:CHOICES])

    def _nearest(self, topic: str | None, probabilities: Probabilities) -> tuple[str, ...]:
        if topic and topic.startswith("near/"):
            own = self._topics[topic].nearest
            if own:
                return (own,)
        best, probability = probabilities.rules[0]
        return (best,) if probabilities.near > probabilities.far and probability >= NEAREST_THRESHOLD else ()

    def _evidence(self, reading: Reading, target: str | None) -> tuple[str, ...]:
        """Concepts of the question, those that speak most for `target` first."""
        if target is None:
            return ()
        weights = self.index.model.concept_weights(reading.concepts, target)
        spoken = sorted(
            (concept for concept in weights if weights[concept] > 0), key=lambda concept: -weights[concept]
        )
        return tuple(f"{concept}: {reading.concepts[concept]}" for concept in spoken[:EVIDENCE])


def decide(probabilities: Probabilities) -> Status:
    """The outcome that the probabilities call for."""
    rules = probabilities.rules
    best = rules[0][1]
    silence = probabilities.silence
    if probabilities.smalltalk > max(best, silence, probabilities.incident):
        return "smalltalk"
    if probabilities.incident > max(best, silence):
        return "incident"
    if leads(probabilities, ANSWER_THRESHOLD, ANSWER_MARGIN):
        return "answer"
    if best >= CHOOSE_THRESHOLD and silence < CHOOSE_SILENCE:
        return "choose"
    return "decline"


def leads(
    probabilities: Probabilities, threshold: float = LEADING_THRESHOLD, margin: float = LEADING_MARGIN
) -> bool:
    """Whether the best rule is likely enough, and far enough before the next one and before silence."""
    rules = probabilities.rules
    best = rules[0][1]
    second = rules[1][1] if len(rules) > 1 else 0.0
    return (
        best >= threshold
        and best - second >= margin * (best + second)
        and probabilities.silence < ANSWER_SILENCE * best
    )


def _by_own_words(
    status: Status, ranked: list[str], met: list[str], probabilities: Probabilities
) -> tuple[Status, list[str]]:
    """Of a pack whose phrasings are only proposals: an answer only where the provisions' own words agree;
    else what to choose from, also where the model, which has seen little, would have declined.
    """
    if status == "answer" and met[:1] == ranked[:1]:
        return status, ranked
    if met or (status == "decline" and probabilities.far < SURE_FAR):
        return "choose", merged(met, ranked)
    return ("choose" if status == "answer" else status), ranked


def _nothing(question: str, language: Language) -> Outcome:
    """For a text without a single word: empty, emoji, punctuation, or a script that the assistant does not
    read.
    """
    foreign = any(c.isalpha() for c in question)
    return Outcome(question, language, "decline", None, 0.0, (), (), None, False, False, (), foreign)
