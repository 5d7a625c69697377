"""Beginning a report, and going on with one that was begun: who may, and who hears whom to go to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from handlers.actions import BeginReport, PostponeReport, ResumeReport, StartReport
from handlers.cases import case as cases
from handlers.cases.case import CaseHead
from handlers.context import Context, Response
from handlers.dates.in_words import day_in_words
from handlers.dates.working_days import AMSTERDAM
from handlers.flow_interpreter import Chosen, Unknown
from handlers.quoting import quotation
from handlers.reply import Block, Button, Message, Paragraph, Reply
from handlers.report import submit
from handlers.report.prompts import Told, question
from handlers.report.story_prompt import open_message
from handlers.report.take_answer import kept, open_report, reply, told_now
from handlers.roles import pin
from handlers.session import Asked
from handlers.turn import Role, Turn
from knowledge.language.words import Language
from knowledge.pack.contract import BOARD, DIRECTOR, REPORT, SCHOOL
from knowledge.talk.situations import REPORTING

BEGIN = BeginReport()
REPORTERS: tuple[Role, ...] = ("directie", "bestuur")
ASLEEP = timedelta(hours=8)
"""After so long without a word the next message is no longer taken for the answer to a question that may be
out of sight.
"""


async def start(turn: Turn, context: Context) -> Response:
    """/melden: what it is about and a button to begin, for who may report; for others whom to go to."""
    texts = context.texts
    if not context.matcher.pack.reports:
        return Response(_no_report(context), context.session)
    if turn.person.role not in REPORTERS:
        # what is said after it is about telling the director, not about the question before
        asked = context.session.asked
        words = asked.question if asked and asked.at == turn.at else ""
        recording = context.matcher.pack.talk.recording
        after = Asked(words, turn.at, recording, situation=REPORTING)
        return Response(for_others(context), replace(context.session, asked=after))
    if not turn.chat.private:
        link = (
            (Button(texts("report_private_link"), None, turn.chat.private_link),)
            if turn.chat.private_link
            else ()
        )
        return Response(
            Reply(texts.language, (Message((Paragraph(texts("report_private")),), link),)), context.session
        )
    if context.session.case and (told := await open_report(turn, context, context.session.case)):
        return reply(context, told, await open_step(turn, context, told))
    drafts = await context.stores.cases.drafts(turn.person.id)
    first = context.matcher.pack.flow(REPORT).steps[0]
    blocks: list[Block] = [Paragraph(first.ask[texts.language])]
    if first.aside:
        blocks.append(Paragraph(first.aside[texts.language], tone="aside"))
    blocks.append(
        Paragraph(texts("report_words_go" if context.takes_away else "report_words_stay"), tone="aside")
    )
    blocks.append(Paragraph(texts("report_start_story")))
    buttons = [Button(texts("report_begin"), BEGIN), *_drafts(drafts, context)]
    return Response(Reply(texts.language, (Message(tuple(blocks), tuple(buttons)),)), context.session)


async def begin(turn: Turn, context: Context) -> Response:
    """The first question of a new report, once the PIN was given; of the one under way in this chat, where
    there is one.
    """
    if not context.matcher.pack.reports:
        return Response(_no_report(context), context.session)
    if first := await pin.ask_first(turn, context, BEGIN):
        return first
    if context.session.case and (told := await open_report(turn, context, context.session.case)):
        return reply(context, told, question(told))
    told = await open_draft(turn, context)
    return reply(replace(context, session=replace(context.session, asked=None)), told, question(told))


async def open_draft(turn: Turn, context: Context) -> Told:
    """A new draft, stored, at its first question."""
    flow = context.matcher.pack.flow(REPORT)
    case, event = cases.start(cases.actor_of(turn.person), "", flow.id, flow.version, turn.at)
    case = replace(case, answers={flow.steps[0].id: Chosen(())})
    told = await told_now(turn, context, case, flow)
    if not told.schools:  # nothing to choose from must not keep anybody from reporting
        case = replace(case, answers={**case.answers, SCHOOL: Unknown()})
    elif len(told.schools) == 1:
        (school,) = told.schools
        case = replace(case, school=school, answers={**case.answers, SCHOOL: Chosen((school,))})
    return await kept(context, told, case, event)


async def resume(turn: Turn, context: Context) -> Response:
    """/hervat: go on with a report that was begun."""
    reports = context.matcher.pack.reports and turn.person.role in REPORTERS
    if not turn.chat.private or not reports:
        return await start(turn, context)
    drafts = await context.stores.cases.drafts(turn.person.id)
    if len(drafts) == 1:
        return await resume_one(turn, context, drafts[0].id)
    buttons = _drafts(drafts, context) or (Button(context.texts("report_start"), StartReport()),)
    message = Message((Paragraph(context.texts("report_which" if drafts else "report_no_draft")),), buttons)
    return Response(Reply(context.texts.language, (message,)), context.session)


async def resume_one(turn: Turn, context: Context, case_id: str) -> Response:
    """Go on with this report, once the PIN was given."""
    told = await open_report(turn, context, case_id)
    if told is None:
        return await submit.not_open(turn, context, case_id)
    if first := await pin.ask_first(turn, context, ResumeReport(case_id)):
        return first
    if is_asleep(told, turn):
        told = await kept(context, told, cases.waiting(told.case, turn.at))
    return reply(context, told, open_message(told, (Paragraph(context.texts("report_resumed")),)))


def is_asleep(told: Told, turn: Turn) -> bool:
    return turn.at - told.case.changed > ASLEEP


async def open_step(turn: Turn, context: Context, told: Told, *first: Block) -> Message:
    """The open question, or the story that waits; in a chat that closed since the PIN only that there is a
    report to go on with: whoever has the device now must not read in it.
    """
    if await context.stores.people.is_open(turn.at, looking=False):
        return open_message(told, first)
    message = offer(told).messages[0]
    return replace(message, blocks=(*first, *message.blocks))


def offer(told: Told) -> Reply:
    """A report that lay still: go on with it?"""
    texts = told.texts
    buttons = (
        Button(texts("report_go_on"), ResumeReport(told.case.id)),
        Button(texts("report_not_now"), PostponeReport()),
    )
    return Reply(
        texts.language,
        (
            Message(
                (Paragraph(texts("report_asleep", day=_day(told.case.head, told.texts.language))),), buttons
            ),
        ),
    )


def _no_report(context: Context) -> Reply:
    """A board that has written no report yet: whom to tell."""
    texts, pack = context.texts, context.matcher.pack
    director, board = (pack.contacts[name][texts.language] for name in (DIRECTOR, BOARD))
    blocks = (
        Paragraph(texts("report_not_here", director=director)),
        Paragraph(texts("report_others_board", board=board)),
        Paragraph(texts("report_others_law", board=board), tone="aside"),
    )
    return Reply(texts.language, (Message(blocks),))


def for_others(context: Context) -> Reply:
    """The rule, and whom to tell: the school's management, past it the board; the board at once where the law
    asks that.
    """
    texts, pack = context.texts, context.matcher.pack
    director, board = (pack.contacts[name][texts.language] for name in (DIRECTOR, BOARD))
    blocks: list[Block] = [
        Paragraph(texts("report_others", director=director)),
        Paragraph(texts("report_others_board", board=board)),
    ]
    if pack.talk.recording:
        rule = pack.protocol.rule(pack.talk.recording)
        blocks += [
            Paragraph(texts("incident_record")),
            quotation(rule, texts.language),
        ]
    blocks.append(Paragraph(texts("report_others_law", board=board), tone="aside"))
    return Reply(texts.language, (Message(tuple(blocks)),))


def _drafts(drafts: Sequence[CaseHead], context: Context) -> tuple[Button, ...]:
    texts = context.texts
    return tuple(
        Button(texts("report_resume_one", day=_day(head, texts.language)), ResumeReport(head.id))
        for head in drafts[:5]
    )


def _day(head: CaseHead, language: Language) -> str:
    return day_in_words(head.opened.astimezone(AMSTERDAM), "d MMMM", language)
