"""Codes and PINs that come when nobody asked for them: taken out of the chat where the channel can, and
answered for what was meant. None of them gets to a question, a note, an answer of a report, or the log.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from handlers.actions import (
    ChoosePin,
    EnterPin,
    ExpectedText,
    ListCases,
    PinText,
    ResumeReport,
    SaveAgreedDay,
    StepDoneOn,
)
from handlers.context import Context, Response, said, without_own_message
from handlers.report.take_answer import asks_for_moment
from handlers.roles import invitation, pin
from handlers.roles.secret_forms import CODE_LENGTH, Pin, find_code, find_pin, names_pin
from handlers.turn import Edited, Said, Sent, Turn

RunCommand = Callable[[Turn, str, Context], Awaitable[Response]]
TakeExpected = Callable[[Turn, ExpectedText, Context], Awaitable[Response]]


async def hear(turn: Turn, context: Context, run: RunCommand, take: TakeExpected) -> Response | None:
    """The reply to a text, an edit or a caption that holds a secret; None if it holds none."""
    text, message = _written(turn)
    if code := find_code(text):
        context = replace(context, session=replace(context.session, expects=None, refused=""))
        turn = replace(turn, act=Said(code.value, message))
        if code.near:
            return _almost(turn, context, code.value)
        return await invitation.redeem(turn, context, code.value)
    found = find_pin(text)
    if found is None:
        return None
    asked = context.session.expects
    turn = replace(turn, act=Said(found.value, message))
    if isinstance(asked, PinText) and not found.rest:
        return await take(turn, asked, context)
    if turn.person.role not in ("directie", "bestuur"):
        return _say(turn, context, "pin_not_needed") if names_pin(text) else None
    if not turn.chat.private:
        return _say(turn, context, "pin_private")
    if not found.rest and await _is_moment(turn, context):
        return None
    return await _meant(turn, context, found, run)


async def _meant(turn: Turn, context: Context, found: Pin, run: RunCommand) -> Response:
    """Open what the PIN was sent for."""
    if found.rest:
        response = await run(turn, found.rest, context)
    else:
        case = context.session.case
        then = ResumeReport(case) if case else ListCases()
        first = await pin.ask_first(turn, context, then)
        if first is None:
            # the same answer whether it is the right one or not: an open chat must not tell
            return _say(turn, context, "pin_not_now")
        response = first
    context = replace(context, session=response.session)
    match response.session.expects:
        case EnterPin() as asked:
            return await pin.entered(turn, context, asked)
        case ChoosePin() as asked:
            return await pin.chosen(turn, context, asked)
        case _:
            return without_own_message(turn, context, response, secret=True)


async def _is_moment(turn: Turn, context: Context) -> bool:
    """Whether digits alone may be the day or the time that was asked for."""
    if isinstance(context.session.expects, StepDoneOn | SaveAgreedDay):
        return True
    return await asks_for_moment(turn, context)


def _almost(turn: Turn, context: Context, code: str) -> Response:
    reply = said(context.texts, "invitation_almost", count=str(len(code)), length=str(CODE_LENGTH))
    return without_own_message(turn, context, Response(reply, context.session), secret=True)


def _say(turn: Turn, context: Context, text: str) -> Response:
    return without_own_message(
        turn, context, Response(said(context.texts, text), context.session), secret=True
    )


def _written(turn: Turn) -> tuple[str, str]:
    """The words of the turn, and the platform's id of their message."""
    match turn.act:
        case Said() | Edited():
            return turn.act.text, turn.act.message
        case Sent():
            return turn.act.caption, turn.act.message
        case _:
            return "", ""
