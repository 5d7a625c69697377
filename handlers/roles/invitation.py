"""Invitations: a code makes somebody a director or a member of the board, who then chooses a PIN."""

from __future__ import annotations

from dataclasses import replace

from handlers.actions import ChoosePin
from handlers.context import Context, Response, said, without_own_message
from handlers.people import ROLE_NAMES, Bound
from handlers.reply import Reply
from handlers.roles import pin
from handlers.roles.role_names import named
from handlers.texts import Texts
from handlers.turn import Turn


async def redeem(turn: Turn, context: Context, code: str) -> Response:
    """Use a code: say what the person has now, and let who has no PIN choose one."""
    if not turn.chat.private:
        return _answer(turn, context, said(context.texts, "invitation_private"))
    bound = await context.stores.people.redeem(code, turn.at)
    if bound is None:
        return _answer(turn, context, said(context.texts, "invitation_refused"))
    if bound == "elsewhere":
        return _answer(turn, context, said(context.texts, "invitation_elsewhere"))
    reply = _what_they_have(bound, context.texts)
    if bound.role == "beheerder":
        return _answer(turn, context, reply)
    if await context.stores.people.may_choose_pin(turn.at):
        reply = pin.joined(reply, said(context.texts, "pin_choose"))
        context = replace(context, session=replace(context.session, expects=ChoosePin()))
    elif not bound.again:
        reply = pin.joined(reply, said(context.texts, "pin_stays"))
    return _answer(turn, context, reply)


def _what_they_have(bound: Bound, texts: Texts) -> Reply:
    now = named(bound.role, bound.schools, texts)
    if bound.again:
        return said(texts, "invitation_again", role=now)
    if bound.before is None:
        return said(texts, "invitation_redeemed", role=now)
    if bound.before != bound.role:
        return said(texts, "invitation_other_role", role=now, before=texts(ROLE_NAMES[bound.before]))
    if bound.added:
        return said(texts, "invitation_added", role=now, added=", ".join(bound.added))
    return said(texts, "invitation_nothing_new", role=now)


def _answer(turn: Turn, context: Context, reply: Reply) -> Response:
    return without_own_message(turn, context, Response(reply, context.session), secret=True)
