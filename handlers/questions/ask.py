"""Answering a question, and what is pressed below an answer."""

from __future__ import annotations

from dataclasses import replace

from handlers.actions import FindRule, JudgeAnswer, ShowRule, ShowSections, StartReport
from handlers.context import Context, Response, said
from handlers.questions import about
from handlers.questions.answers import check_buttons, contact_of, place_of, say, show_rule
from handlers.questions.follow_up import asks_why, understand
from handlers.questions.question_log import keep_judgement, keep_unanswered
from handlers.reply import Button, Message, Paragraph, Reply
from handlers.session import KEPT_MESSAGES, Asked, Session
from handlers.texts import Texts
from handlers.turn import Edited, Person, Pressed, Said, Sent, Turn
from knowledge.language.words import split
from knowledge.matching.matcher import ENGLISH, Outcome

LONG_TEXT = 1000
"""Characters from which a text is a story, of which the question has to be found."""


async def ask(turn: Turn, context: Context, question: str) -> Response:
    """Answer a question."""
    before = context.session.topic(turn.at)
    if before and asks_why(question):
        return await about.why(turn, context)
    outcome = understand(question, before.question if before else None, context.matcher)
    return await answer(turn, context, outcome)


async def answer(turn: Turn, context: Context, outcome: Outcome, note: str = "") -> Response:
    """The reply to an understood question. `note`: said beside it, more quietly."""
    texts = _texts(outcome, turn.person, context)
    if outcome.status == "incident" and turn.chat.private:
        return Response(Reply(texts.language), context.session, then=StartReport())
    long = len(outcome.question) > LONG_TEXT
    unclear = long and outcome.status in ("decline", "smalltalk")
    failed = (
        outcome.status == "decline" and not outcome.foreign and not unclear and bool(split(outcome.question))
    )
    declines = (
        context.session.declines + 1
        if failed
        else 0
        if outcome.status in ("answer", "incident")
        else context.session.declines
    )
    if failed:
        await keep_unanswered(context, outcome.question, outcome.language, outcome.topic)
    busy = context.session.check(turn.at) is not None
    reply = (
        said(texts, "long_text")
        if unclear
        else say(outcome, context.matcher.pack, texts, place_of(turn.chat, busy), declines)
    )
    if long and not unclear:
        reply = _beside(reply, texts("long_answered"))
    if note:
        reply = _beside(reply, note)
    message = message_of(turn)
    label = outcome.rule or outcome.topic or (outcome.choices[0] if outcome.choices else None)
    session = replace(context.session, declines=declines)
    if outcome.status != "smalltalk" and not outcome.foreign and split(outcome.question):
        session = replace(session, asked=Asked(outcome.question, turn.at, label, message))
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


def _texts(outcome: Outcome, person: Person, context: Context) -> Texts:
    """In the language chosen, else the question's; where its words leave that open, the one of the person's
    settings.
    """
    language = context.session.language or outcome.language
    if (
        context.session.language is None
        and person.language == "en"
        and context.matcher.leaning(split(outcome.question)) > -ENGLISH
    ):
        language = "en"
    return context.all_texts[language]


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
