"""Working on a case: steps, notes, decisions and agreed days. What is typed becomes part of the
case and leaves the chat.

Where the PIN stands in the way of a text that was typed, what asked for the text is asked again after it: the
PIN must not be taken for the text.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from handlers.actions import (
    AddNote,
    AgreeDay,
    Decide,
    ReopenStep,
    SaveAgreedDay,
    SaveDecision,
    SaveNotApplicable,
    SaveNote,
    SaveStepDone,
    StepDone,
    StepDoneOn,
    StepNotApplicable,
)
from handlers.cases import case as domain
from handlers.cases.access import Access
from handlers.cases.case import (
    BOARD,
    Case,
    Decision,
    Done,
    Event,
    Filing,
    NotApplicable,
    Note,
    actor_of,
)
from handlers.cases.incident_day import incident_day
from handlers.casework.case_view import Shown
from handlers.casework.casework import (
    answer,
    changed_since,
    notices,
    open_case,
)
from handlers.casework.changing import (
    ask,
    change_case,
    expecting,
    in_words,
    say,
    single,
    typed_text,
)
from handlers.context import Context, Response
from handlers.dates.agreed_day import day_agreed
from handlers.dates.working_days import AMSTERDAM
from handlers.reply import Button, Message, Paragraph
from handlers.turn import Role, Said, Turn
from knowledge.pack.policy import COMPLETE, Step


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
    return expecting(asking, then)


async def done_on(turn: Turn, context: Context, action: StepDoneOn) -> Response:
    """The day, pressed or written; then the note."""
    again = StepDone(action.case, action.revision, action.step, action.measure) if action.on is None else None
    found = await open_case(turn, context, action, "settle", again)
    if isinstance(found, Response):
        return found
    today = turn.at.astimezone(AMSTERDAM).date()
    on = action.on
    if on is None and not isinstance(turn.act, Said):
        return expecting(say(context, "step_which_day"), action)
    if on is None and isinstance(turn.act, Said):
        from handlers.dates import moment  # its patterns take long to compile, and only a case needs them

        on = moment.read(turn.act.text, turn.at).day
    if on is None or on > today:
        return expecting(say(context, "step_which_day"), replace(action, on=None))
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
    read_back = Paragraph(context.texts("step_on_day", day=in_words(on, context)), tone="aside")
    asked = Message((read_back, Paragraph(asks)), (skip,))
    return expecting(answer(context, asked), then)


def _before_incident(context: Context, action: StepDoneOn, on: date, happened: date) -> Response:
    """A step that was done before what it answers to is asked about."""
    texts, again = context.texts, replace(action, on=None)
    said_day = in_words(on, context)
    asked = Paragraph(texts("step_before_incident", day=said_day, incident=in_words(happened, context)))
    buttons = (
        Button(texts("step_day_right", day=said_day), replace(action, on=on, sure=True)),
        Button(texts("step_other_day"), again),
    )
    return expecting(answer(context, Message((asked,), buttons)), again)


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
    note = typed_text(turn)
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

    return await change_case(turn, context, found, change)


async def not_applicable(turn: Turn, context: Context, action: StepNotApplicable) -> Response:
    """A step need not be done: why?"""
    then = SaveNotApplicable(action.case, action.revision, action.step)
    return await ask(turn, context, action, "settle", then, "ask_why_not")


async def save_not_applicable(turn: Turn, context: Context, action: SaveNotApplicable) -> Response:
    found = await open_case(
        turn, context, action, "settle", StepNotApplicable(action.case, action.revision, action.step)
    )
    if isinstance(found, Response):
        return found
    how = NotApplicable(turn.at, actor_of(turn.person), typed_text(turn))
    required = [one.id for one in found.steps]
    return await change_case(
        turn,
        context,
        found,
        lambda case: single(domain.settle_step(case, action.step, how, required)),
    )


async def reopen_step(turn: Turn, context: Context, action: ReopenStep) -> Response:
    found = await open_case(turn, context, action, "settle")
    if isinstance(found, Response):
        return found
    return await change_case(
        turn,
        context,
        found,
        lambda case: single(domain.reopen_step(case, action.step, actor_of(turn.person), turn.at)),
    )


async def note(turn: Turn, context: Context, action: AddNote) -> Response:
    """A progress note: ask for it."""
    return await ask(turn, context, action, "note", SaveNote(action.case, action.revision), "ask_note")


async def save_note(turn: Turn, context: Context, action: SaveNote) -> Response:
    found = await open_case(turn, context, action, "note", AddNote(action.case, action.revision))
    if isinstance(found, Response):
        return found
    return await change_case(
        turn,
        context,
        found,
        lambda case: single(domain.add_note(case, Note(typed_text(turn), actor_of(turn.person), turn.at))),
    )


async def decide(turn: Turn, context: Context, action: Decide) -> Response:
    """A decision of the board: ask for its reason."""
    then = SaveDecision(action.case, action.revision, action.step, action.outcome)
    return await ask(turn, context, action, _deciding(context, action.step), then, "ask_decision_reason")


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
    reason, by = typed_text(turn), actor_of(turn.person)
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
    return await change_case(turn, context, found, change, told)


async def agree(turn: Turn, context: Context, action: AgreeDay) -> Response:
    """The next date agreed on: ask for it."""
    then = SaveAgreedDay(action.case, action.revision)
    return await ask(turn, context, action, "agree", then, "agree_which_day")


async def save_agreed(turn: Turn, context: Context, action: SaveAgreedDay) -> Response:
    found = await open_case(turn, context, action, "agree", AgreeDay(action.case, action.revision))
    if isinstance(found, Response):
        return found
    today = turn.at.astimezone(AMSTERDAM).date()
    on = action.on or day_agreed(typed_text(turn), today)
    if on is None:
        return expecting(say(context, "agree_which_day"), action)
    return await change_case(
        turn,
        context,
        found,
        lambda case: single(domain.agree(case, on, actor_of(turn.person), turn.at)),
    )


def _deciding(context: Context, step_id: str) -> Access:
    """What it takes to decide in this step: only the board, unless the policy leaves it to a director."""
    policy = context.matcher.pack.policy
    step = policy.steps.get(step_id)
    decision = policy.decisions.get(step.decides) if step else None
    return "settle" if decision and decision.by != BOARD else "decide"


def _step(found: Shown, step_id: str) -> Step | None:
    """The required step with this id, while the case still requires it."""
    return next((one for one in found.steps if one.id == step_id), None)
