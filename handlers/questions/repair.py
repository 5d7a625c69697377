"""What is said of the last answer: not meant, not understood, too long, not true, what now, why, a person
please.

Each says what was understood, and offers the next best: other rules, the plainer sentence, somebody to speak
to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from handlers.actions import NoneOfThese, ShowSections
from handlers.context import Context, Response, said
from handlers.questions import ask, contacts, delicate, reasons
from handlers.questions.answers import choice_blocks, rule_buttons
from handlers.questions.follow_up import leans_back, together, without_lead
from handlers.questions.follow_up_lines import by_first_lines, is_sure
from handlers.questions.opening import Before
from handlers.questions.question_log import keep_judgement, keep_unanswered
from handlers.quoting import gist, quotation
from handlers.quoting import place_of as rule_place
from handlers.reply import Block, Button, Message, Paragraph, Reply
from handlers.session import Asked
from handlers.turn import Turn
from knowledge.language.words import split
from knowledge.talk import acts
from knowledge.talk.acts import Heard

_NOT_BUT = re.compile(r"(?:niet|geen|not)\s+(?P<dropped>.+?)\s+(?:maar|but)\s+(?P<meant>.+)", re.IGNORECASE)
_NOT = re.compile(
    r"(?P<meant>\S.*?)[\s,]+(?:en\s+|and\s+)?(?:niet|geen|not)\s+(?P<dropped>\S+(?:\s+\S+){0,2})",
    re.IGNORECASE,
)
OFFERED = 3
"""Other rules that are offered to who meant something else."""
EXPLAINED = "explained"
"""In place of an answer's digest: it was explained more plainly,"""
DOUBTED = "doubted"
"""or it was doubted and shown once more: the next time something else is said."""
WHY_ALONE = 5
"""Words from which a "waarom" may be a question of its own."""
WHY_REST = 8
"""Words behind "waarom" up to which the reason of the last answer is asked, and not something of its own."""


async def hear(turn: Turn, context: Context, heard: Heard, text: str) -> Response | None:
    """The reply to what is said of the last answer; None if the text asks something of its own."""
    asked = context.session.topic(turn.at)
    if heard.act == "person":
        return contacts.whom_to_speak_to(context, asked)
    if heard.act == "meant":
        return await _meant(turn, context, asked, heard.rest)
    if heard.act == "why" and heard.rest and not _asks_reason(heard.rest, asked, context):
        return None
    if heard.act == "why" and len(split(text)) >= WHY_ALONE and _own_why(text, asked, context):
        return None
    if asked is None:
        return Response(said(context.texts, "nothing_asked"), context.session)
    return delicate.again(context, asked, heard, text) or await _of_answer(context, asked, heard)


async def _of_answer(context: Context, asked: Asked, heard: Heard) -> Response:
    match heard.act:
        case "not_meant":
            return await _not_meant(context, asked)
        case "disagree":
            return await _disagree(context, asked)
        case "unclear":
            return _plainer(context, asked)
        case "shorter":
            return _shorter(context, asked)
        case "next":
            return _next(context, asked)
        case _:
            return reasons.reason(context, asked, heard.rest)


async def _meant(turn: Turn, context: Context, asked: Asked | None, rest: str) -> Response | None:
    """What was meant instead is read in place of its like in the last question."""
    if asked is None:
        return None
    matcher = context.matcher
    words, without = _meant_and_not(acts.load().without_loose(without_lead(rest)))
    own = matcher.ask(words)
    if own.status == "incident":
        return await ask.answer(turn, context, own)
    before = Before(asked.question, asked.label)
    joined = matcher.ask(together(words, asked.question, matcher, without))
    if joined.status == "incident":  # it was told already who makes a report
        joined = own
    outcome = (
        own
        if is_sure(own) and (not is_sure(joined) or len(split(words)) > len(split(asked.question)))
        else joined
    )
    if not is_sure(outcome):
        outcome = by_first_lines(words, before, outcome, matcher) or outcome
    note = context.texts("meant", words=words)
    return await ask.answer(turn, context, outcome, typed=words, before=before, lead=note)


def _meant_and_not(text: str) -> tuple[str, str]:
    """ "maken, niet plaatsen" → ("maken", "plaatsen"); also "niet plaatsen maar maken"."""
    if found := _NOT_BUT.match(text):
        return found["meant"], found["dropped"]
    if found := _NOT.match(text):
        return found["meant"], found["dropped"]
    return text, ""


async def _not_meant(context: Context, asked: Asked) -> Response:
    texts, pack = context.texts, context.matcher.pack
    if asked.question:
        await keep_unanswered(context, asked.question, texts.language, asked.label)
    others = _others(context, asked)
    understood = texts("misunderstood")
    if asked.label:
        understood = texts("understood", title=_title(context, asked.label))
    blocks: list[Block] = [Paragraph(understood)]
    buttons: list[Button] = []
    if others:
        blocks += choice_blocks("perhaps_these", asked.question, others, pack, texts)
        buttons += [*rule_buttons(others, pack, texts), Button(texts("none"), NoneOfThese())]
    blocks.append(
        Paragraph(texts("say_otherwise", contact=contacts.of_label(asked.label, pack, texts)), tone="aside")
    )
    buttons.append(Button(texts("topics"), ShowSections()))
    # what was not meant is no ground for the next question, but what it was asked about is
    session = replace(context.session, asked=replace(asked, label=None, others=()))
    return Response(Reply(texts.language, (Message(tuple(blocks), tuple(buttons)),)), session)


