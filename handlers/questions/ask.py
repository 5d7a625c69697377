"""Answering a question, and what is pressed below an answer."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from handlers.actions import FindRule, JudgeAnswer, ShowRule, ShowSections, StartReport
from handlers.context import Context, Response, said
from handlers.questions import languages, reasons
from handlers.questions.answers import check_buttons, contact_of, place_of, say, show_rule
from handlers.questions.follow_up_lines import after, is_sure, taken_for, where_it_stands
from handlers.questions.opening import Before, Opening, opening
from handlers.questions.question_log import keep_judgement, keep_unanswered
from handlers.quoting import place_of as rule_place
from handlers.reply import Button, Message, Paragraph, Reply, text_of
from handlers.session import KEPT_MESSAGES, Asked, Session
from handlers.texts import Texts
from handlers.turn import Edited, Pressed, Said, Sent, Turn
from knowledge.language.words import split
from knowledge.matching.matcher import Outcome
from knowledge.talk.situations import REPORTING

LONG_TEXT = 1000
"""Characters from which a text is a story, of which the question has to be found."""


async def ask(turn: Turn, context: Context, question: str) -> Response:
    """Answer a question."""
    asked = context.session.topic(turn.at)
    if asked is None:
        outcome = context.matcher.ask(question)
        return await answer(
            turn, context, where_it_stands(question, outcome, context.matcher), typed=question
        )
    before = Before(asked.question, asked.label)
    outcome = after(question, before, context.matcher)
    return await answer(turn, context, outcome, typed=question, before=before)


async def answer(
    turn: Turn,
    context: Context,
    outcome: Outcome,
    note: str = "",
    typed: str = "",
    before: Before | None = None,
    lead: str = "",
) -> Response:
    """The reply to an understood question. `note`: said beside it, more quietly. `typed`: what the person
    wrote, if the question was read together with the one `before`. `lead`: said before all else.
    """
    texts = languages.of_question(typed or outcome.question, turn, context)
    if other := _otherwise(turn, replace(context, texts=texts), outcome, typed):
        return other
    pack = context.matcher.pack
    long = len(outcome.question) > LONG_TEXT
    unclear = long and outcome.status in ("decline", "smalltalk")
    failed = _failed(outcome) and not unclear
    declines = (
        context.session.declines + 1
        if failed
        else 0
        if outcome.status in ("answer", "incident") or is_sure(outcome)
        else context.session.declines
    )
    if outcome.status == "decline" and not outcome.foreign and not unclear and split(outcome.question):
        await keep_unanswered(context, outcome.question, outcome.language, outcome.topic)
    busy = context.session.check(turn.at) is not None
    begins = opening(typed or outcome.question, outcome, before, pack, texts)
    if lead:
        begins = replace(begins, echo="")
    if begins.instead:
        outcome = taken_for(begins.instead, outcome.question, outcome, pack)
    reply = (
        said(texts, "long_text")
        if unclear
        else say(outcome, pack, texts, place_of(turn.chat, busy), declines, begins)
    )
    reply, digest = _not_twice(reply, context, outcome, begins, texts)
    if lead:
        reply = _led(reply, lead)
    if long and not unclear:
        reply = _beside(reply, texts("long_answered"))
    if note:
        reply = _beside(reply, note)
    message = message_of(turn)
    label = outcome.rule or outcome.topic or (outcome.choices[0] if outcome.choices else None)
    session = replace(context.session, declines=declines)
    if outcome.status != "smalltalk" and not outcome.foreign and split(outcome.question):
        others = tuple(rule for rule in (*outcome.choices, *outcome.nearest) if rule != outcome.rule)
        first = begins.first if begins.of_rule else ""
        asked = Asked(outcome.question, turn.at, label, message, others, first, digest)
        session = replace(session, asked=asked)
    if message:
        session = _remember(session, message)
        name = f"@answer:{message}"
        reply = replace(
            reply,
            messages=(
                replace(reply.messages[0], ref=name, replaces=name if isinstance(turn.act, Edited) else ""),
            ),
        )
    return Response(reply, session)


def _otherwise(turn: Turn, context: Context, outcome: Outcome, typed: str) -> Response | None:
    """The reply to what no rule or silence answers: a report is begun, or why a rule is there is told. None
    for anything else.
    """
    message = message_of(turn)
    if outcome.status == "incident" and turn.chat.private:
        recording = context.matcher.pack.talk.recording
        asked = Asked(outcome.question, turn.at, recording, message, situation=REPORTING)
        session = replace(context.session, asked=asked)
        return Response(Reply(context.texts.language), session, then=StartReport())
    if reasons.asked_for(typed or outcome.question, outcome.rule, context):
        asked = Asked(outcome.question, turn.at, outcome.rule, message)
        given = reasons.reason(context, asked, "")
        return replace(given, session=replace(context.session, asked=asked, declines=0))
    return None


def _failed(outcome: Outcome) -> bool:
    """Whether a question got no answer at all: no rule, and no topic on which the protocol is silent."""
    known = outcome.topic is not None and outcome.topic.startswith("near/")
    return outcome.status == "decline" and not known and not outcome.foreign and bool(split(outcome.question))


def _not_twice(
    reply: Reply, context: Context, outcome: Outcome, begins: Opening, texts: Texts
) -> tuple[Reply, str]:
    """A reply that is word for word the last one is said shorter, as what holds here too; with the digest of
    what was said.
    """
    words = "\n".join(text_of(block) for block in reply.blocks)
    digest = hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=8).hexdigest()
    asked = context.session.asked
    if asked is None or asked.said != digest:
        return reply, digest
    pack = context.matcher.pack
    if outcome.rule:
        rule = pack.protocol.rule(outcome.rule)
        text = texts(
            "same_again",
            answer=begins.first or rule.short[texts.language],
            place=rule_place(rule, texts.language),
        )
    else:
        text = texts("no_other_answer", contact=contact_of(pack.talk.ask, pack, texts))
    message = replace(reply.messages[0], blocks=(Paragraph(text),))
    return replace(reply, messages=(message, *reply.messages[1:])), ""


def remembered(turn: Turn, response: Response) -> Response:
    """The response whose message an edit of the person's own one replaces, whatever it answered: small talk
    too.
    """
    message, reply = message_of(turn), response.reply
    if (
        not message
        or len(reply.messages) != 1
        or reply.messages[0].ref
        or response.then
        or response.session.case
    ):
        return response
    first = replace(reply.messages[0], ref=f"@answer:{message}")
    return replace(
        response, reply=replace(reply, messages=(first,)), session=_remember(response.session, message)
    )


async def edited(turn: Turn, context: Context) -> Response:
    """A message that was changed: the answer to it is changed too; anything else was no question."""
    act = turn.act
    if (
        not isinstance(act, Edited)
        or not act.text
        or act.text.startswith("/")
        or (act.message and act.message not in context.session.answered)
    ):
        return Response(said(context.texts, "edited_no_question"), context.session)
    session = context.session
    before = (
        session.asked if session.asked and session.asked.message != act.message else None
    )  # a question never leans on its own first wording
    return await ask(turn, replace(context, session=replace(session, asked=before)), act.text.strip())


async def forwarded(turn: Turn, context: Context, text: str) -> Response:
    """Somebody else's message: what does the person want to know about it?"""
    texts, pack = context.texts, context.matcher.pack
    buttons = [Button(texts("find_rule"), FindRule())]
    if turn.chat.private:
        buttons += [*check_buttons(pack, texts.language), Button(texts("report_start"), StartReport())]
    asked = Asked(text, turn.at, None)
    reply = Reply(texts.language, (Message((Paragraph(texts("forwarded")),), tuple(buttons)),))
    return Response(reply, replace(context.session, asked=asked))


