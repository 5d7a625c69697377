"""Saying what the protocol makes of a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from handlers.given import Context, Response, said
from handlers.incident import starting
from handlers.reply import Block, Button, Message, Paragraph, Quotation, Reply
from handlers.session import Asked
from handlers.texts import Texts
from handlers.turn import Turn
from knowledge.matcher import Outcome
from knowledge.pack import Pack, Smalltalk
from knowledge.protocol import Rule
from knowledge.words import split

SMALLTALK: Mapping[Smalltalk, str] = {"thanks": "bye", "self": "about"}
"""What to say to thanks and goodbyes, and to "who are you"; to the rest "hello"."""


async def ask(turn: Turn, context: Context) -> Response:
    """Answer a question: the context's argument."""
    outcome = context.matcher.ask(context.argument)
    texts = context.all_texts[context.session.language or outcome.language]
    if outcome.status == "incident":
        return await starting.start(turn, replace(context, texts=texts))
    if outcome.status == "decline" and not outcome.foreign and split(outcome.question):
        await context.given.journal.unanswered(outcome.question, outcome.language, outcome.topic)
    label = outcome.rule or outcome.topic or (outcome.choices[0] if outcome.choices else None)
    session = replace(context.session, asked=Asked(outcome.question, turn.at, label))
    return Response(say(outcome, context.matcher.pack, texts), session)


async def rule_pressed(turn: Turn, context: Context) -> Response:
    """Show the rule that a button names."""
    pack = context.matcher.pack
    return Response(show_rule(pack.protocol.rule(context.argument), pack, context.texts), context.session)


async def none_pressed(turn: Turn, context: Context) -> Response:
    """The reply to "none of these": the question is kept as unanswered."""
    asked = context.session.topic(turn.at)
    if asked:
        await context.given.journal.unanswered(asked.question, context.texts.language, asked.label)
    contact = _contact(context.matcher.pack.talk.ask, context.matcher.pack, context.texts)
    return Response(said(context.texts, "none_chosen", contact=contact), context.session)


def say(outcome: Outcome, pack: Pack, texts: Texts) -> Reply:
    """The reply to a question, in the language of `texts`."""
    blocks: list[Block] = []
    buttons: list[Button] = []
    if outcome.foreign:
        blocks.append(Paragraph(texts("foreign")))
    elif outcome.status == "answer" and outcome.rule:
        blocks += _answer(pack.protocol.rule(outcome.rule), outcome.choices, texts)
        buttons += _buttons(outcome.choices, pack, texts)
    elif outcome.status == "choose":
        blocks.append(Paragraph(texts("choose")))
        buttons += [*_buttons(outcome.choices, pack, texts), Button(texts("none"), "none")]
    elif outcome.status == "incident":
        blocks.append(Paragraph(texts("incident", contact=_contact(pack.talk.ask, pack, texts))))
        if pack.talk.recording:
            blocks += [Paragraph(texts("incident_record")), _quotation(pack.protocol.rule(pack.talk.recording), texts)]
    elif outcome.status == "smalltalk":
        blocks.append(Paragraph(texts(_smalltalk(outcome, pack))))
    elif not split(outcome.question):
        blocks.append(Paragraph(texts("empty")))
    else:
        blocks += _decline(outcome, pack, texts)
    if outcome.offers_incident and outcome.status != "incident":
        blocks.append(Paragraph(texts("incident_offer"), tone="aside"))
        buttons.append(Button(texts("report_start"), "report:start"))
    return Reply(texts.language, (Message(tuple(blocks), tuple(buttons)),))


def show_rule(rule: Rule, pack: Pack, texts: Texts) -> Reply:
    """One rule, asked for by itself."""
    return Reply(texts.language, (Message(tuple(_answer(rule, rule.see_also, texts)), tuple(_buttons(rule.see_also, pack, texts))),))


def _answer(rule: Rule, see_also: Sequence[str], texts: Texts) -> list[Block]:
    blocks: list[Block] = [Paragraph(rule.short[texts.language]), _quotation(rule, texts)]
    if texts("gist"):
        blocks.append(Paragraph(texts("gist"), tone="aside"))
    blocks.append(Paragraph(rule.silent[texts.language], tone="aside"))
    if see_also:
        blocks.append(Paragraph(texts("see_also")))
    return blocks


def _decline(outcome: Outcome, pack: Pack, texts: Texts) -> list[Block]:
    topic = pack.topic(outcome.topic) if outcome.topic else None
    text = texts("decline")
    blocks: list[Block] = [Paragraph(f"{text} {topic.silent[texts.language]}" if topic else text)]
    if outcome.nearest:
        blocks += [Paragraph(texts("nearest")), _quotation(pack.protocol.rule(outcome.nearest[0]), texts)]
    blocks.append(Paragraph(texts("ask_whom", contact=_contact(topic.ask if topic else pack.talk.ask, pack, texts))))
    return blocks


def _smalltalk(outcome: Outcome, pack: Pack) -> str:
    """The text that fits what kind of small talk it was, told by the concepts it was recognised by."""
    concepts = [line.split(":")[0] for line in outcome.evidence]
    return next((SMALLTALK[pack.talk.smalltalk[concept]] for concept in concepts if concept in pack.talk.smalltalk), "hello")


def _quotation(rule: Rule, texts: Texts) -> Quotation:
    return Quotation(rule.text, f"{rule.place(texts.language)} · {rule.id}", rule.id)


def _buttons(rules: tuple[str, ...], pack: Pack, texts: Texts) -> list[Button]:
    return [Button(pack.protocol.rule(rule).title[texts.language], f"rule:{rule}") for rule in rules]


def _contact(name: str, pack: Pack, texts: Texts) -> str:
    contact = pack.contacts.get(name) or next(iter(pack.contacts.values()))
    return contact[texts.language]
