"""Looking at cases: the list, one case, its report, its log. Every way in goes through the gate, then the
PIN, and only then is anything opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers.actions import (
    Action,
    CaseAction,
    CaseMenu,
    ChooseExport,
    ExportRecord,
    Form,
    ListCases,
    OpenCase,
    OpenStep,
    ReadReport,
    ShowCaseLog,
)
from handlers.cases.access import Access, may
from handlers.cases.case import CaseHead, Event, What, actor_of
from handlers.casework import case_view
from handlers.casework.case_view import Shown
from handlers.context import Context, Response, said
from handlers.reply import Attachment, Bullets, Button, CaseRecord, Message, Notice, Paragraph, Reply
from handlers.roles import pin
from handlers.turn import Person, Turn

LISTED = 8
"""Cases on one page of the list: more buttons do not fit a phone."""
FORMATS: tuple[Form, ...] = ("pdf", "docx")
"""Offered in the chat; `bot export` also makes JSON."""


async def cases(turn: Turn, context: Context, page: int = 0) -> Response:
    """/zaken: the cases that this person may see, newest first, one line each, without content."""
    if refused := await _refused(turn, context, "list"):
        return refused
    stores, texts = context.stores, context.texts
    found = await stores.cases.listed(turn.person, page * LISTED, LISTED)
    if page and not found.heads:
        return await cases(turn, context)
    damaged = (
        (Paragraph(texts("cases_unreadable", numbers=", ".join(found.unreadable))),)
        if found.unreadable
        else ()
    )
    if not found.heads:
        message = Message((Paragraph(texts("no_cases")), *damaged))
        return Response(Reply(texts.language, (message,)), context.session)
    names = dict(await stores.people.schools())
    lines = tuple(case_view.line(head, names, texts) for head in found.heads)
    buttons = [Button(head.number, OpenCase(head.id)) for head in found.heads]
    if (page + 1) * LISTED < found.count:
        buttons.append(Button(texts("cases_earlier"), ListCases(page + 1)))
    blocks = (Paragraph(texts("cases_count", count=str(found.count))), Bullets(lines), *damaged)
    return Response(Reply(texts.language, (Message(blocks, tuple(buttons)),)), context.session)


async def by_number(turn: Turn, context: Context, number: str) -> Response:
    """/zaak 2026-0001. A number that may not be seen is answered as one that does not exist; without a number
    all are listed.
    """
    if refused := await _refused(turn, context, "read"):
        return refused
    if not number:
        return await cases(turn, context)
    head = await context.stores.cases.find(number)
    if head is None or not may(turn.person, "read", head):
        await context.stores.cases.refused("read", head.id if head else "")
        return not_found(context)
    return await view(turn, context, OpenCase(head.id))


async def view(turn: Turn, context: Context, action: OpenCase) -> Response:
    found = await open_case(turn, context, action, "read")
    if isinstance(found, Response):
        return found
    await context.stores.cases.note(event("read", found, turn))
    return answer(context, case_view.overview(found))


async def more(turn: Turn, context: Context, action: CaseMenu) -> Response:
    found = await open_case(turn, context, action, "read")
    return (
        found
        if isinstance(found, Response)
        else answer(context, case_view.menu(found, turn.person.role == "bestuur"))
    )


async def read(turn: Turn, context: Context, action: ReadReport) -> Response:
    """The report itself, its decisions and notes."""
    found = await open_case(turn, context, action, "read")
    if isinstance(found, Response):
        return found
    await context.stores.cases.note(event("read", found, turn))
    return answer(context, *case_view.answers(found))


async def log(turn: Turn, context: Context, action: ShowCaseLog) -> Response:
    found = await open_case(turn, context, action, "read")
    return found if isinstance(found, Response) else answer(context, case_view.log(found))


async def step(turn: Turn, context: Context, action: OpenStep) -> Response:
    """One step, with what can be done with it."""
    found = await open_case(turn, context, action, "settle")
    if isinstance(found, Response):
        return found
    wanted = next((one for one in found.steps if one.id == action.step), None)
    if wanted is None:
        return changed_since(found, turn, context)
    return answer(context, case_view.step_message(found, wanted, turn.person.role == "bestuur"))


async def exports(turn: Turn, context: Context, action: ChooseExport) -> Response:
    """Which edition, and as what kind of file."""
    found = await open_case(turn, context, action, "export")
    if isinstance(found, Response):
        return found
    texts = context.texts
    buttons = [
        Button(f"{found.record(record)} ({form.upper()})", ExportRecord(found.case.id, record, form))
        for record in found.records
        for form in FORMATS
    ]
    buttons.append(Button(texts("case_back"), OpenCase(found.case.id)))
    holds = [record.holds[texts.language] for record in found.policy.records.values()]
    asked = Paragraph(texts("export_which", holds=" ".join(holds)))
    return answer(context, Message((asked,), tuple(buttons)))


async def export(turn: Turn, context: Context, action: ExportRecord) -> Response:
    """The document, made when it is sent or fetched; who asked for it and where goes with the order, and is
    looked at again then.
    """
    found = await open_case(turn, context, action, "export")
    if isinstance(found, Response):
        return found
    record = CaseRecord(
        found.case.id, action.record, action.form, context.texts.language, turn.person.id, turn.chat.id
    )
    if action.record not in found.records:
        return changed_since(found, turn, context)
    attachment = Attachment(f"{found.case.number}-{action.record}.{action.form}", record)
    return answer(context, Message((Paragraph(context.texts("export_made")),), attachment=attachment))


async def open_case(
    turn: Turn, context: Context, action: CaseAction, access: Access, again: Action | None = None
) -> Shown | Response:
    """The case that the action names, opened; or what to say instead: not found, the PIN first, or that it
    changed since. `again`: what is done after the PIN, if not the action itself.
    """
    if refused := await _refused(turn, context, access):
        return refused
    head = await context.stores.cases.head(action.case)
    if head is None or not may(turn.person, access, head):
        await context.stores.cases.refused(access, head.id if head else "")
        return not_found(context)
    if locked := await pin.ask_first(turn, context, again or action):
        return locked
    case = await context.stores.cases.load(head)
    pack = context.matcher.pack
    shown = case_view.show(case, pack, await context.stores.people.schools(), context.texts)
    if getattr(action, "revision", case.revision) != case.revision:
        return changed_since(shown, turn, context)
    return shown


def answer(context: Context, *messages: Message) -> Response:
    return Response(Reply(context.texts.language, messages), replace(context.session, expects=None))


def changed_since(shown: Shown, turn: Turn, context: Context) -> Response:
    """The button belongs to an earlier state: say so, and show how the case is now."""
    told = Message((Paragraph(context.texts("case_changed_since")),))
    return answer(context, told, case_view.overview(shown))


def not_found(context: Context) -> Response:
    """The one answer to a case that is not there and to one that may not be seen."""
    return Response(said(context.texts, "case_not_found"), replace(context.session, expects=None))


def event(what: What, shown: Shown, turn: Turn, about: str = "") -> Event:
    return Event(what, shown.case.id, actor_of(turn.person), turn.at, about)


async def notices(turn: Turn, context: Context, head: CaseHead, text: str, board: bool) -> tuple[Notice, ...]:
    """A message without content for the board, or for the directors of the school; for nobody who may not see
    the case, nor for who acts.
    """
    people = context.stores.people
    ids: Sequence[str] = await people.of_board() if board else await people.of_school(head.school)
    role, schools = ("bestuur", ()) if board else ("directie", (head.school,))
    message = Message(
        (Paragraph(context.texts(text, number=head.number)),), (Button(head.number, OpenCase(head.id)),)
    )
    persons = [Person(one, role=role, schools=schools) for one in ids if one != turn.person.id]  # type: ignore[arg-type]
    return tuple(Notice(person.id, message) for person in persons if may(person, "remind", head))


async def _refused(turn: Turn, context: Context, access: Access) -> Response | None:
    """What a group hears, and anybody who keeps no cases: the same whatever they ask for."""
    if not turn.chat.private:
        link = Button(context.texts("to_private"), None, turn.chat.private_link)
        reply = said(context.texts, "cases_private")
        reply = (
            replace(reply, messages=(replace(reply.messages[0], buttons=(link,)),))
            if turn.chat.private_link
            else reply
        )
        return Response(reply, replace(context.session, expects=None))
    if turn.person.role not in ("directie", "bestuur"):
        await context.stores.cases.refused(access)
        return Response(said(context.texts, "no_cases_here"), replace(context.session, expects=None))
    return None
