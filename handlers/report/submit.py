"""The end of the talk: the review, sending in what was seen there, and giving it to the board where the
reporter is involved.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from handlers.actions import ReportStep
from handlers.cases import access
from handlers.cases import case as cases
from handlers.cases.case import Case, actor_of
from handlers.cases.case_steps import given
from handlers.cases.judged import judged_by
from handlers.context import Context, Response
from handlers.dates.agreed_day import day_agreed
from handlers.dates.working_days import AMSTERDAM
from handlers.flow_interpreter import Written, live
from handlers.reply import Block, Heading, Message, Notice, Paragraph, Reply
from handlers.report.prompts import Told, follows, review
from handlers.roles import pin
from handlers.safety.care import after_report
from handlers.turn import Turn
from knowledge.pack.contract import AGREED_ON
from knowledge.pack.flow import Outcome


async def show_review(turn: Turn, context: Context, told: Told, *first: Block) -> Response:
    """All answers, once the PIN was given."""
    if asked := await pin.ask_first(turn, context, ReportStep(told.case.id, told.case.revision, "review")):
        return asked
    return Response(
        Reply(told.texts.language, (review(told, first),)), replace(context.session, case=told.case.id)
    )


async def submit(turn: Turn, context: Context, told: Told) -> Response:
    """Send in the answers as they were seen: the button's revision is the case's, or this is not reached."""
    if told.step is not None:
        return await show_review(turn, context, told)
    number = await context.stores.cases.next_number(turn.at.astimezone(AMSTERDAM).year)
    case, event = cases.submit(told.case, number, told.case.revision, actor_of(turn.person), turn.at)
    judged = judged_by(context.matcher.pack, given(live(told.flow, case.answers)))
    case = replace(case, agreed=_agreed(case, turn), judged=judged)
    await context.stores.cases.save(case, event)
    texts, pack = context.texts, context.matcher.pack
    notices = await _notices(context, case)
    what_i_do = texts(
        "report_what_i_do" if notices or turn.person.role == "bestuur" else "report_what_i_do_alone",
        number=number,
    )
    first = Message((Heading(texts("report_sent_title", number=number)), Paragraph(texts("report_sent"))))
    steps = Message(
        (Heading(texts("report_follows")), *follows(case, told.flow, pack, texts), Paragraph(what_i_do))
    )
    care = after_report(case, pack, texts, turn.at)
    reply = Reply(texts.language, (first, *care, steps), notices=notices)
    return Response(reply, replace(context.session, case=None))


async def to_board(turn: Turn, context: Context, told: Told, outcome: Outcome) -> Response:
    """The report as far as it is told goes to the board, and out of sight of its reporter, in the same
    moment.
    """
    actor = actor_of(turn.person)
    number = await context.stores.cases.next_number(turn.at.astimezone(AMSTERDAM).year)
    case, sent = cases.submit(told.case, number, told.case.revision, actor, turn.at)
    case, involved = cases.involve(case, turn.person.id, actor, turn.at)
    await context.stores.cases.save(case, sent, involved)
    texts = context.texts
    notices = await _notices(context, case)
    blocks = [Paragraph(outcome.says[texts.language]), Paragraph(texts("report_board_number", number=number))]
    if not notices:
        blocks.append(Paragraph(texts("report_no_board")))
    reply = Reply(texts.language, (Message(tuple(blocks)),), notices=notices)
    return Response(reply, replace(context.session, case=None))


async def not_open(turn: Turn, context: Context, case_id: str) -> Response:
    """The reply to a button of a report that is no draft any more. Only who may see the case hears its
    number.
    """
    session = context.session if context.session.case != case_id else replace(context.session, case=None)
    head = await context.stores.cases.head(case_id)
    if head and head.number and access.may(turn.person, "list", head):
        text = context.texts("report_sent_before", number=head.number)
    else:
        text = context.texts("old_button")
    return Response(Reply(context.texts.language, (Message((Paragraph(text),)),)), session)


async def _notices(context: Context, case: Case) -> tuple[Notice, ...]:
    """One for everybody of the board but who told it or is part of it; without content."""
    message = Message((Paragraph(context.texts("report_notice", number=case.number)),))
    board = await context.stores.people.of_board()
    return tuple(
        Notice(person, message) for person in board if person != case.reporter and person not in case.involved
    )


def _agreed(case: Case, turn: Turn) -> date | None:
    day = case.answers.get(AGREED_ON)
    return day_agreed(day.text, turn.at.astimezone(AMSTERDAM).date()) if isinstance(day, Written) else None
