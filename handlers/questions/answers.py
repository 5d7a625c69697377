"""How an answer looks: our sentence, the document's words, where they stand, and what can be done from
there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from handlers.actions import JudgeAnswer, NoneOfThese, ShowRule, ShowSections, StartCheck, StartReport
from handlers.questions.opening import Opening, first_line
from handlers.questions.opening import opening as opening_of
from handlers.quoting import gist, quotation
from handlers.quoting import place_of as rule_place
from handlers.reply import Block, Bullets, Button, Message, Paragraph, Reply
from handlers.texts import Texts
from handlers.turn import Chat
from knowledge.language.words import Language, split
from knowledge.matching.matcher import Outcome
from knowledge.pack.loading import Pack, Smalltalk
from knowledge.pack.protocol import Rule

SMALLTALK: Mapping[Smalltalk, str] = {"thanks": "thanks", "self": "about", "greeting": "hello"}
"""What to say to which small talk; to the rest "chatting": a greeting answers a greeting only."""
SEE_ALSO = 2
"""Buttons with rules to read beside an answer; more of them crowd out the rest on a phone."""
MANY_DECLINES = 2
"""After so many questions in a row without an answer, a person and the list of topics are pointed to,
once.
"""
MUCH_ALIKE = 90
"""Likeness (0 to 100) from which the rule's own sentence would only repeat the first line."""
ECHO = 90
"""Characters up to which a question is given back in "the protocol says nothing about …"."""


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


def say(
    outcome: Outcome,
    pack: Pack,
    texts: Texts,
    place: Place = Place(),
    declines: int = 0,
    opening: Opening | None = None,
) -> Reply:
    """The reply to a question, in the language of `texts`. `declines`: how many in a row got no answer, this
    one included. `opening`: how it begins; by default as the question by itself asks for.
    """
    opening = opening or opening_of(outcome.question, outcome, None, pack, texts)
    blocks: list[Block] = []
    buttons: list[Button] = []
    if outcome.foreign:
        blocks.append(Paragraph(texts("foreign")))
    elif outcome.status == "answer" and outcome.rule:
        rule = pack.protocol.rule(outcome.rule)
        blocks += answer_blocks(rule, opening, texts)
        buttons += rule_buttons([rule.id], pack, texts) if opening.same_rule else []
        buttons += _from_answer(rule, outcome.choices, pack, texts, place)
    elif outcome.status == "choose":
        if outcome.leading:
            blocks += _probably(outcome, opening, pack, texts)
        else:
            blocks += choice_blocks("choose", outcome.question, outcome.choices, pack, texts)
        buttons += [*rule_buttons(outcome.choices, pack, texts), Button(texts("none"), NoneOfThese())]
    elif outcome.status == "incident":
        blocks += _incident(pack, texts, place)
        buttons += _report(texts, place, "report_start")
    elif outcome.status == "smalltalk":
        blocks.append(Paragraph(texts(_smalltalk(outcome, pack))))
    elif not split(outcome.question):
        blocks.append(Paragraph(texts("empty")))
    else:
        again = declines == MANY_DECLINES
        blocks += _decline(outcome, pack, texts, "declined_again" if again else "ask_whom", opening)
        buttons += rule_buttons(outcome.nearest[:1], pack, texts)
        if again:
            buttons.append(Button(texts("topics"), ShowSections()))
    if outcome.offers_incident and outcome.status != "incident" and not place.busy:
        blocks.append(Paragraph(texts("incident_offer" if place.private else "report_private"), tone="aside"))
        buttons += _report(texts, place, "report_start")
    return Reply(texts.language, (Message(tuple(blocks), tuple(buttons)),))


def answer_blocks(rule: Rule, opening: Opening, texts: Texts) -> list[Block]:
    """What was asked first, then our sentence and the document's words; of a rule that was shown just before
    only where it stands.
    """
    first: list[Block] = [Paragraph(text) for text in (opening.echo, opening.first) if text]
    if not opening.same_rule:
        said_already = fuzz.token_set_ratio(opening.first, rule.short[texts.language]) >= MUCH_ALIKE
        return [*first, *rule_blocks(rule, texts, said_already)]
    text = texts("same_rule", answer=rule.short[texts.language], place=rule_place(rule, texts.language))
    return [*first, Paragraph(text, tone="aside" if first else "plain")]


