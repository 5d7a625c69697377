"""Looking rules up by a few words, as people type into a search box: what a question would find, and more."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.language.words import Language
from knowledge.matching.matcher import Matcher
from knowledge.pack.protocol import Rule

LEAST = 0.002
"""Probability from which a rule is shown."""


def search(matcher: Matcher, typed: str, most: int) -> tuple[Sequence[Rule], Language]:
    """Up to `most` rules for what is typed, best first, and the language that it is in. None for what is
    about nothing that the protocol knows, or in another language.
    """
    protocol = matcher.pack.protocol
    outcome = matcher.ask(typed)
    if outcome.foreign:
        return [], outcome.language
    model = matcher.index.model
    chances = model.probabilities(matcher.index.reader.read(typed))
    ranked = sorted(zip(chances, model.labels, strict=True), key=lambda pair: -pair[0])
    known = {str(rule.id) for rule in protocol}
    likely = [label for chance, label in ranked if chance >= LEAST and label in known]
    first = [rule for rule in (outcome.rule, *outcome.choices, *outcome.nearest) if rule]
    beside = [str(other) for rule in (first or likely)[:1] for other in protocol.rule(rule).see_also]
    chosen = list(dict.fromkeys([*first, *likely, *beside]))[:most]
    return [protocol.rule(rule) for rule in chosen], outcome.language
