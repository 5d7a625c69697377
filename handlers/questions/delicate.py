"""Delicate questions: a person or a place to go to comes before any rule, also in what is said after it."""

from __future__ import annotations

from dataclasses import replace

from handlers.context import Context, Response
from handlers.people import KEEPERS
from handlers.questions import contacts, languages
from handlers.questions.answers import rule_buttons
from handlers.questions.follow_up import goes_on, leans_back, understand
from handlers.questions.follow_up_lines import is_sure
from handlers.questions.opening import first_line
from handlers.quoting import gist, quotation
from handlers.quoting import place_of as rule_place
from handlers.reply import Block, Message, Paragraph, Reply
from handlers.session import Asked
from handlers.turn import Turn
from knowledge.language.words import split
from knowledge.matching.matcher import Outcome
from knowledge.talk import situations
from knowledge.talk.acts import Heard
from knowledge.talk.situations import Situation, Then

MOST_RULES = 2
"""Rules below whom to go to: more of them push the person out of sight."""
ELSEWHERE = ("N_", "F_")
"""How the lexicon's concepts begin that are about what the protocol does not cover."""
WHOLE = 6
"""Words from which a question that names its own things and leans on nothing is asked for itself."""
SURE = 0.6
"""Probability from which a question of its own is answered as such, in the middle of a delicate matter."""


async def hear(turn: Turn, context: Context, text: str) -> Response | None:
    """The reply to a delicate question, or to what is said after one; None: this is neither."""
    pack = context.matcher.pack
    subject = pack.things.read(text)
    context = replace(context, texts=languages.of_question(text, turn, context))
    asked = context.session.topic(turn.at)
    before = _situation(context, asked.situation) if asked else None
    outcome = context.matcher.ask(text)
    sure = is_sure(outcome) or outcome.status == "smalltalk" or (asked is not None and goes_on(text))
    found = None
    if turn.person.role not in KEEPERS:  # others are sent to these; they are answered by the rule
        found = situations.recognise(
            pack.situations, subject, sure, bool(outcome.topic) or outcome.status == "incident"
        )
    if before and asked:
        line = before.after(subject)
        if line and (found is None or found is before or leans_back(text)):
            return _then(turn, context, asked, before, line, text)
    if found and found is not before:
        return _first(turn, context, found, text, outcome)
    if before and asked and before.otherwise and not _own_question(text, asked, context):
        return _then(turn, context, asked, before, before.otherwise, text)
    return None


def follow(turn: Turn, context: Context, text: str) -> Response | None:
    """What the situation has to say to a text that names something of its own in it; None: nothing."""
    asked = context.session.topic(turn.at)
    situation = _situation(context, asked.situation) if asked else None
    line = situation.after(context.matcher.pack.things.read(text)) if situation else None
    return _then(turn, context, asked, situation, line, text) if asked and situation and line else None


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


def _first(turn: Turn, context: Context, situation: Situation, text: str, outcome: Outcome) -> Response:
    """Whom to go to, and then the rule that answers, if one does; else those of the situation."""
    texts, pack = context.texts, context.matcher.pack
    answering = (outcome.rule,) if outcome.rule else situation.otherwise_rules
    rules = list(dict.fromkeys((*answering, *situation.rules)))
    blocks: list[Block] = [
        Paragraph(situation.first[texts.language]),
        *contacts.reach(situation.contacts, pack, texts),
    ]
    subject = pack.things.read(text)
    for number, rule in enumerate(map(pack.protocol.rule, rules[:MOST_RULES])):
        line = first_line(rule.id, subject, pack, texts) if subject.asks else ""
        answer = line or rule.short[texts.language]
        if number == 0:
            says = texts("the_protocol_says", answer=answer)
            blocks += [Paragraph(says), quotation(rule, texts.language), *gist(texts)]
        else:
            place = rule_place(rule, texts.language)
            blocks.append(Paragraph(texts("and_also", answer=rule.short[texts.language], place=place)))
    if situation.law:
        board = pack.contacts["bestuur"][texts.language]
        blocks.append(Paragraph(texts("report_others_law", board=board), tone="aside"))
    buttons = tuple(rule_buttons(rules[1:MOST_RULES], pack, texts))
    asked = Asked(text, turn.at, rules[0], _message(turn), situation=situation.id)
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


def _own_question(text: str, asked: Asked, context: Context) -> bool:
    """Whether a text asks something of its own that can be answered, or that the last question answers
    with it.
    """
    outcome = context.matcher.ask(text)
    if outcome.status == "incident":
        return True
    if outcome.topic and any(line.startswith(ELSEWHERE) for line in outcome.evidence):
        return True
    subject = context.matcher.pack.things.read(text)
    asks = subject.asks is not None
    if subject.asks == "may" and subject.things and not goes_on(text):
        return True
    if is_sure(outcome) and asks and outcome.confidence >= _least(outcome):
        return True
    if outcome.status == "choose" and asks and outcome.confidence >= SURE and not goes_on(text):
        return True
    whole = len(split(text)) >= WHOLE and not (goes_on(text) or leans_back(text))
    if whole and subject.things and subject.asks not in (None, "who", "where"):
        return True
    if not subject.things:
        return False
    together = understand(text, asked.question, context.matcher)
    return together.status == "answer" and together.rule != asked.label and goes_on(text)


def _least(outcome: Outcome) -> float:
    return 0.0 if outcome.status == "answer" else SURE


def _situation(context: Context, name: str) -> Situation | None:
    return next((one for one in context.matcher.pack.situations if one.id == name), None)


def _message(turn: Turn) -> str:
    return getattr(turn.act, "message", "")
