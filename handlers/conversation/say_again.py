"""Saying the last answer once more, for somebody whom it may not have reached."""

from __future__ import annotations

from dataclasses import replace

from handlers.context import Context, Response, said
from handlers.questions import ask, guided_checks
from handlers.reply import Reply
from handlers.report import start
from handlers.turn import Turn


async def say_again(turn: Turn, context: Context) -> Response:
    """The open question of a report or check, else the answer to what was asked last; nothing of it is kept a
    second time.
    """
    session = context.session
    if session.case and turn.chat.private:
        return await start.resume_one(turn, context, session.case)
    if message := guided_checks.open_step(turn, context):
        return Response(Reply(context.texts.language, (message,)), session)
    asked = session.topic(turn.at)
    if asked is None or not asked.question:
        return Response(said(context.texts, "nothing_to_say_again"), session)
    context = replace(context, session=replace(session, asked=None))
    return await ask.answer(turn, context, context.matcher.ask(asked.question))
