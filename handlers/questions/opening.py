"""How the reply to a question begins: with what was asked, and with what a follow-up changed."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.questions.follow_up import without_lead
from handlers.texts import Texts
from knowledge.language.words import split
from knowledge.matching.matcher import Outcome
from knowledge.pack.loading import Pack
from knowledge.talk.things import Subject

ECHO_WORDS = 9
"""A longer follow-up is not given back in its own words."""


@dataclass(frozen=True, slots=True)
class Before:
    """What was asked and answered before this question."""

    question: str
    label: str | None


@dataclass(frozen=True, slots=True)
class Opening:
    first: str = ""
    """The first line, of the pack's data; "" where none fits."""
    same_rule: bool = False
    """Whether the rule that answers is the one that was shown just before."""


def opening(typed: str, outcome: Outcome, before: Before | None, pack: Pack, texts: Texts) -> Opening:
    """How to begin. `typed`: what the person wrote; the outcome's question says as what it was read."""
    label = outcome.rule or outcome.topic
    if label is None:
        return Opening()
    own = pack.things.read(typed)
    if before is None or outcome.question == typed:
        return Opening(first_line(label, own, pack, texts))
    earlier = pack.things.read(before.question)
    subject = pack.things.going_on(own, earlier)
    changed = [name for name in own.things if name not in earlier.things] or list(own.things)
    same = label == before.label
    chosen = pack.first_lines.choose(label, subject, texts.language, changed)
    if chosen and chosen.names_change:
        return Opening(chosen.text, same)
    if general := pack.first_lines.on_change(subject, texts.language, changed):
        return Opening(general.text, same)
    return Opening(_echo(typed, same, texts), same)


def first_line(label: str, subject: Subject, pack: Pack, texts: Texts) -> str:
    chosen = pack.first_lines.choose(label, subject, texts.language)
    return chosen.text if chosen else ""


def _echo(typed: str, same: bool, texts: Texts) -> str:
    """What changed, in the person's own words, where the pack has no sentence about it."""
    words = without_lead(typed)
    if not words or len(split(words)) > ECHO_WORDS:
        return ""
    return texts("change_unknown" if same else "change_other", words=words)
