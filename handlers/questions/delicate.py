"""Delicate questions: a person or a place to go to comes before any rule, also in what is said after it."""

from __future__ import annotations

from dataclasses import replace

from handlers.context import Context, Response
from handlers.questions import contacts, languages
from handlers.questions.answers import rule_buttons
from handlers.questions.follow_up import leans_back
from handlers.quoting import gist, quotation
from handlers.quoting import place_of as rule_place
from handlers.reply import Block, Message, Paragraph, Reply
from handlers.session import Asked
from handlers.turn import Turn
from knowledge.matching.matcher import Outcome
from knowledge.talk import situations
from knowledge.talk.acts import Heard
from knowledge.talk.situations import Situation, Then

REPORTING = "melden"
"""The situation of somebody who was told who makes a report."""
SURE = 0.6
"""Probability from which a question of its own is answered as such, in the middle of a delicate matter."""


async def hear(turn: Turn, context: Context, text: str) -> Response | None:
    """The reply to a delicate question, or to what is said after one; None: this is neither."""
    pack = context.matcher.pack
    subject = pack.things.read(text)
    context = replace(context, texts=languages.of_question(text, turn, context))
    asked = context.session.topic(turn.at)
    before = _situation(context, asked.situation) if asked else None
    found = situations.recognise(pack.situations, subject)
    if before and asked:
        line = before.after(subject)
        if line and (found is None or found is before or leans_back(text)):
            return _then(turn, context, asked, before, line, text)
    if found and found is not before:
        return _first(turn, context, found, text)
    if before and asked and before.otherwise and not _own_question(text, context):
        return _then(turn, context, asked, before, before.otherwise, text)
    return None


def again(context: Context, asked: Asked, heard: Heard, text: str) -> Response | None:
    """What to do now, in the middle of a delicate matter; None for anything else."""
    situation = _situation(context, asked.situation)
    if situation is None or heard.act != "next":
        return None
    line = situation.after(context.matcher.pack.things.read(text)) or situation.otherwise
    texts = context.texts
    first = line.says[texts.language] if line else situation.first[texts.language]
    blocks = (Paragraph(first), *contacts.reach(situation.contacts, context.matcher.pack, texts))
    return Response(Reply(texts.language, (Message(blocks),)), context.session)


def _first(turn: Turn, context: Context, situation: Situation, text: str) -> Response:
    texts, pack = context.texts, context.matcher.pack
    blocks: list[Block] = [
        Paragraph(situation.first[texts.language]),
        *contacts.reach(situation.contacts, pack, texts),
    ]
    for number, rule in enumerate(map(pack.protocol.rule, situation.rules)):
        short = rule.short[texts.language]
        if number == 0:
            blocks += [
                Paragraph(texts("the_protocol_says", answer=short)),
                quotation(rule, texts.language),
                *gist(texts),
            ]
        else:
            blocks.append(Paragraph(texts("and_also", answer=short, place=rule_place(rule, texts.language))))
    if situation.law:
        board = pack.contacts["bestuur"][texts.language]
        blocks.append(Paragraph(texts("report_others_law", board=board), tone="aside"))
    buttons = tuple(rule_buttons(situation.rules[1:], pack, texts))
    asked = Asked(text, turn.at, situation.rules[0], _message(turn), situation=situation.id)
    session = replace(context.session, asked=asked, declines=0)
    return Response(Reply(texts.language, (Message(tuple(blocks), buttons),)), session)


def _then(
    turn: Turn, context: Context, asked: Asked, situation: Situation, line: Then, text: str
) -> Response:
    """What is said after it: the person again, and a rule if the line names one. Said once, the line for
    anything else is followed by how to reach somebody.
    """
    texts, pack = context.texts, context.matcher.pack
    says = line.says[texts.language]
    blocks: list[Block] = [Paragraph(says)]
    if line.rule:
        rule = pack.protocol.rule(line.rule)
        blocks += [quotation(rule, texts.language), *gist(texts)]
    elif asked.first == says:
        blocks = [
            Paragraph(texts("say_again", answer=says)),
            *contacts.reach(situation.contacts, pack, texts),
        ]
    label = line.rule or asked.label
    after = Asked(asked.question, turn.at, label, _message(turn), situation=situation.id, first=says)
    return Response(Reply(texts.language, (Message(tuple(blocks)),)), replace(context.session, asked=after))


def _own_question(text: str, context: Context) -> bool:
    """Whether a text asks something of its own that can be answered."""
    outcome = context.matcher.ask(text)
    sure = outcome.status == "answer" or bool(outcome.topic and outcome.topic.startswith("near/"))
    asks = context.matcher.pack.things.read(text).asks is not None
    return outcome.status == "incident" or (sure and asks and outcome.confidence >= _least(outcome))


def _least(outcome: Outcome) -> float:
    return 0.0 if outcome.status == "answer" else SURE


def _situation(context: Context, name: str) -> Situation | None:
    return next((one for one in context.matcher.pack.situations if one.id == name), None)


def _message(turn: Turn) -> str:
    return getattr(turn.act, "message", "")
