"""Home for who has tasks: report an incident, one's cases with how much is open, and what is new.

Nothing of a case is opened for it before the PIN was given: until then only cases are counted, not their
steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.actions import ListCases, OpenCase, ResumeReport, StartReport
from handlers.cases.access import may
from handlers.cases.case import CaseHead
from handlers.cases.case_steps import demanded, policy_of
from handlers.cases.repository import UnreadableCaseError
from handlers.context import Context, Response, said
from handlers.people import KEEPERS
from handlers.reply import Block, Button, Message, Paragraph, Reply
from handlers.turn import Turn

LOOKED_AT = 20
"""Latest cases that are looked at for what is open and new."""
NEW_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Home:
    """What stands at /start, below a greeting and in the menu."""

    blocks: tuple[Block, ...] = ()
    buttons: tuple[Button, ...] = ()


async def home(turn: Turn, context: Context) -> Home:
    """Empty for who keeps no cases, and in a group."""
    if turn.person.role not in KEEPERS or not turn.chat.private:
        return Home()
    texts = context.texts
    heads = await _open_cases(turn, context)
    drafts = await context.stores.cases.drafts(turn.person.id)
    new = [head for head in heads if head.state == "ingediend" and head.reporter != turn.person.id]
    buttons = [Button(texts("report_start"), StartReport())] if context.matcher.pack.reports else []
    if drafts:
        buttons.append(Button(texts("home_draft"), ResumeReport(drafts[0].id)))
    buttons.append(Button(await _cases_label(turn, context, heads), ListCases()))
    buttons += [
        Button(texts("home_new_one", number=head.number), OpenCase(head.id)) for head in new[:NEW_SHOWN]
    ]
    blocks = (Paragraph(texts("home_new", count=str(len(new)))),) if new else ()
    return Home(blocks, tuple(buttons))


async def news(turn: Turn, context: Context) -> Response:
    """ "zijn er nieuwe zaken?": what is new and what is open."""
    texts = context.texts
    if turn.person.role not in KEEPERS:
        return Response(said(texts, "no_cases_here"), context.session)
    if not turn.chat.private:
        return Response(said(texts, "cases_private"), context.session)
    shown = await home(turn, context)
    blocks = shown.blocks or (Paragraph(texts("home_nothing_new")),)
    return Response(Reply(texts.language, (Message(blocks, shown.buttons),)), context.session)


async def _open_cases(turn: Turn, context: Context) -> Sequence[CaseHead]:
    found = await context.stores.cases.listed(turn.person, 0, LOOKED_AT)
    return [head for head in found.heads if head.state in ("ingediend", "in_behandeling")]


async def _cases_label(turn: Turn, context: Context, heads: Sequence[CaseHead]) -> str:
    texts = context.texts
    if not heads:
        return texts("home_cases_none")
    if not await context.stores.people.is_open(turn.at, looking=False):
        return texts("home_cases", count=str(len(heads)))
    steps = sum([await _open_steps(turn, context, head) for head in heads])
    return texts("home_steps" if steps != 1 else "home_step", count=str(steps))


async def _open_steps(turn: Turn, context: Context, head: CaseHead) -> int:
    """How many steps of a case are not settled yet; 0 if this person may not count them."""
    if not may(turn.person, "count", head):
        return 0
    try:
        case = await context.stores.cases.load(head)
        pack = context.matcher.pack
        steps = demanded(case, pack.flow(case.flow, case.flow_version), policy_of(case, pack))
    except (UnreadableCaseError, ValueError, KeyError):
        return 0
    return sum(step.id not in case.settled for step in steps)
