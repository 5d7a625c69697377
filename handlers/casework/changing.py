"""Changing a case: a text is asked for, looked at, stored with the case and taken out of the chat; or it is
said why not. Every change of `progress.py` and `keeping.py` goes through here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from hashlib import sha256

from handlers.actions import (
    CaseAction,
    ExpectedText,
    OpenCase,
    SaveAgreedDay,
    SaveNote,
    SaveStepDone,
)
from handlers.cases.access import Access, may
from handlers.cases.case import (
    Case,
    CaseError,
    Changed,
    Event,
    NotFiledError,
    OpenStepsError,
    ReasonMissingError,
)
from handlers.cases.case_steps import given
from handlers.cases.judged import judged_by
from handlers.casework import case_view
from handlers.casework.case_view import Shown
from handlers.casework.casework import (
    answer,
    changed_since,
    open_case,
)
from handlers.context import Context, Response, said, without_own_message
from handlers.dates.in_words import day_in_words
from handlers.dates.only_day import only_day
from handlers.dates.working_days import AMSTERDAM
from handlers.flow_interpreter import live
from handlers.privacy.personal_data import looks_personal
from handlers.reply import Button, Message, Notice, Paragraph
from handlers.turn import Said, Turn

NOTE_MAX = 4000


async def ask(
    turn: Turn, context: Context, action: CaseAction, access: Access, then: ExpectedText, asks: str
) -> Response:
    """Ask for a text that `then` takes; `asks` names the question."""
    found = await open_case(turn, context, action, access)
    if isinstance(found, Response):
        return found
    asking = answer(
        context,
        Message(
            (Paragraph(context.texts(asks)),),
            (Button(context.texts("case_back"), OpenCase(found.case.id)),),
        ),
    )
    return expecting(asking, then)


async def change_case(
    turn: Turn,
    context: Context,
    found: Shown,
    change: Callable[[Case], tuple[Case, list[Event]]],
    told: tuple[Notice, ...] = (),
) -> Response:
    """Make a change and keep it; show the case as it is then, or say why it cannot be. Only what is kept is
    `told` to others.
    """
    typed = typed_text(turn)
    if len(typed) > NOTE_MAX:
        return expecting(say(context, "text_too_long"), context.session.expects)
    expects = context.session.expects
    if (
        expects
        and typed
        and context.session.refused != _digest(typed)
        and looks_personal(typed, list(found.schools.values()))
    ):
        return expecting(say(context, "text_personal"), expects, _digest(typed))
    if expects and typed and context.session.refused != _digest(typed):
        day = None if isinstance(expects, SaveAgreedDay) else only_day(typed, turn.at)
        if day:
            return _only_a_day(turn, context, expects, day)
    try:
        changed, events = change(found.case)
    except OpenStepsError as error:
        titles = ", ".join(found.title(step) for step in error.steps)
        return answer(
            context,
            Message(
                (Paragraph(context.texts("close_open_steps", steps=titles)),), (back_button(found, context),)
            ),
        )
    except NotFiledError:
        return answer(
            context, Message((Paragraph(context.texts("close_not_filed")),), (back_button(found, context),))
        )
    except ReasonMissingError:
        return expecting(say(context, "reason_missing"), context.session.expects)
    except CaseError:
        return changed_since(found, turn, context)
    changed = _judged(found, changed)
    await context.stores.cases.save(changed, *events)
    if not may(turn.person, "read", changed.head):
        return telling(without_own_message(turn, context, say(context, "case_passed_on")), told)
    shown = case_view.show(changed, found.pack, tuple(found.schools.items()), context.texts)
    kept = Message((Paragraph(context.texts("case_kept")),))
    return telling(
        without_own_message(turn, context, answer(context, kept, case_view.overview(shown))),
        told,
    )


def _only_a_day(turn: Turn, context: Context, expects: ExpectedText, day: date) -> Response:
    """A note or reason that names a day and nothing else: read back, and asked about."""
    texts, typed = context.texts, typed_text(turn)
    buttons: list[Button] = []
    if isinstance(expects, SaveNote) and day >= turn.at.astimezone(AMSTERDAM).date():
        agreed = SaveAgreedDay(expects.case, expects.revision, day)
        buttons.append(Button(texts("note_is_agreement", day=in_words(day, context)), agreed))
    if isinstance(expects, SaveStepDone):
        buttons.append(Button(texts("step_no_note"), expects))
    asked = Paragraph(texts("note_only_day", day=in_words(day, context)))
    return expecting(answer(context, Message((asked,), tuple(buttons))), expects, _digest(typed))


def in_words(day: date, context: Context) -> str:
    return day_in_words(day, "EEEE d MMMM y", context.texts.language)


def telling(response: Response, told: tuple[Notice, ...]) -> Response:
    return replace(response, reply=replace(response.reply, notices=told))


def _judged(found: Shown, case: Case) -> Case:
    """The case with what it is judged by, also where it was sent in before that was kept."""
    if case.judged:
        return case
    return replace(case, judged=judged_by(found.pack, given(live(found.flow, case.answers))))


def _digest(text: str) -> str:
    """What tells the same text sent twice, without keeping it."""
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def typed_text(turn: Turn) -> str:
    return turn.act.text.strip() if isinstance(turn.act, Said) else ""


def single(changed: Changed) -> tuple[Case, list[Event]]:
    """A change with its one event, as `change_case` takes them."""
    return changed[0], [changed[1]]


def say(context: Context, text: str) -> Response:
    return Response(said(context.texts, text), replace(context.session, expects=None, refused=""))


def back_button(found: Shown, context: Context) -> Button:
    return Button(context.texts("case_back"), OpenCase(found.case.id))


def expecting(response: Response, expects: ExpectedText | None, refused: str = "") -> Response:
    return replace(response, session=replace(response.session, expects=expects, refused=refused))