def choice_blocks(lead: str, question: str, choices: Iterable[str], pack: Pack, texts: Texts) -> list[Block]:
    """Rules to choose from, each with its one-line answer to the question."""
    subject = pack.things.read(question)
    lines = []
    for rule in map(pack.protocol.rule, choices):
        answer = first_line(rule.id, subject, pack, texts) or rule.short[texts.language]
        lines.append(f"{rule.title[texts.language]}: {answer} ({rule_place(rule, texts.language)})")
    return [Paragraph(texts(lead)), Bullets(tuple(lines)), *gist(texts)]


def _probably(outcome: Outcome, opening: Opening, pack: Pack, texts: Texts) -> list[Block]:
    """What is probably meant, answered in one line and said to be only that; below it the others."""
    first, *others = outcome.choices
    rule = pack.protocol.rule(first)
    says = dict.fromkeys(text for text in (opening.echo, opening.first or rule.short[texts.language]) if text)
    meant = texts("probably", title=rule.title[texts.language], place=rule_place(rule, texts.language))
    return [
        *map(Paragraph, says),
        Paragraph(meant, tone="aside"),
        *choice_blocks("or_these", outcome.question, others, pack, texts),
    ]


def show_rule(rule: Rule, pack: Pack, texts: Texts, place: Place = Place()) -> Reply:
    """One rule, asked for by itself."""
    buttons = _from_answer(rule, rule.see_also, pack, texts, place)
    return Reply(texts.language, (Message(tuple(rule_blocks(rule, texts)), tuple(buttons)),))


def rule_blocks(rule: Rule, texts: Texts, said_already: bool = False) -> list[Block]:
    """Our sentence unless that was said already, the text word for word, and what it does not say."""
    ours, silent = rule.short[texts.language], rule.silent[texts.language]
    return [
        *([] if said_already or ours == rule.text else [Paragraph(ours)]),
        quotation(rule, texts.language),
        *gist(texts),
        *([Paragraph(silent, tone="aside")] if silent else []),
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


def _decline(outcome: Outcome, pack: Pack, texts: Texts, ask: str, opening: Opening) -> list[Block]:
    """What the protocol does not say, the passage beside it as no answer, and whom to ask."""
    topic = pack.topic(outcome.topic) if outcome.topic else None
    if topic and topic.kind == "near":
        blocks: list[Block] = [Paragraph(opening.echo)] if opening.echo else []
        if not (opening.echo and opening.same_rule):  # the silence was said just before
            blocks.append(Paragraph(opening.first or topic.silent[texts.language]))
    else:
        blocks = [Paragraph(_unknown(outcome.question, texts))]
    if outcome.nearest:
        rule = pack.protocol.rule(outcome.nearest[0])
        text = texts("nearest", answer=rule.short[texts.language], place=rule_place(rule, texts.language))
        blocks += [Paragraph(text), *gist(texts)]
    blocks.append(
        Paragraph(texts(ask, contact=contact_of(topic.ask if topic else pack.talk.ask, pack, texts)))
    )
    return blocks


def _unknown(question: str, texts: Texts) -> str:
    """That the protocol says nothing about it, with the question itself if it is short enough to give
    back.
    """
    asked = " ".join(question.split()).rstrip("?!. ")
    return texts("decline_asked", question=asked) if len(asked) <= ECHO else texts("decline_unknown")


def _smalltalk(outcome: Outcome, pack: Pack) -> str:
    """The text that fits what kind of small talk it was, told by the concepts it was recognised by."""
    concepts = [line.split(":")[0] for line in outcome.evidence]
    return next(
        (SMALLTALK[pack.talk.smalltalk[concept]] for concept in concepts if concept in pack.talk.smalltalk),
        "chatting",
    )
