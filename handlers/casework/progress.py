"""Working on a case: steps, notes, decisions, dates, handing over, closing. What is typed becomes part of the
case and leaves the chat.

Where the PIN stands in the way of a text that was typed, what asked for the text is asked again after it: the
PIN must not be taken for the text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

from handlers.actions import (
    AddNote,
    AgreeDay,
    AskInvolved,
    CaseAction,
    CloseCase,
    Decide,
    ExpectedText,
    HandOver,
    HandTo,
    OpenCase,
    ReopenCase,
    ReopenStep,
    SaveAgreedDay,
    SaveDecision,
    SaveNotApplicable,
    SaveNote,
    SaveReopened,
    SaveStepDone,
    SetInvolved,
    SnoozeCase,
    StepDone,
    StepDoneOn,
    StepNotApplicable,
)
from handlers.cases import case as domain
from handlers.cases.access import Access, may
from handlers.cases.case import (
    BOARD,
    Case,
    CaseError,
    Changed,
    Decision,
    Done,
    Event,
    Filing,
    NotApplicable,
    Note,
    NotFiledError,
    OpenStepsError,
    ReasonMissingError,
    actor_of,
)
from handlers.cases.case_steps import given
from handlers.cases.incident_day import incident_day
from handlers.cases.judged import judged_by
from handlers.casework import case_view
from handlers.casework.case_view import Shown
from handlers.casework.casework import (
    answer,
    changed_since,
    not_found,
    notices,
    open_case,
)
from handlers.context import Context, Response, said, without_own_message
from handlers.dates.agreed_day import day_agreed
from handlers.dates.in_words import day_in_words
from handlers.dates.only_day import only_day
from handlers.dates.working_days import AMSTERDAM
from handlers.flow_interpreter import live
from handlers.privacy.personal_data import looks_personal
from handlers.reply import Button, Message, Notice, Paragraph
from handlers.turn import Role, Said, Turn
from knowledge.pack.policy import COMPLETE, Step

NOTE_MAX = 4000
SNOOZE = timedelta(days=7)


async def done(turn: Turn, context: Context, action: StepDone) -> Response:
    """A step was done: on which day?"""
    found = await open_case(turn, context, action, "settle")
    if isinstance(found, Response):
        return found
    step = _step(found, action.step)
    if step is None or step.decides or (action.measure and action.measure not in step.measures):
        return changed_since(found, turn, context)
    today = turn.at.astimezone(AMSTERDAM).date()
    days = ((context.texts("day_today"), today), (context.texts("day_yesterday"), today - timedelta(days=1)))
    then = StepDoneOn(action.case, action.revision, action.step, action.measure)
    buttons = tuple(Button(label, replace(then, on=on)) for label, on in days)
    asking = answer(context, Message((Paragraph(context.texts("step_when")),), buttons))
    return _expecting(asking, then)


async def done_on(turn: Turn, context: Context, action: StepDoneOn) -> Response:
    """The day, pressed or written; then the note."""
    again = StepDone(action.case, action.revision, action.step, action.measure) if action.on is None else None
    found = await open_case(turn, context, action, "settle", again)
    if isinstance(found, Response):
        return found
    today = turn.at.astimezone(AMSTERDAM).date()
    on = action.on
    if on is None and not isinstance(turn.act, Said):
        return _expecting(_say(context, "step_which_day"), action)
    if on is None and isinstance(turn.act, Said):
        from handlers.dates import moment  # its patterns take long to compile, and only a case needs them

        on = moment.read(turn.act.text, turn.at).day
    if on is None or on > today:
        return _expecting(_say(context, "step_which_day"), replace(action, on=None))
    happened = incident_day(found.case)
    if happened and on < happened and not action.sure:
        return _before_incident(context, action, on, happened)
    step = _step(found, action.step)
    if step is None:
        return changed_since(found, turn, context)
    then = SaveStepDone(action.case, action.revision, action.step, action.measure, on)
    record = found.policy.record_of(step.about) if step.about else None
    asks = record.ask_note[context.texts.language] if record else context.texts("step_note")
    skip = Button(context.texts("step_no_note"), then)
    read_back = Paragraph(context.texts("step_on_day", day=_in_words(on, context)), tone="aside")
    asked = Message((read_back, Paragraph(asks)), (skip,))
    return _expecting(answer(context, asked), then)


def _before_incident(context: Context, action: StepDoneOn, on: date, happened: date) -> Response:
    """A step that was done before what it answers to is asked about."""
    texts, again = context.texts, replace(action, on=None)
    said_day = _in_words(on, context)
    asked = Paragraph(texts("step_before_incident", day=said_day, incident=_in_words(happened, context)))
    buttons = (
        Button(texts("step_day_right", day=said_day), replace(action, on=on, sure=True)),
        Button(texts("step_other_day"), again),
    )
    return _expecting(answer(context, Message((asked,), buttons)), again)


async def save_done(turn: Turn, context: Context, action: SaveStepDone) -> Response:
    """Keep a step as done, with the note that was written or without. A record that was made counts as
    filed.
    """
    again = StepDoneOn(action.case, action.revision, action.step, action.measure, action.on)
    found = await open_case(turn, context, action, "settle", again)
    if isinstance(found, Response):
        return found
    step = _step(found, action.step)
    if step is None:
        return changed_since(found, turn, context)
    note = _typed(turn)
    by, required = actor_of(turn.person), [one.id for one in found.steps]

    def change(case: Case) -> tuple[Case, list[Event]]:
        how = Done(turn.at, by, action.on, note, action.measure)
        changed, event = domain.settle_step(case, step.id, how, required, step.measures)
        if record := step.files:
            filed, filing = domain.file(
                changed, Filing(record, by, turn.at, note if record == COMPLETE else "")
            )
            return filed, [event, filing]
        return changed, [event]

    return await _changing(turn, context, found, change)


async def not_applicable(turn: Turn, context: Context, action: StepNotApplicable) -> Response:
    """A step need not be done: why?"""
    then = SaveNotApplicable(action.case, action.revision, action.step)
    return await _ask(turn, context, action, "settle", then, "ask_why_not")


async def save_not_applicable(turn: Turn, context: Context, action: SaveNotApplicable) -> Response:
    found = await open_case(
        turn, context, action, "settle", StepNotApplicable(action.case, action.revision, action.step)
    )
    if isinstance(found, Response):
        return found
    how = NotApplicable(turn.at, actor_of(turn.person), _typed(turn))
    required = [one.id for one in found.steps]
    return await _changing(
        turn, context, found, lambda case: _one(domain.settle_step(case, action.step, how, required))
    )


async def reopen_step(turn: Turn, context: Context, action: ReopenStep) -> Response:
    found = await open_case(turn, context, action, "settle")
    if isinstance(found, Response):
        return found
    return await _changing(
        turn,
        context,
        found,
        lambda case: _one(domain.reopen_step(case, action.step, actor_of(turn.person), turn.at)),
    )


async def note(turn: Turn, context: Context, action: AddNote) -> Response:
    """A progress note: ask for it."""
    return await _ask(turn, context, action, "note", SaveNote(action.case, action.revision), "ask_note")


async def save_note(turn: Turn, context: Context, action: SaveNote) -> Response:
    found = await open_case(turn, context, action, "note", AddNote(action.case, action.revision))
    if isinstance(found, Response):
        return found
    return await _changing(
        turn,
        context,
        found,
        lambda case: _one(domain.add_note(case, Note(_typed(turn), actor_of(turn.person), turn.at))),
    )


async def decide(turn: Turn, context: Context, action: Decide) -> Response:
    """A decision of the board: ask for its reason."""
    then = SaveDecision(action.case, action.revision, action.step, action.outcome)
    return await _ask(turn, context, action, _deciding(context, action.step), then, "ask_decision_reason")


async def save_decision(turn: Turn, context: Context, action: SaveDecision) -> Response:
    """Keep the decision and its reason, and tell the school's directors that there is one, without what it
    is.
    """
    found = await open_case(
        turn,
        context,
        action,
        _deciding(context, action.step),
        Decide(action.case, action.revision, action.step, action.outcome),
    )
    if isinstance(found, Response):
        return found
    step = _step(found, action.step)
    decision = found.policy.decisions.get(step.decides) if step else None
    if step is None or decision is None or action.outcome not in decision.outcomes:
        return changed_since(found, turn, context)
    deciders: tuple[Role, ...] = (BOARD,) if decision.by == BOARD else (BOARD, decision.by)
    reason, by = _typed(turn), actor_of(turn.person)
    required = [one.id for one in found.steps]

    def change(case: Case) -> tuple[Case, list[Event]]:
        decided, event = domain.decide(
            case, Decision(step.decides, action.outcome, reason, by, turn.at), deciders
        )
        settled, second = domain.settle_step(
            decided, step.id, Done(turn.at, by, turn.at.astimezone(AMSTERDAM).date()), required
        )
        return settled, [event, second]

    told = await notices(turn, context, found.case.head, "notice_decision", board=False)
    return await _changing(turn, context, found, change, told)


async def agree(turn: Turn, context: Context, action: AgreeDay) -> Response:
    """The next date agreed on: ask for it."""
    then = SaveAgreedDay(action.case, action.revision)
    return await _ask(turn, context, action, "agree", then, "agree_which_day")


async def save_agreed(turn: Turn, context: Context, action: SaveAgreedDay) -> Response:
    found = await open_case(turn, context, action, "agree", AgreeDay(action.case, action.revision))
    if isinstance(found, Response):
        return found
    today = turn.at.astimezone(AMSTERDAM).date()
    on = action.on or day_agreed(_typed(turn), today)
    if on is None:
        return _expecting(_say(context, "agree_which_day"), action)
    return await _changing(
        turn, context, found, lambda case: _one(domain.agree(case, on, actor_of(turn.person), turn.at))
    )


async def snooze(turn: Turn, context: Context, action: SnoozeCase) -> Response:
    """No reminder of this case for this person, for a week."""
    found = await open_case(turn, context, action, "remind")
    if isinstance(found, Response):
        return found
    until = turn.at + SNOOZE
    await context.stores.people.snooze(found.case.id, until)
    told = Paragraph(context.texts("case_snoozed", day=case_view.day(until, context.texts.language)))
    return answer(context, Message((told,), (_back(found, context),)))


async def close(turn: Turn, context: Context, action: CloseCase) -> Response:
    found = await open_case(turn, context, action, "close")
    if isinstance(found, Response):
        return found
    required = [one.id for one in found.steps]
    return await _changing(
        turn, context, found, lambda case: _one(domain.close(case, required, actor_of(turn.person), turn.at))
    )


async def reopen(turn: Turn, context: Context, action: ReopenCase) -> Response:
    """A closed case, worked on again: why?"""
    then = SaveReopened(action.case, action.revision)
    return await _ask(turn, context, action, "reopen", then, "ask_reopen_reason")


async def save_reopened(turn: Turn, context: Context, action: SaveReopened) -> Response:
    found = await open_case(turn, context, action, "reopen", ReopenCase(action.case, action.revision))
    if isinstance(found, Response):
        return found
    return await _changing(
        turn,
        context,
        found,
        lambda case: _one(domain.reopen(case, _typed(turn), actor_of(turn.person), turn.at)),
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
    return await _changing(
        turn,
        context,
        found,
        lambda case: _one(domain.hand_over(case, to, actor_of(turn.person), turn.at)),
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
        response = _say(context, "involved_gone")
    return _telling(response, told)


async def _ask(
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
    return _expecting(asking, then)


async def _changing(
    turn: Turn,
    context: Context,
    found: Shown,
    change: Callable[[Case], tuple[Case, list[Event]]],
    told: tuple[Notice, ...] = (),
) -> Response:
    """Make a change and keep it; show the case as it is then, or say why it cannot be. Only what is kept is
    `told` to others.
    """
    typed = _typed(turn)
    if len(typed) > NOTE_MAX:
        return _expecting(_say(context, "text_too_long"), context.session.expects)
    expects = context.session.expects
    if (
        expects
        and typed
        and context.session.refused != _digest(typed)
        and looks_personal(typed, list(found.schools.values()))
    ):
        return _expecting(_say(context, "text_personal"), expects, _digest(typed))
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
            Message((Paragraph(context.texts("close_open_steps", steps=titles)),), (_back(found, context),)),
        )
    except NotFiledError:
        return answer(
            context, Message((Paragraph(context.texts("close_not_filed")),), (_back(found, context),))
        )
    except ReasonMissingError:
        return _expecting(_say(context, "reason_missing"), context.session.expects)
    except CaseError:
        return changed_since(found, turn, context)
    changed = _judged(found, changed)
    await context.stores.cases.save(changed, *events)
    if not may(turn.person, "read", changed.head):
        return _telling(without_own_message(turn, context, _say(context, "case_passed_on")), told)
    shown = case_view.show(changed, found.pack, tuple(found.schools.items()), context.texts)
    kept = Message((Paragraph(context.texts("case_kept")),))
    return _telling(
        without_own_message(turn, context, answer(context, kept, case_view.overview(shown))),
        told,
    )


def _only_a_day(turn: Turn, context: Context, expects: ExpectedText, day: date) -> Response:
    """A note or reason that names a day and nothing else: read back, and asked about."""
    texts, typed = context.texts, _typed(turn)
    buttons: list[Button] = []
    if isinstance(expects, SaveNote) and day >= turn.at.astimezone(AMSTERDAM).date():
        agreed = SaveAgreedDay(expects.case, expects.revision, day)
        buttons.append(Button(texts("note_is_agreement", day=_in_words(day, context)), agreed))
    if isinstance(expects, SaveStepDone):
        buttons.append(Button(texts("step_no_note"), expects))
    asked = Paragraph(texts("note_only_day", day=_in_words(day, context)))
    return _expecting(answer(context, Message((asked,), tuple(buttons))), expects, _digest(typed))


def _in_words(day: date, context: Context) -> str:
    return day_in_words(day, "EEEE d MMMM y", context.texts.language)


def _telling(response: Response, told: tuple[Notice, ...]) -> Response:
    return replace(response, reply=replace(response.reply, notices=told))


def _judged(found: Shown, case: Case) -> Case:
    """The case with what it is judged by, also where it was sent in before that was kept."""
    if case.judged:
        return case
    return replace(case, judged=judged_by(found.pack, given(live(found.flow, case.answers))))


def _deciding(context: Context, step_id: str) -> Access:
    """What it takes to decide in this step: only the board, unless the policy leaves it to a director."""
    policy = context.matcher.pack.policy
    step = policy.steps.get(step_id)
    decision = policy.decisions.get(step.decides) if step else None
    return "settle" if decision and decision.by != BOARD else "decide"


def _step(found: Shown, step_id: str) -> Step | None:
    """The required step with this id, while the case still requires it."""
    return next((one for one in found.steps if one.id == step_id), None)


def _digest(text: str) -> str:
    """What tells the same text sent twice, without keeping it."""
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _typed(turn: Turn) -> str:
    return turn.act.text.strip() if isinstance(turn.act, Said) else ""


def _one(changed: Changed) -> tuple[Case, list[Event]]:
    return changed[0], [changed[1]]


def _say(context: Context, text: str) -> Response:
    return Response(said(context.texts, text), replace(context.session, expects=None, refused=""))


def _back(found: Shown, context: Context) -> Button:
    return Button(context.texts("case_back"), OpenCase(found.case.id))


def _expecting(response: Response, expects: ExpectedText | None, refused: str = "") -> Response:
    return replace(response, session=replace(response.session, expects=expects, refused=refused))
