"""How an answer looks: our sentence, the document's words, where they stand, and what can be done from
there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from handlers.actions import JudgeAnswer, NoneOfThese, ShowRule, ShowSections, StartCheck, StartReport
from handlers.quoting import gist, quotation
from handlers.reply import Block, Button, Message, Paragraph, Reply
from handlers.texts import Texts
from handlers.turn import Chat
from knowledge.language.words import Language, split
from knowledge.matching.matcher import Outcome
from knowledge.pack.loading import Pack, Smalltalk
from knowledge.pack.protocol import Rule

SMALLTALK: Mapping[Smalltalk, str] = {"thanks": "bye", "self": "about"}
"""What to say to thanks and goodbyes, and to "who are you"; to the rest "hello"."""
SEE_ALSO = 2
"""Buttons with rules to read beside an answer; more of them crowd out the rest on a phone."""
MANY_DECLINES = 2
"""After so many questions in a row without an answer, a person and the list of topics are pointed to."""


@dataclass(frozen=True, slots=True)
class Place:
    """What can be offered where the answer is shown."""

    private: bool = True
    link: str = ""
    """Where a group's member reaches the assistant alone."""
    judged: bool = False
    """Whether helpful or not is asked."""
    busy: bool = False
    """Whether a guided talk is open, in which nothing else is begun."""


def place_of(chat: Chat, busy: bool = False) -> Place:
    return Place(chat.private, chat.private_link, judged=chat.private and not busy, busy=busy)


def say(outcome: Outcome, pack: Pack, texts: Texts, place: Place = Place(), declines: int = 0) -> Reply:
    """The reply to a question, in the language of `texts`. `declines`: how many in a row got no answer, this
    one included.
    """
    blocks: list[Block] = []
    buttons: list[Button] = []
    if outcome.foreign:
        blocks.append(Paragraph(texts("foreign")))
    elif outcome.status == "answer" and outcome.rule:
        rule = pack.protocol.rule(outcome.rule)
        blocks += rule_blocks(rule, texts)
        buttons += _from_answer(rule, outcome.choices, pack, texts, place)
    elif outcome.status == "choose":
        blocks.append(Paragraph(texts("choose")))
        buttons += [*rule_buttons(outcome.choices, pack, texts), Button(texts("none"), NoneOfThese())]
    elif outcome.status == "incident":
        blocks += _incident(pack, texts, place)
        buttons += _report(texts, place, "report_start")
    elif outcome.status == "smalltalk":
        blocks.append(Paragraph(texts(_smalltalk(outcome, pack))))
    elif not split(outcome.question):
        blocks.append(Paragraph(texts("empty")))
    else:
        again = declines >= MANY_DECLINES
        blocks += _decline(outcome, pack, texts, "declined_again" if again else "ask_whom")
        if again:
            buttons.append(Button(texts("topics"), ShowSections()))
    if outcome.offers_incident and outcome.status != "incident" and not place.busy:
        blocks.append(Paragraph(texts("incident_offer" if place.private else "report_private"), tone="aside"))
        buttons += _report(texts, place, "report_start")
    return Reply(texts.language, (Message(tuple(blocks), tuple(buttons)),))


def show_rule(rule: Rule, pack: Pack, texts: Texts, place: Place = Place()) -> Reply:
    """One rule, asked for by itself."""
    buttons = _from_answer(rule, rule.see_also, pack, texts, place)
    return Reply(texts.language, (Message(tuple(rule_blocks(rule, texts)), tuple(buttons)),))


def rule_blocks(rule: Rule, texts: Texts) -> list[Block]:
    """Our sentence, the text word for word, and what it does not say."""
    return [
        Paragraph(rule.short[texts.language]),
        quotation(rule, texts.language),
        *gist(texts),
        Paragraph(rule.silent[texts.language], tone="aside"),
    ]


def rule_buttons(rules: Iterable[str], pack: Pack, texts: Texts) -> list[Button]:
    return [Button(pack.protocol.rule(rule).title[texts.language], ShowRule(rule)) for rule in rules]


def check_buttons(pack: Pack, language: Language, rule: str | None = None) -> list[Button]:
    """The guided checks, or those that fit a rule."""
    return [
        Button(flow.title[language], StartCheck(flow.id))
        for flow in pack.checks
        if rule is None or rule in flow.rules
    ]


def contact_of(name: str, pack: Pack, texts: Texts) -> str:
    return pack.contacts[name][texts.language]


def _from_answer(rule: Rule, see_also: Iterable[str], pack: Pack, texts: Texts, place: Place) -> list[Button]:
    buttons = rule_buttons(list(see_also)[:SEE_ALSO], pack, texts)
    if place.private and not place.busy:
        buttons += check_buttons(pack, texts.language, rule.id)
    if place.judged:
        buttons += [
            Button(texts("helpful"), JudgeAnswer(rule.id, helpful=True)),
            Button(texts("unhelpful"), JudgeAnswer(rule.id, helpful=False)),
        ]
    return buttons


def _report(texts: Texts, place: Place, label: str) -> list[Button]:
    if place.private:
        return [Button(texts(label), StartReport())]
    return [Button(texts("report_private_link"), None, place.link)] if place.link else []


def _incident(pack: Pack, texts: Texts, place: Place) -> list[Block]:
    if not place.private:
        return [Paragraph(texts("report_private"))]
    blocks: list[Block] = [Paragraph(texts("incident"))]
    if pack.talk.recording:
        blocks += [
            Paragraph(texts("incident_record")),
            quotation(pack.protocol.rule(pack.talk.recording), texts.language),
            *gist(texts),
        ]
    return blocks


def _decline(outcome: Outcome, pack: Pack, texts: Texts, ask: str) -> list[Block]:
    topic = pack.topic(outcome.topic) if outcome.topic else None
    text = texts("decline") if topic else texts("decline_unknown")
    blocks: list[Block] = [Paragraph(f"{text} {topic.silent[texts.language]}" if topic else text)]
    if outcome.nearest:
        blocks += [
            Paragraph(texts("nearest")),
            quotation(pack.protocol.rule(outcome.nearest[0]), texts.language),
            *gist(texts),
        ]
    blocks.append(
        Paragraph(texts(ask, contact=contact_of(topic.ask if topic else pack.talk.ask, pack, texts)))
    )
    return blocks


def _smalltalk(outcome: Outcome, pack: Pack) -> str:
    """The text that fits what kind of small talk it was, told by the concepts it was recognised by."""
    concepts = [line.split(":")[0] for line in outcome.evidence]
    return next(
        (SMALLTALK[pack.talk.smalltalk[concept]] for concept in concepts if concept in pack.talk.smalltalk),
        "hello",
    )