async def find_rule(turn: Turn, context: Context) -> Response:
    """Look up the rule for the message that was passed on."""
    asked = context.session.topic(turn.at)
    if asked is None:
        return Response(said(context.texts, "old_button"), context.session)
    return await answer(turn, context, context.matcher.ask(asked.question))


async def show(turn: Turn, context: Context, action: ShowRule) -> Response:
    """Show the rule that a button names."""
    pack = context.matcher.pack
    asked = context.session.topic(turn.at)
    session = replace(
        context.session,
        declines=0,
        asked=replace(asked, label=action.rule, at=turn.at) if asked else None,
    )
    place = place_of(turn.chat, context.session.check(turn.at) is not None)
    return Response(show_rule(pack.protocol.rule(action.rule), pack, context.texts, place), session)


async def none_of_these(turn: Turn, context: Context) -> Response:
    """The reply to "none of these": the question is kept as unanswered."""
    texts, pack = context.texts, context.matcher.pack
    asked = context.session.topic(turn.at)
    if asked:
        await keep_unanswered(context, asked.question, texts.language, asked.label)
    reply = said(texts, "none_chosen", contact=contact_of(pack.talk.ask, pack, texts))
    return Response(
        _with(reply, Button(texts("topics"), ShowSections())),
        replace(context.session, declines=context.session.declines + 1),
    )


async def judge(turn: Turn, context: Context, action: JudgeAnswer) -> Response:
    """The answer helped or not: stored; if not, a way on is offered."""
    texts, pack = context.texts, context.matcher.pack
    session = await _judge(turn, context, action)
    if session is None:
        return Response(Reply(texts.language, toast=texts("judged_before")), context.session)
    if action.helpful:
        return Response(Reply(texts.language, toast=texts("thanks_helpful")), session)
    reply = said(texts, "sorry_unhelpful", contact=contact_of(pack.talk.ask, pack, texts))
    return Response(
        replace(_with(reply, Button(texts("topics"), ShowSections())), toast=texts("thanks_unhelpful")),
        session,
    )


def message_of(turn: Turn) -> str:
    """The platform's id of what the person wrote, where there is one."""
    return turn.act.message if isinstance(turn.act, Said | Sent | Edited) else ""


async def _judge(turn: Turn, context: Context, action: JudgeAnswer) -> Session | None:
    """The session after a judgement; None where this answer was judged before."""
    session = context.session
    act = turn.act
    asked = session.asked
    message = act.message if isinstance(act, Pressed) else ""
    key = f"{message or (asked.at.isoformat() if asked else '')} {action.label}"
    if key in session.judged:
        return None
    question = asked.question if asked and asked.label == action.label else ""
    await keep_judgement(context, action.label, action.helpful, question)
    return replace(session, judged=(*session.judged, key)[-KEPT_MESSAGES:])


def _remember(session: Session, message: str) -> Session:
    return (
        session
        if message in session.answered
        else replace(session, answered=(*session.answered, message)[-KEPT_MESSAGES:])
    )


def _beside(reply: Reply, note: str) -> Reply:
    message = reply.messages[0]
    return replace(
        reply,
        messages=(
            replace(message, blocks=(*message.blocks, Paragraph(note, tone="aside"))),
            *reply.messages[1:],
        ),
    )


def _with(reply: Reply, button: Button) -> Reply:
    message = reply.messages[0]
    return replace(reply, messages=(replace(message, buttons=(*message.buttons, button)),))


def _led(reply: Reply, lead: str) -> Reply:
    message = reply.messages[0]
    return replace(
        reply,
        messages=(replace(message, blocks=(Paragraph(lead), *message.blocks)), *reply.messages[1:]),
    )