async def _disagree(context: Context, asked: Asked) -> Response:
    texts, pack = context.texts, context.matcher.pack
    rule = reasons.rule_of(context, asked.label)
    if asked.said == DOUBTED and rule:
        contact = contacts.of_label(asked.label, pack, texts)
        again = said(
            texts, "doubted_again", answer=asked.first or rule.short[texts.language], contact=contact
        )
        return Response(again, context.session)
    if asked.label:
        await keep_judgement(context, asked.label, helpful=False, question=asked.question)
    if rule:
        blocks: list[Block] = [
            Paragraph(texts("doubted", answer=rule.short[texts.language])),
            quotation(rule, texts.language),
            *gist(texts),
        ]
    else:
        blocks = [Paragraph(_silence(context, asked.label) or texts("doubted_unknown"))]
    blocks.append(
        Paragraph(texts("doubted_ask", contact=contacts.of_label(asked.label, pack, texts)), tone="aside")
    )
    buttons = (
        *rule_buttons(_others(context, asked)[:2], pack, texts),
        Button(texts("topics"), ShowSections()),
    )
    session = replace(context.session, asked=replace(asked, said=DOUBTED))
    return Response(Reply(texts.language, (Message(tuple(blocks), buttons),)), session)


def _plainer(context: Context, asked: Asked) -> Response:
    texts, pack = context.texts, context.matcher.pack
    contact = contacts.of_label(asked.label, pack, texts)
    rule = reasons.rule_of(context, asked.label)
    explained = pack.explanations.get(asked.label or "")
    if asked.said == EXPLAINED:
        return contacts.whom_to_speak_to(context, asked, texts("plainer_again"))
    if explained:
        first = texts("plainer", answer=explained.plain[texts.language])
    elif rule:
        first = texts("plainer", answer=rule.short[texts.language])
    elif silence := _silence(context, asked.label):
        first = texts("plainer_silence", silence=silence)
    else:
        return _ask_otherwise(context, asked)
    aside = texts("plainer_ask", contact=contact)
    if rule:
        aside = f"{rule_place(rule, texts.language)}. {aside}"
    session = replace(context.session, asked=replace(asked, said=EXPLAINED))
    return Response(
        Reply(texts.language, (Message((Paragraph(first), Paragraph(aside, tone="aside"))),)), session
    )


def _shorter(context: Context, asked: Asked) -> Response:
    texts = context.texts
    rule = reasons.rule_of(context, asked.label)
    if rule:
        return Response(
            said(texts, "shorter", answer=asked.first or rule.short[texts.language], rule=rule.id),
            context.session,
        )
    if silence := _silence(context, asked.label):
        return Response(
            said(texts, "shorter_silence", silence=silence.partition(". ")[0].rstrip(".")), context.session
        )
    return _ask_otherwise(context, asked)


def _next(context: Context, asked: Asked) -> Response:
    texts, pack = context.texts, context.matcher.pack
    explained = pack.explanations.get(asked.label or "")
    contact = contacts.of_label(asked.label, pack, texts)
    blocks: list[Block] = []
    if explained:
        blocks.append(Paragraph(explained.next[texts.language]))
    blocks.append(Paragraph(texts("next_ask", contact=contact)))
    if explained:
        blocks.append(Paragraph(texts("our_advice"), tone="aside"))
    return Response(Reply(texts.language, (Message(tuple(blocks)),)), context.session)


def _own_why(text: str, asked: Asked | None, context: Context) -> bool:
    """Whether a whole "waarom …" asks for the reason of another rule than the last one."""
    outcome = context.matcher.ask(text)
    return asked is None or (outcome.status == "answer" and outcome.rule != asked.label)


def _asks_reason(rest: str, asked: Asked | None, context: Context) -> bool:
    """Whether "waarom …" asks for the reason of the last answer: few words, which lean on it."""
    if asked is None:
        return False
    words = split(rest)
    if len(words) > WHY_REST:
        return False
    own = context.matcher.ask(f"waarom {rest}")
    return leans_back(rest) or not is_sure(own) or asked.label in (own.rule, own.topic)


def _ask_otherwise(context: Context, asked: Asked) -> Response:
    reply = said(
        context.texts,
        "say_otherwise",
        contact=contacts.of_label(asked.label, context.matcher.pack, context.texts),
    )
    return Response(reply, context.session)


def _others(context: Context, asked: Asked) -> Sequence[str]:
    """Rules that may have been meant instead, the likeliest first."""
    rule = reasons.rule_of(context, asked.label)
    listed = [*asked.others, *(rule.see_also if rule else ())]
    return [other for other in dict.fromkeys(listed) if other != asked.label][:OFFERED]


def _silence(context: Context, label: str | None) -> str:
    topic = next((topic for topic in context.matcher.pack.topics if topic.label == label), None)
    return topic.silent[context.texts.language] if topic else ""


def _title(context: Context, label: str) -> str:
    rule = reasons.rule_of(context, label)
    if rule:
        return rule.title[context.texts.language]
    topic = next((topic for topic in context.matcher.pack.topics if topic.label == label), None)
    return topic.title[context.texts.language] if topic else label
