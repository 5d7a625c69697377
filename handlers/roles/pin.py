"""The PIN: chosen with the invitation, asked before a case is shown, and what becomes of wrong ones."""

from __future__ import annotations

from dataclasses import replace

from handlers.actions import Action, ChangePin, ChoosePin, EnterPin, RepeatPin
from handlers.context import Context, Response, said, without_own_message
from handlers.dates.in_words import day_in_words, time_in_words
from handlers.dates.working_days import AMSTERDAM
from handlers.people import PIN, Unlocking, is_weak
from handlers.reply import Message, Notice, Paragraph, Reply
from handlers.roles.role_names import named
from handlers.turn import Said, Turn


async def change(turn: Turn, context: Context, _: str) -> Response:
    """/pin: choose another PIN, after the old one."""
    if not turn.chat.private or turn.person.role not in ("directie", "bestuur"):
        return Response(said(context.texts, "no_cases_here"), context.session)
    return await new(turn, context)


async def new(turn: Turn, context: Context) -> Response:
    """Ask for another PIN, once the old one was given."""
    return await ask_first(turn, context, ChangePin()) or _ask(context, "pin_choose_new", ChoosePin())


async def ask_first(turn: Turn, context: Context, then: Action) -> Response | None:
    """None if the chat is open; else the question for the PIN, after which the action `then` is done."""
    people = context.stores.people
    if await people.is_open(turn.at):
        return None
    if await people.has_pin():
        if await people.is_locked(turn.at):
            return Response(said(context.texts, "pin_locked"), replace(context.session, expects=None))
        return _ask(context, "pin_ask", EnterPin(then))
    if await people.may_choose_pin(turn.at):
        return _ask(context, "pin_choose", ChoosePin(then))
    return Response(said(context.texts, "pin_too_late"), replace(context.session, expects=None))


async def chosen(turn: Turn, context: Context, expected: ChoosePin) -> Response:
    """The text after the question for a new PIN."""
    people = context.stores.people
    if not (await people.may_choose_pin(turn.at) or await people.is_open(turn.at)):
        again = await ask_first(turn, context, ChangePin())
        return _secret(turn, context, again or _ask(context, "pin_choose_new", ChoosePin()))
    pin = typed(turn)
    if not PIN.fullmatch(pin):
        return _secret(turn, context, _ask(context, "pin_form", expected))
    if is_weak(pin):
        return _secret(turn, context, _ask(context, "pin_weak", expected))
    await people.propose_pin(pin, turn.at)
    return _secret(turn, context, _ask(context, "pin_again", RepeatPin(expected.then)))


async def repeated(turn: Turn, context: Context, expected: RepeatPin) -> Response:
    """The text after the question to type the new PIN once more."""
    if not await context.stores.people.confirm_pin(typed(turn), turn.at):
        return _secret(turn, context, _ask(context, "pin_differs", ChoosePin(expected.then)))
    reply = said(context.texts, "pin_set_on" if expected.then else "pin_set")
    return _secret(turn, context, Response(reply, replace(context.session, expects=None), then=expected.then))


async def entered(turn: Turn, context: Context, expected: EnterPin) -> Response:
    """The text after the question for the PIN; the right one goes on with what was asked for."""
    if not PIN.fullmatch(typed(turn)):  # no try at all: nothing to count
        return _secret(turn, context, _ask(context, "pin_form", expected))
    result = await context.stores.people.unlock(typed(turn), turn.at)
    if result.outcome == "open":
        done = replace(context.session, expects=None)
        return _secret(turn, context, Response(_wrong_ones_told(result, context), done, then=expected.then))
    if result.outcome == "locked":
        reply = said(context.texts, "pin_locked")
        if result.just_locked and (notices := await _board_told(turn, context)):
            reply = replace(joined(reply, said(context.texts, "pin_board_told")), notices=notices)
        return _secret(turn, context, Response(reply, replace(context.session, expects=None)))
    return _secret(turn, context, _ask(context, "pin_wrong", expected, left=str(result.left)))


def typed(turn: Turn) -> str:
    """What was typed where a PIN is expected: "73 91 52." is meant as 739152."""
    text = turn.act.text if isinstance(turn.act, Said) else ""
    return "".join(text.split()).strip(".,;:!'\"")


def joined(first: Reply, then: Reply) -> Reply:
    return replace(first, messages=first.messages + then.messages)


def _ask(context: Context, text: str, expects: ChoosePin | RepeatPin | EnterPin, **values: str) -> Response:
    asked = said(context.texts, text, **values)
    hidden = tuple(replace(message, hidden=True) for message in asked.messages)
    return Response(replace(asked, messages=hidden), replace(context.session, expects=expects))


def _secret(turn: Turn, context: Context, response: Response) -> Response:
    """The response without the person's message: it held the PIN."""
    return without_own_message(turn, context, response, secret=True)


def _wrong_ones_told(result: Unlocking, context: Context) -> Reply:
    """Empty, unless somebody typed wrong PINs before this right one."""
    if not result.earlier or result.earlier_at is None:
        return Reply(context.texts.language)
    at, language = result.earlier_at.astimezone(AMSTERDAM), context.texts.language
    when = f"{day_in_words(at.date(), 'd MMMM', language)}, {time_in_words(at.time(), language)}"
    return said(context.texts, "pin_wrong_before", count=str(result.earlier), when=when)


async def _board_told(turn: Turn, context: Context) -> tuple[Notice, ...]:
    """A notice for the board that somebody's PIN was guessed at; about no case, and without a name."""
    people = context.stores.people
    names = dict(await people.schools())
    schools = [names.get(school, school) for school in turn.person.schools]
    who = named(turn.person.role, schools, context.texts)
    message = Message((Paragraph(context.texts("pin_locked_notice", who=who)),))
    return tuple(Notice(one, message) for one in await people.of_board() if one != turn.person.id)
