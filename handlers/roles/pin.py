"""Binding a role with an invitation, and the PIN: chosen then, asked before a case is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from handlers.actions import Action, ChangePin, ChoosePin, EnterPin, RepeatPin
from handlers.context import Context, Response, said
from handlers.questions import about
from handlers.reply import Reply
from handlers.roles.people import CODE, PIN, is_weak
from handlers.turn import Role, Said, Turn

ROLES: Mapping[Role, str] = {
    "medewerker": "role_medewerker",
    "directie": "role_directie",
    "bestuur": "role_bestuur",
    "beheerder": "role_beheerder",
}
"""Role → the text that names it."""


async def start(turn: Turn, context: Context, code: str) -> Response:
    """/start: a greeting, or with an invitation's code the role that it gives."""
    if not CODE.fullmatch(code):
        return await about.welcome(turn, context)
    if not turn.chat.private:
        return Response(_taken(said(context.texts, "invitation_private"), turn), context.session)
    bound = await context.stores.people.redeem(code, turn.at)
    if bound is None:
        return Response(_taken(said(context.texts, "invitation_refused"), turn), context.session)
    if bound == "elsewhere":
        return Response(_taken(said(context.texts, "invitation_elsewhere"), turn), context.session)
    reply = said(
        context.texts,
        "invitation_redeemed",
        role=context.texts(ROLES[bound.role]),
        schools=_schools(bound.schools),
    )
    if bound.role == "beheerder":
        return Response(_taken(reply, turn), context.session)
    return Response(
        _taken(_also(reply, said(context.texts, "pin_choose")), turn),
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
        return Response(
            _taken(said(context.texts, "pin_form"), turn), replace(context.session, expects=ChoosePin())
        )
    if is_weak(pin):
        return Response(
            _taken(said(context.texts, "pin_weak"), turn), replace(context.session, expects=ChoosePin())
        )
    await context.stores.people.set_pin(pin, turn.at)
    return Response(
        _taken(said(context.texts, "pin_again"), turn), replace(context.session, expects=RepeatPin())
    )


async def repeated(turn: Turn, context: Context) -> Response:
    """The text after the question to type the new PIN once more."""
    if await context.stores.people.unlock(_written(turn), turn.at) == "open":
        return Response(_taken(said(context.texts, "pin_set"), turn), replace(context.session, expects=None))
    return Response(
        _taken(said(context.texts, "pin_differs"), turn), replace(context.session, expects=ChoosePin())
    )


async def entered(turn: Turn, context: Context, expected: EnterPin) -> Response:
    """The text after the question for the PIN; the right one goes on with what was asked for."""
    result = await context.stores.people.unlock(_written(turn), turn.at)
    if result == "open":
        return Response(
            _taken(Reply(context.texts.language), turn),
            replace(context.session, expects=None),
            then=expected.then,
        )
    if result == "locked":
        return Response(
            _taken(said(context.texts, "pin_locked"), turn), replace(context.session, expects=None)
        )
    return Response(_taken(said(context.texts, "pin_wrong"), turn), context.session)


def _choose(context: Context) -> Response:
    return Response(said(context.texts, "pin_choose"), replace(context.session, expects=ChoosePin()))


def _written(turn: Turn) -> str:
    return turn.act.text.strip() if isinstance(turn.act, Said) else ""


def _taken(reply: Reply, turn: Turn) -> Reply:
    """The reply that also takes away the message with the code or PIN."""
    message = turn.act.message if isinstance(turn.act, Said) else ""
    return replace(reply, deletes=(message,)) if message else reply


def _also(first: Reply, then: Reply) -> Reply:
    return replace(first, messages=first.messages + then.messages)


def _schools(names: Sequence[str]) -> str:
    return f" ({', '.join(names)})" if names else ""
