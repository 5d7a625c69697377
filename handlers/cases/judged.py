"""What a case is judged by: the steps that it can come to demand and the rules that they quote, as they were
when it was sent in. They are kept with the case, so that a newer protocol rewrites no older record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from handlers.quoting import place_of
from knowledge.language.words import LANGUAGES
from knowledge.pack.loading import Pack
from knowledge.pack.policy import Given, Policy, may_require
from knowledge.pack.protocol import Rule, Text


@dataclass(frozen=True, slots=True)
class QuotedRule:
    """A rule of the protocol as it is quoted."""

    id: str
    text: str
    place: Text


@dataclass(frozen=True, slots=True)
class Judged:
    policy: Policy
    rules: Mapping[str, QuotedRule]


def judged_by(pack: Pack, given: Given) -> Judged:
    """The policy of today for a case with these answers, with whatever is decided later."""
    steps = {step.id: step for step in may_require(pack.policy, given)}
    rules = {step.rule for step in steps.values() if step.rule}
    return Judged(
        replace(pack.policy, steps=steps),
        {rule.id: quoted(rule) for rule in pack.protocol if rule.id in rules},
    )


def quoted(rule: Rule) -> QuotedRule:
    return QuotedRule(rule.id, rule.text, {language: place_of(rule, language) for language in LANGUAGES})
