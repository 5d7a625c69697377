"""A case as a whole: reminded later, closed, opened again, handed over, and who is involved in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from handlers.actions import (
    AskInvolved,
    CloseCase,
    HandOver,
    HandTo,
    OpenCase,
    ReopenCase,
    SaveReopened,
    SetInvolved,
    SnoozeCase,
)
from handlers.cases import case as domain
from handlers.cases.access import may
from handlers.cases.case import (
    BOARD,
    actor_of,
)
from handlers.casework import case_view
from handlers.casework.casework import (
    answer,
    changed_since,
    not_found,
    notices,
    open_case,
)
from handlers.casework.changing import (
    ask,
    back_button,
    change_case,
    say,
    single,
    telling,
    typed_text,
)
from handlers.context import Context, Response
from handlers.reply import Button, Message, Paragraph
from handlers.turn import Turn

SNOOZE = timedelta(days=7)


async def snooze(turn: Turn, context: Context, action: SnoozeCase) -> Response:
    """No reminder of this case for this person, for a week."""
    found = await open_case(turn, context, action, "remind")
    if isinstance(found, Response):
        return found
    until = turn.at + SNOOZE
    await context.stores.people.snooze(found.case.id, until)
    told = Paragraph(context.texts("case_snoozed", day=case_view.day(until, context.texts.language)))
    return answer(context, Message((told,), (back_button(found, context),)))


async def close(turn: Turn, context: Context, action: CloseCase) -> Response:
    found = await open_case(turn, context, action, "close")
    if isinstance(found, Response):
        return found
    required = [one.id for one in found.steps]
    return await change_case(
        turn,
        context,
        found,
        lambda case: single(domain.close(case, required, actor_of(turn.person), turn.at)),
    )


async def reopen(turn: Turn, context: Context, action: ReopenCase) -> Response:
    """A closed case, worked on again: why?"""
    then = SaveReopened(action.case, action.revision)
    return await ask(turn, context, action, "reopen", then, "ask_reopen_reason")


async def save_reopened(turn: Turn, context: Context, action: SaveReopened) -> Response:
    found = await open_case(turn, context, action, "reopen", ReopenCase(action.case, action.revision))
    if isinstance(found, Response):
        return found
    return await change_case(
        turn,
        context,
        found,
        lambda case: single(domain.reopen(case, typed_text(turn), actor_of(turn.person), turn.at)),
    )


async def hand_over(turn: Turn, context: Context, action: HandOver) -> Response:
    """To whom? The board, or another director of the school."""
    found = await open_case(turn, context, action, "hand_over")
    if isinstance(found, Response):
        return found
    directors = await context.stores.people.of_school(found.case.school)
    others = [
        one
        for one in directors
        if one not in (turn.person.id, found.case.keeper) and one not in found.case.involved
    ]
    buttons = (
        []
        if found.case.keeper == BOARD
        else [Button(context.texts("hand_to_board"), HandTo(action.case, action.revision, BOARD))]
    )
    buttons += [
        Button(context.texts("hand_to_director", person=one), HandTo(action.case, action.revision, one))
        for one in others
    ]
    buttons.append(Button(context.texts("case_back"), OpenCase(found.case.id)))
    return answer(context, Message((Paragraph(context.texts("hand_to_whom")),), tuple(buttons)))


async def hand_to(turn: Turn, context: Context, action: HandTo) -> Response:
    found = await open_case(turn, context, action, "hand_over")
    if isinstance(found, Response):
        return found
    to = action.to
    if to != BOARD and to not in await context.stores.people.of_school(found.case.school):
        return changed_since(found, turn, context)
    told = await notices(
        turn, context, replace(found.case, keeper=to).head, "notice_handed_over", board=to == BOARD
    )
    told = told if to == BOARD else tuple(one for one in told if one.person == to)
    return await change_case(
        turn,
        context,
        found,
        lambda case: single(domain.hand_over(case, to, actor_of(turn.person), turn.at)),
        told,
    )


async def involve(turn: Turn, context: Context, action: AskInvolved) -> Response:
    """Who is part of what happened: a director says so of themselves, the board of a director of the school.
    Asked once more before it is done.
    """
    found = await open_case(turn, context, action, "involve")
    if isinstance(found, Response):
        return found
    board = turn.person.role == "bestuur"
    whom = [turn.person.id, *(await context.stores.people.of_school(found.case.school) if board else ())]
    names = [
        context.texts("involve_me")
        if one == turn.person.id
        else context.texts("hand_to_director", person=one)
        for one in whom
    ]
    buttons = [
        Button(name, SetInvolved(action.case, action.revision, one))
        for one, name in zip(whom, names, strict=True)
        if one not in found.case.involved
    ]
    buttons.append(Button(context.texts("case_back"), OpenCase(found.case.id)))
    return answer(context, Message((Paragraph(context.texts("involve_sure")),), tuple(buttons)))


async def involved(turn: Turn, context: Context, action: SetInvolved) -> Response:
    """From this turn on the person sees nothing of the case, and what they kept is the board's."""
    found = await open_case(turn, context, action, "involve")
    if isinstance(found, Response):
        return found
    whom = action.person
    if turn.person.role != "bestuur" and whom != turn.person.id:
        return not_found(context)
    changed, event = domain.involve(found.case, whom, actor_of(turn.person), turn.at)
    if whom != turn.person.id and whom not in await context.stores.people.of_school(found.case.school):
        return changed_since(found, turn, context)
    await context.stores.cases.save(changed, event)
    told = await notices(turn, context, changed.head, "notice_handed_over", board=True)
    if may(turn.person, "read", changed.head):
        shown = case_view.show(changed, found.pack, tuple(found.schools.items()), context.texts)
        response = answer(context, case_view.overview(shown))
    else:
        response = say(context, "involved_gone")
    return telling(response, told)
