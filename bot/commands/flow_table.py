"""`bot flow incident --table`: the golden table of a pack, for a person to read and for a test to hold."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.language.words import Language
from knowledge.pack.flow import Flow
from knowledge.pack.loading import Pack
from knowledge.pack.policy_check import cases


def lines(pack: Pack, flow: Flow, language: Language) -> Iterator[str]:
    """Every case with its steps as a table in Markdown, and below it every step in words."""
    policy = pack.policy
    yield "| answers and decisions | steps |"
    yield "|---|---|"
    for case in cases(policy, flow):
        yield f"| {case.name} | {', '.join(step.id for step in case.steps)} |"
    for step in policy.steps.values():
        yield ""
        yield f"{step.id}: {step.title[language]}"
        yield f"  who: {policy.actors[step.actor][language]}"
        yield f"  what: {step.text[language]}"
        yield f"  rests on: {step.rule or 'outside the protocol'}"
        if step.measures:
            yield f"  measures: {', '.join(policy.measures[name][language] for name in step.measures)}"
        if step.decides:
            decision = policy.decisions[step.decides]
            outcomes = ", ".join(outcome[language] for outcome in decision.outcomes.values())
            yield f"  decides: {step.decides} ({outcomes}), by {decision.by}"
        if step.files:
            yield f"  files: {step.files}"
