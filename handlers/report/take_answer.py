"""Taking an answer: whether it is one, whether it may be kept as it is, and what comes after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers.cases import access
from handlers.cases import case as cases
from handlers.cases.case import Case
from handlers.context import Context, Response, without_own_message
from handlers.dates.agreed_day import day_agreed
from handlers.dates.in_words import day_in_words
from handlers.dates.only_day import only_day
from handlers.dates.working_days import AMSTERDAM
from handlers.flow_interpreter import Answer, Chosen, Unknown, Written, WrongAnswerError, answer, walk
from handlers.reply import Block, Message, Paragraph, Reply
from handlers.report import submit
from handlers.report.held_text import findings, held_back, text_removed
from handlers.report.prompts import Told, moment_unsure, question
from handlers.turn import Turn
from knowledge.intake.choice_answer import says_unknown
from knowledge.pack.contract import AGREED_ON, NEXT
from knowledge.pack.flow import Flow


async def open_report(turn: Turn, context: Context, case_id: str) -> Told | None:
    """The draft with this id, opened after the gate; None where it is none, or not this person's."""
    head = await context.stores.cases.head(case_id)
    if head is None or not access.may(turn.person, "continue", head):
        if head:
            await context.stores.cases.refused("continue", head.id)
        return None
    case = await context.stores.cases.load(head)
    return await told_now(turn, context, case, context.matcher.pack.flow(case.flow, case.flow_version))


async def asks_for_moment(turn: Turn, context: Context) -> bool:
    """Whether the open question of the report under way is about a day or a time."""
    told = await open_report(turn, context, context.session.case) if context.session.case else None
    return bool(told and told.step and (told.step.kind == "when" or told.step.id == AGREED_ON))


async def told_now(turn: Turn, context: Context, case: Case, flow: Flow) -> Told:
    """A draft with the schools that the person reports for: those that are not closed."""
    known = await context.stores.people.schools(open_only=True)
    mine = {
        school: name
        for school, name in known
        if turn.person.role == "bestuur" or school in turn.person.schools
    }
    if case.school and case.school not in mine:  # it was closed after the report was begun
        names = dict(await context.stores.people.schools())
        mine[case.school] = names.get(case.school, case.school)
    return Told(case, flow, mine, context.texts)


async def kept(context: Context, told: Told, case: Case, *events: cases.Event) -> Told:
    """The draft changed, and saved so."""
    await context.stores.cases.save(case, *events)
    return replace(told, case=case)


async def take_text(turn: Turn, context: Context, told: Told, text: str) -> Response:
    """A text of the person's to the open step; one that looks like somebody's data, or a time that is unsure,
    is held back.
    """
    step = told.step
    if step and step.kind == "when":
        return await _take_when(turn, context, told, text)
    if step and not step.required and says_unknown(text, context.texts.language):
        return await take(turn, context, told, Unknown())
    if step and step.kind == "text" and (asked := await _implausible(turn, context, told, text)):
        return asked
    text = _with_day(text, turn, context) if step and step.id == AGREED_ON else text
    if found := findings(told, text):
        told = await kept(context, told, cases.waiting(told.case, turn.at, held=text))
        return without_own_message(turn, context, reply(context, told, held_back(told, text, found)))
    return await take(turn, context, told, Written(text))


async def take(
    turn: Turn, context: Context, told: Told, given: Answer, first: Sequence[Block] = ()
) -> Response:
    """An answer to the open step, kept; then, after `first`, the next question, the review or the board."""
    step = told.step
    try:
        run = answer(told.flow, told.case.run, given)
    except WrongAnswerError:
        return reply(context, told, question(told, (Paragraph(context.texts("report_wrong_answer")),)))
    removed = text_removed(told)
    case = cases.continued(told.case, run, turn.at)
    if step and step.kind == "school":
        case = replace(case, school=given.options[0] if isinstance(given, Chosen) else "")
    path = walk(told.flow, case.answers)
    if path.outcome:
        return without_own_message(
            turn, context, await submit.to_board(turn, context, replace(told, case=case), path.outcome)
        )
    told = await kept(context, told, case)
    if told.step is None:
        context = replace(context, session=replace(context.session, case=case.id))
        shown = await submit.show_review(turn, context, told, *first)
        shown = replace(shown, reply=replace(shown.reply, messages=(*removed, *shown.reply.messages)))
        return without_own_message(turn, context, shown)
    return without_own_message(turn, context, reply(context, told, *removed, question(told, first)))


def reply(context: Context, told: Told, *messages: Message) -> Response:
    """What is said in a report under way."""
    return Response(Reply(told.texts.language, messages), replace(context.session, case=told.case.id))


async def _implausible(turn: Turn, context: Context, told: Told, text: str) -> Response | None:
    """A day where words are asked for, and an agreement that would be in the past, are asked about."""
    step, texts = told.step, context.texts
    day = only_day(text, turn.at)
    if step is None or day is None:
        return None
    named = day_in_words(day, "EEEE d MMMM y", texts.language)
    today = turn.at.astimezone(AMSTERDAM).date()
    if step.id == AGREED_ON:
        if day >= today:
            return None
        told = await kept(context, told, cases.waiting(told.case, turn.at, held=text))
        asked = question(told, (Paragraph(texts("report_day_past", day=named)),))
        return reply(
            context, told, replace(asked, buttons=(told.button("report_keep", "keep"), *asked.buttons))
        )
    if step.id == NEXT and day >= today:
        answers = {**told.case.answers, AGREED_ON: Written(f"{named} ({text})")}
        run = replace(told.case.run, answers=answers, revision=told.case.revision + 1)
        told = await kept(context, told, cases.continued(told.case, run, turn.at))
        return reply(context, told, question(told, (Paragraph(texts("report_agreed_on", day=named)),)))
    return reply(context, told, question(told, (Paragraph(texts("report_only_day", day=named)),)))


def _with_day(text: str, turn: Turn, context: Context) -> str:
    """An agreed day with its date before it: "volgende week dinsdag" says nothing to who reads it in a
    month.
    """
    day = day_agreed(text, turn.at.astimezone(AMSTERDAM).date())
    named = day_in_words(day, "EEEE d MMMM y", context.texts.language) if day else ""
    return f"{named} ({text})" if named and named not in text else text


async def _take_when(turn: Turn, context: Context, told: Told, text: str) -> Response:
    from handlers.dates import moment  # its patterns take long to compile, and only a report needs them

    when = moment.read(text, turn.at)
    if when.doubt == "unknown":
        return await take(turn, context, told, Unknown())
    described = moment.describe(when, context.texts.language)
    whole = text if described == text else f"{described} ({text})"
    if when.certain:
        return await take(turn, context, told, Written(whole))
    told = await kept(context, told, cases.waiting(told.case, turn.at, held=whole))
    return without_own_message(
        turn,
        context,
        reply(context, told, moment_unsure(told, when.doubt or "", described if when.day else "")),
    )
