"""The talk in which an incident is reported: what each turn does while it is under way.

Answers go into the case, never into the session; the session only knows which report is under way in this
chat.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import assert_never

from handlers.actions import BeginReport, PostponeReport, ReportStep, ReportVerb, ResumeReport, StartReport
from handlers.cases import case as cases
from handlers.context import Context, Response, said, without_own_message
from handlers.flow_interpreter import Chosen, Unknown, Written, WrongAnswerError, edit, walk
from handlers.questions import about, answers, ask
from handlers.reply import Block, Button, Message, Paragraph, Reply
from handlers.report import start, submit, tell
from handlers.report.held_text import findings, held_back, proposed, with_old_text
from handlers.report.own_words import named_outright, take_own_words
from handlers.report.prompts import (
    PICKED,
    Told,
    confirm_cancel,
    may_be_answer,
    plain,
    question,
    step_back,
)
from handlers.report.story_prompt import is_waiting, open_message, understood
from handlers.report.take_answer import kept, open_report, reply, take, take_text
from handlers.roles import pin
from handlers.safety.care import written_in
from handlers.turn import Edited, Pressed, Said, Sent, Turn

ReportAction = StartReport | BeginReport | ResumeReport | PostponeReport | ReportStep
WITHOUT_PIN: frozenset[ReportVerb] = frozenset({"pause", "cancel"})
"""What may be done with a draft in a chat that closed: nothing of it is shown or changed."""
LONGEST = 4000
"""Characters of one answer."""


async def pressed(turn: Turn, context: Context, action: ReportAction) -> Response:
    """A button of the talk."""
    if isinstance(action, StartReport) or not turn.chat.private or turn.person.role not in start.REPORTERS:
        return await start.start(turn, context)
    match action:
        case BeginReport():
            return await start.begin(turn, context)
        case PostponeReport():
            return Response(said(context.texts, "report_paused"), replace(context.session, case=None))
        case ResumeReport():
            return await start.resume_one(turn, context, action.case)
        case ReportStep():
            told = await open_report(turn, context, action.case)
            if told is None:
                return await submit.not_open(turn, context, action.case)
            if action.verb not in WITHOUT_PIN and (first := await pin.ask_first(turn, context, action)):
                return first
            if action.revision != told.case.revision:
                return await _too_late(turn, context, told, action.verb)
            return await VERBS[action.verb](turn, context, told, action.value)
        case _:
            assert_never(action)


async def written(turn: Turn, context: Context) -> Response | None:
    """A text while a report is under way; None where none is, or where the text chooses something else that
    was offered.
    """
    told = await _under_way(turn, context)
    if told is None or not isinstance(turn.act, Said):
        return None
    if start.is_asleep(told, turn):
        return Response(start.offer(told), context.session)
    text, step = turn.act.text.strip(), told.step
    if not await context.stores.people.is_open(turn.at):
        return await _in_closed_chat(turn, context, told, text)
    if not _meant(text, context.session.offered) and (taken := await tell.hear(turn, context, told, text)):
        return taken
    to_choose = step is not None and step.kind in ("choice", "choices", "school")
    if step and to_choose and (given := named_outright(told, step, text)):
        return await take(turn, context, told, given)
    if button := _meant(text, context.session.offered):
        chosen = button.action
        return await pressed(turn, context, chosen) if isinstance(chosen, ReportAction) else None
    if step and to_choose and (taken := await take_own_words(turn, context, told, step, text)):
        return taken
    if step is None or step.kind == "show" or to_choose:
        answered = _between(text, context)
        choose = (Paragraph(context.texts("report_choose")),) if to_choose and not answered else ()
        return reply(context, told, *answered, question(told, choose))
    return await _own_words(turn, context, told, text)


async def _in_closed_chat(turn: Turn, context: Context, told: Told, text: str) -> Response:
    """A text that comes after the chat closed: a question is answered; anything else waits in the draft, if
    it can, and counts once the PIN was given. Nothing of the report is shown before that.
    """
    if text.endswith("?") and (answered := _between(text, context)):
        messages = (*answered, *start.offer(told).messages)
        return Response(Reply(told.texts.language, messages), context.session)
    told, then = await _set_aside(turn, context, told, text)
    waits = told.case.held == text
    asked = await pin.ask_first(turn, context, then)
    first = said(context.texts, "report_text_waits" if waits else "pin_lapsed")
    if asked is None:
        return Response(first, context.session, then=then)
    return without_own_message(turn, context, replace(asked, reply=pin.joined(first, asked.reply)))


async def _set_aside(turn: Turn, context: Context, told: Told, text: str) -> tuple[Told, ReportAction]:
    """The draft that holds a text which came to a closed chat, and what is done with it after the PIN. A
    text that waits already is not replaced.
    """
    step = told.step
    is_text = step is not None and step.kind in ("text", "when")
    is_story = step is not None and step.kind in ("choice", "choices") and len(text.split()) >= tell.SHORTEST
    if told.case.held or len(text) > LONGEST or not (is_text or is_story):
        return told, ResumeReport(told.case.id)
    told = await kept(context, told, cases.waiting(told.case, turn.at, held=text))
    step_back_to = ReportStep(told.case.id, told.case.revision, "as_answer")
    return told, step_back_to if is_text else ResumeReport(told.case.id)


async def take_told(turn: Turn, context: Context) -> Response | None:
    """The response to a text that a report takes: as an answer, a story or an amendment; None if it takes
    nothing of it.
    """
    if not isinstance(turn.act, Said) or turn.act.text.startswith("/") or context.session.expects:
        return None
    if not context.session.case:
        return await tell.begin_with_story(turn, context, turn.act.text.strip())
    told = await _under_way(turn, context)
    if told is None or start.is_asleep(told, turn):
        return None
    if not await context.stores.people.is_open(turn.at):
        after, _ = await _set_aside(turn, context, told, turn.act.text.strip())
        if after.case == told.case:
            return None
        go_on = Button(context.texts("report_go_on"), ResumeReport(told.case.id))
        waits = Message((Paragraph(context.texts("report_text_waits")),), (go_on,))
        return Response(Reply(told.texts.language, (waits,)), context.session)
    response = await written(turn, context)
    now = await _under_way(turn, context)
    return None if now is not None and now.case == told.case else response


async def written_so_far(turn: Turn, context: Context) -> str:
    """The free texts of the report under way, "" if there is none."""
    told = await _under_way(turn, context)
    return written_in(told.case) if told else ""


async def held_answer(turn: Turn, context: Context) -> Response | None:
    """What to do with an answer or a story that was held back; None if there is none."""
    told = await _under_way(turn, context)
    if told is None or not told.case.held:
        return None
    if first := await pin.ask_first(turn, context, ResumeReport(told.case.id)):
        return first
    if is_waiting(told):
        return reply(context, told, understood(told))
    text = told.case.held
    found = findings(told, text)
    return reply(context, told, held_back(told, text, found) if found else with_old_text(told, text))


async def ask_between(turn: Turn, context: Context, text: str) -> Response:
    """/vraag: a question, also in the middle of a report; then its open step comes again."""
    told = await _under_way(turn, context)
    if told is None or not text:
        return await ask.ask(turn, context, text)
    none = (Message((Paragraph(context.texts("report_no_answer")),)),)
    return reply(
        context, told, *(_between(text, context) or none), await start.open_step(turn, context, told)
    )


async def sent(turn: Turn, context: Context) -> Response | None:
    """A photo or file while a report is under way: refused, with the reason. None where no report is."""
    told = await _under_way(turn, context)
    if told is None or not isinstance(turn.act, Sent):
        return None
    return without_own_message(
        turn,
        context,
        reply(
            context,
            told,
            await start.open_step(turn, context, told, Paragraph(context.texts("report_no_files"))),
        ),
    )


async def edited(turn: Turn, context: Context) -> Response | None:
    """A changed message while a report is under way: no answer changes by it, which is said once. None where
    no report is.
    """
    told = await _under_way(turn, context)
    if told is None or not isinstance(turn.act, Edited):
        return None
    if context.session.edit_told == told.case.id:
        return Response(Reply(context.texts.language), context.session)
    context = replace(context, session=replace(context.session, edit_told=told.case.id))
    edited_told = Paragraph(context.texts("report_edited"))
    return reply(context, told, await start.open_step(turn, context, told, edited_told))


async def pause(turn: Turn, context: Context) -> Response:
    """/pauze: keep the report for later."""
    told = await _under_way(turn, context)
    return (
        await _pause(turn, context, told)
        if told
        else Response(said(context.texts, "report_no_draft"), context.session)
    )


async def stop(turn: Turn, context: Context) -> Response:
    """/stop: the report under way is kept for later; without one a goodbye."""
    told = await _under_way(turn, context)
    return await _pause(turn, context, told) if told else await about.stop(turn, context)


async def cancel(turn: Turn, context: Context) -> Response:
    """/annuleer: throw the report under way away, once that is confirmed."""
    told = await _under_way(turn, context)
    return (
        reply(context, told, confirm_cancel(told))
        if told
        else Response(said(context.texts, "report_no_draft"), context.session)
    )


async def repeated(turn: Turn, context: Context, response: Response) -> Response:
    """Another handler's response with the open question below it, where a report is under way and that
    handler left it so.
    """
    session, said_now = response.session, response.reply
    mine = any(isinstance(button.action, ReportAction) for button in said_now.buttons)
    if mine or session.expects or not said_now.messages:
        return response
    told = await _under_way(
        turn, replace(context, session=session, texts=context.all_texts[said_now.language])
    )
    if told is None or start.is_asleep(told, turn):
        return response
    open_step = await start.open_step(turn, context, told)
    return replace(response, reply=replace(said_now, messages=(*said_now.messages, open_step)))


async def _under_way(turn: Turn, context: Context) -> Told | None:
    """The report under way in this chat."""
    return (
        await open_report(turn, context, context.session.case)
        if context.session.case and turn.chat.private
        else None
    )


async def _own_words(turn: Turn, context: Context, told: Told, text: str) -> Response:
    """A text to a step that takes text: its answer, unless it is clearly a question that the protocol
    answers.
    """
    if len(text) > LONGEST:
        return reply(
            context, told, question(told, (Paragraph(context.texts("report_too_long", most=str(LONGEST))),))
        )
    if text.endswith("?") and (answered := _between(text, context)):
        told = await kept(context, told, cases.waiting(told.case, turn.at, held=text))
        return reply(context, told, *answered, may_be_answer(told))
    return await take_text(turn, context, told, text)


def _between(text: str, context: Context) -> tuple[Message, ...]:
    """The answer to a question in the middle of a report, () where there is none. It is not kept: it may be
    part of what happened.
    """
    outcome = context.matcher.ask(text)
    if outcome.status != "answer":
        return ()
    outcome = replace(outcome, offers_incident=False)
    return answers.say(outcome, context.matcher.pack, context.texts, answers.Place(busy=True)).messages


def _meant(text: str, offered: tuple[Button, ...]) -> Button | None:
    """The button whose number or words were typed."""
    buttons = [button for button in offered if not button.url]
    if text.isdecimal() and len(text) < 3:
        return buttons[int(text) - 1] if 1 <= int(text) <= len(buttons) else None
    return next(
        (button for button in buttons if plain(button.label.removeprefix(PICKED)) == plain(text)), None
    )


async def _too_late(turn: Turn, context: Context, told: Told, verb: ReportVerb) -> Response:
    first: tuple[Block, ...] = (Paragraph(context.texts("report_old_button")),)
    if verb == "submit" and told.step is None:
        return await submit.show_review(turn, context, told, Paragraph(context.texts("report_changed")))
    return reply(context, told, question(told, first))


async def _option(turn: Turn, context: Context, told: Told, value: str = "") -> Response:
    return await take(turn, context, told, Chosen((value,)))


async def _tick(turn: Turn, context: Context, told: Told, value: str = "") -> Response:
    picked, option = told.case.picked, value
    picked = tuple(other for other in picked if other != option) if option in picked else (*picked, option)
    told = await kept(context, told, cases.waiting(told.case, turn.at, picked=picked))
    return reply(context, told, question(told, replaces=_pressed_message(turn)))


async def _ready(turn: Turn, context: Context, told: Told, value: str = "") -> Response:
    return await take(turn, context, told, Chosen(told.case.picked))


async def _read(turn: Turn, context: Context, told: Told, value: str = "") -> Response:
    return await take(turn, context, told, Chosen(()))


async def _unknown(turn: Turn, context: Context, told: Told, value: str = "") -> Response:
    return await take(turn, context, told, Unknown())


async def _back(turn: Turn, context: Context, told: Told, value: str = "") -> Response:
    """To the review, if this question was changed from there; else one question earlier."""
    if told.case.asking and walk(told.flow, told.case.answers).open is None:
        review = replace(told.case.run, at=None, revision=told.case.revision + 1)
        told = await kept(context, told, cases.continued(told.case, review, turn.at))
        return await submit.show_review(turn, context, told)
    run = step_back(told)
    if run is None:
        return reply(context, told, question(told, (Paragraph(context.texts("report_first")),)))
    told = await kept(context, told, cases.continued(told.case, run, turn.at))
    return await _asked_again(turn, context, told)


async def _edit(turn: Turn, context: Context, told: Told, value: str = "") -> Response:
    try:
        run = edit(told.flow, told.case.run, value)
    except WrongAnswerError:
        return reply(context, told, question(told, (Paragraph(context.texts("report_old_button")),)))
    if first := await pin.ask_first(
        turn, context, ReportStep(told.case.id, told.case.revision, "edit", value)
    ):
        return first
    told = await kept(context, told, cases.continued(told.case, run, turn.at))
    return await _asked_again(turn, context, told)


async def _asked_again(turn: Turn, context: Context, told: Told) -> Response:
    """A question that was answered before, with that answer: ticked, or as a text to start from. A text is
    only shown where the PIN was given lately.
    """
    step = told.step
    earlier = told.case.answers.get(step.id) if step else None
    if isinstance(earlier, Chosen) and earlier.options:
        told = await kept(context, told, cases.waiting(told.case, turn.at, picked=earlier.options))
    if step and isinstance(earlier, Written):
        if await context.stores.people.is_open(turn.at):
            told = await kept(context, told, cases.waiting(told.case, turn.at, held=earlier.text))
            return reply(context, told, with_old_text(told, earlier.text))
        asked = question(told)
        show = told.labelled(context.texts("report_show_text"), "edit", step.id)
        return reply(context, told, replace(asked, buttons=(show, *asked.buttons)))
    return reply(context, told, question(told))


async def _keep(turn: Turn, context: Context, told: Told, value: str = "") -> Response:
    return await take(turn, context, told, Written(told.case.held))


async def _as_answer(turn: Turn, context: Context, told: Told, value: str = "") -> Response:
    return await take_text(turn, context, told, told.case.held)


async def _proposal(turn: Turn, context: Context, told: Told, value: str = "") -> Response:
    text = told.case.held
    return await take(turn, context, told, Written(proposed(text, findings(told, text))))


async def _rewrite(turn: Turn, context: Context, told: Told, value: str = "") -> Response:
    """The question again; a text that was held back starts from its proposal."""
    text, step = told.case.held, told.step
    text = proposed(text, findings(told, text)) if step and step.kind == "text" else ""
    told = await kept(context, told, cases.waiting(told.case, turn.at, held=text))
    if not text:
        return reply(context, told, question(told))
    return reply(context, told, replace(with_old_text(told, text), replaces=_pressed_message(turn)))


async def _pause(turn: Turn, context: Context, told: Told, value: str = "") -> Response:
    go_on = Button(context.texts("report_go_on"), ResumeReport(told.case.id))
    message = Message((Paragraph(context.texts("report_paused")),), (go_on,))
    return Response(Reply(context.texts.language, (message,)), replace(context.session, case=None))


async def _cancel(turn: Turn, context: Context, told: Told, value: str = "") -> Response:
    return reply(context, told, confirm_cancel(told))


async def _destroy(turn: Turn, context: Context, told: Told, value: str = "") -> Response:
    case, event = cases.destroy(told.case, cases.actor_of(turn.person), turn.at)
    await context.stores.cases.save(case, event)
    return Response(said(context.texts, "report_destroyed"), replace(context.session, case=None))


async def _go_on(turn: Turn, context: Context, told: Told, value: str = "") -> Response:
    return reply(context, told, open_message(told))


async def _review(turn: Turn, context: Context, told: Told, value: str = "") -> Response:
    return await submit.show_review(turn, context, told)


async def _submit(turn: Turn, context: Context, told: Told, value: str = "") -> Response:
    return await submit.submit(turn, context, told)


def _pressed_message(turn: Turn) -> str:
    """The message whose button was pressed, to take its place; "" for a typed word."""
    return turn.act.message if isinstance(turn.act, Pressed) else ""


Verb = Callable[[Turn, Context, Told, str], Awaitable[Response]]
VERBS: Mapping[ReportVerb, Verb] = {
    "option": _option,
    "tick": _tick,
    "ready": _ready,
    "read": _read,
    "unknown": _unknown,
    "back": _back,
    "edit": _edit,
    "keep": _keep,
    "proposal": _proposal,
    "as_answer": _as_answer,
    "rewrite": _rewrite,
    "pause": _pause,
    "go_on": _go_on,
    "cancel": _cancel,
    "destroy": _destroy,
    "review": _review,
    "submit": _submit,
    "story": tell.confirm,
}
"""What a button of the open question stands for."""
