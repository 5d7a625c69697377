"""How the reply to a question begins: with what was asked, and with what a follow-up changed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from handlers.questions.follow_up import behind_lead, goes_on, leans_back, without_lead
from handlers.texts import Texts
from knowledge.language.words import split
from knowledge.matching.matcher import Outcome
from knowledge.pack.loading import Pack
from knowledge.talk.first_lines import Chosen
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
    echo: str = ""
    """What is asked now, in the person's own words, if no line of the pack names it."""
    same_rule: bool = False
    """Whether the rule that answers is the one that was shown just before."""
    instead: str = ""
    """The rule or topic that answers then, if it is another than the one that was found."""
    of_rule: bool = True
    """Whether the first line is the rule's, and not said of the protocol as a whole."""


def opening(typed: str, outcome: Outcome, before: Before | None, pack: Pack, texts: Texts) -> Opening:
    """How to begin. `typed`: what the person wrote; the outcome's question says as what it was read."""
    label = outcome.rule or outcome.topic or (outcome.choices[0] if outcome.leading else None)
    if label is None:
        return Opening()
    own = pack.things.read(typed)
    if before is None:
        return _opening(pack.first_lines.choose(label, own, texts.language))
    own, earlier = pack.things.read(behind_lead(typed)), pack.things.read(before.question)
    if outcome.question == typed:
        if goes_on(typed) or (says_little(own) and leans_back(typed)):
            own = (
                pack.things.going_on(own, earlier)
                if says_little(own)
                else replace(own, asks=own.asks or earlier.asks)
            )
        return _opening(pack.first_lines.choose(label, own, texts.language))
    subject = pack.things.going_on(own, earlier)
    changed = [name for name in own.things if name not in earlier.things] or list(own.things)
    asks_itself = own.asks not in (None, "is")
    chosen = pack.first_lines.choose(
        label, subject, texts.language, changed, kind_changed=asks_itself and own.asks != earlier.asks
    )
    if chosen and (chosen.names_change or (asks_itself and chosen.answers_kind)):
        return _opening(chosen, before, label)
    same = label == before.label
    if general := pack.first_lines.on_change(subject, texts.language, changed):
        return Opening(general.text, same_rule=same, of_rule=False)
    return Opening(chosen.text if chosen and not same else "", _echo(typed, same, texts), same)


def says_little(subject: Subject) -> bool:
    """Whether a text names only what is done, and neither with what nor where."""
    return all(thing.stays for thing in subject.things.values())


def _opening(chosen: Chosen | None, before: Before | None = None, label: str = "") -> Opening:
    if chosen is None:
        return Opening()
    same = before is not None and (chosen.instead or label) == before.label
    return Opening(chosen.text, same_rule=same, instead=chosen.instead)


def first_line(label: str, subject: Subject, pack: Pack, texts: Texts) -> str:
    chosen = pack.first_lines.choose(label, subject, texts.language)
    return chosen.text if chosen else ""


def _echo(typed: str, same: bool, texts: Texts) -> str:
    """What changed, in the person's own words, where the pack has no sentence about it."""
    words = without_lead(typed)
    if not words or len(split(words)) > ECHO_WORDS:
        return ""
    return texts("change_unknown" if same else "change_other", words=words)
