"""Binding a role with an invitation, and the PIN: chosen then, asked before a case is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers.actions import Action, ChangePin, ChoosePin, EnterPin, RepeatPin
from handlers.context import Context, Response, said, without_own_message
from handlers.people import CODE, PIN, ROLE_NAMES, is_weak
from handlers.questions import about
from handlers.reply import Reply
from handlers.session import Session
from handlers.turn import Said, Turn


async def start(turn: Turn, context: Context, code: str) -> Response:
    """/start: a greeting, or with an invitation's code the role that it gives."""
    if not CODE.fullmatch(code):
        return await about.welcome(turn, context)
    if not turn.chat.private:
        return _respond(turn, context, said(context.texts, "invitation_private"), context.session)
    bound = await context.stores.people.redeem(code, turn.at)
    if bound is None:
        return _respond(turn, context, said(context.texts, "invitation_refused"), context.session)
    if bound == "elsewhere":
        return _respond(turn, context, said(context.texts, "invitation_elsewhere"), context.session)
    reply = said(
        context.texts,
        "invitation_redeemed",
        role=context.texts(ROLE_NAMES[bound.role]),
        schools=_schools(bound.schools),
    )
    if bound.role == "beheerder":
        return _respond(turn, context, reply, context.session)
    return _respond(
        turn,
        context,
        _also(reply, said(context.texts, "pin_choose")),
        replace(context.session, expects=ChoosePin()),
    )


async def change(turn: Turn, context: Context, _: str) -> Response:
    """/pin: choose another PIN, after the old one."""
    if not turn.chat.private or turn.person.role not in ("directie", "bestuur"):
        return Response(said(context.texts, "no_cases_here"), context.session)
    return await ask_first(turn, context, ChangePin()) or _choose(context)


async def new(turn: Turn, context: Context) -> Response:
    """Ask for another PIN, once the old one was given."""
    return await ask_first(turn, context, ChangePin()) or _choose(context)


async def ask_first(turn: Turn, context: Context, then: Action) -> Response | None:
    """None where the chat is open; else the question for the PIN, after which the action `then` is done."""
    people = context.stores.people
    if await people.is_open(turn.at):
        return None
    if not await people.has_pin():
        return _choose(context)
    return Response(said(context.texts, "pin_ask"), replace(context.session, expects=EnterPin(then)))


async def chosen(turn: Turn, context: Context) -> Response:
    """The text after the question for a new PIN."""
    pin = _written(turn)
    if not PIN.fullmatch(pin):
        return _respond(
            turn, context, said(context.texts, "pin_form"), replace(context.session, expects=ChoosePin())
        )
    if is_weak(pin):
        return _respond(
            turn, context, said(context.texts, "pin_weak"), replace(context.session, expects=ChoosePin())
        )
    await context.stores.people.set_pin(pin, turn.at)
    return _respond(
        turn, context, said(context.texts, "pin_again"), replace(context.session, expects=RepeatPin())
    )


async def repeated(turn: Turn, context: Context) -> Response:
    """The text after the question to type the new PIN once more."""
    if await context.stores.people.unlock(_written(turn), turn.at) == "open":
        return _respond(turn, context, said(context.texts, "pin_set"), replace(context.session, expects=None))
    return _respond(
        turn, context, said(context.texts, "pin_differs"), replace(context.session, expects=ChoosePin())
    )


async def entered(turn: Turn, context: Context, expected: EnterPin) -> Response:
    """The text after the question for the PIN; the right one goes on with what was asked for."""
    result = await context.stores.people.unlock(_written(turn), turn.at)
    if result == "open":
        return _respond(
            turn,
            context,
            Reply(context.texts.language),
            replace(context.session, expects=None),
            then=expected.then,
        )
    if result == "locked":
        return _respond(
            turn, context, said(context.texts, "pin_locked"), replace(context.session, expects=None)
        )
    return _respond(turn, context, said(context.texts, "pin_wrong"), context.session)


def _choose(context: Context) -> Response:
    return Response(said(context.texts, "pin_choose"), replace(context.session, expects=ChoosePin()))


def _written(turn: Turn) -> str:
    return turn.act.text.strip() if isinstance(turn.act, Said) else ""


def _respond(
    turn: Turn, context: Context, reply: Reply, session: Session, then: Action | None = None
) -> Response:
    """The response without the person's message: it held the code or the PIN."""
    return without_own_message(turn, context, Response(reply, session, then=then), secret=True)


def _also(first: Reply, then: Reply) -> Reply:
    return replace(first, messages=first.messages + then.messages)


def _schools(names: Sequence[str]) -> str:
    return f" ({', '.join(names)})" if names else ""
