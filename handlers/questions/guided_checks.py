"""Guided checks: a few questions with buttons, and what the protocol says in that case.
`handlers/flow_interpreter.py` is the interpreter.
"""

from __future__ import annotations

from dataclasses import replace

from handlers import flow_interpreter as interpreter
from handlers.actions import Action, AnswerCheck, CheckBack, StartCheck, StopCheck
from handlers.context import Context, Response, said
from handlers.flow_interpreter import Answer, Chosen, Run, Unknown, WrongAnswerError
from handlers.questions.answers import contact_of
from handlers.quoting import gist, quotation
from handlers.reply import Block, Button, Message, Paragraph, Reply
from handlers.texts import Texts
from handlers.turn import Pressed, Turn
from knowledge.intake.choice_answer import Understood, understand_answer
from knowledge.language.words import split
from knowledge.pack.flow import Flow, Outcome, Step
from knowledge.pack.flow_reader import UNKNOWN
from knowledge.pack.loading import Pack

LONGEST_ANSWER = 200
"""Characters up to which a text may answer a question of a check; a longer one is something else."""
GO_ON = "next"
"""In a button's action: the answer to a step that asks nothing."""


async def begin(turn: Turn, context: Context, action: StartCheck) -> Response:
    """Start the check that a button names; one that is open gives way."""
    flow = context.matcher.pack.flow(action.flow)
    return _asked(flow, Run(flow.id, flow.version), turn, context)


async def answered(turn: Turn, context: Context, action: AnswerCheck) -> Response:
    """An option was pressed, or typed."""
    option = action.option
    found = _open(turn, context)
    if found is None:
        return _late(context, "check_over")
    flow, run, step = found
    if (run.flow, run.revision, step.id) != (action.flow, action.revision, action.question):
        return _late(context, "step_answered")
    given: Answer = Unknown() if option == UNKNOWN else Chosen(()) if option == GO_ON else Chosen((option,))
    try:
        after = interpreter.answer(flow, run, given)
    except WrongAnswerError:
        return _late(context, "step_answered")
    return _asked(
        flow,
        after,
        turn,
        context,
        _settled(step, _label(step, option, context.texts), run, turn, context.texts),
    )


async def back(turn: Turn, context: Context, action: CheckBack) -> Response:
    """One question back."""
    found = _open(turn, context)
    if found is None:
        return _late(context, "check_over")
    flow, run, step = found
    before = interpreter.back(flow, run)
    if (action.flow, action.revision) != (run.flow, run.revision) or before is None:
        return _late(context, "step_answered")
    return _asked(
        flow, before, turn, context, _settled(step, context.texts("went_back"), run, turn, context.texts)
    )


async def stop(turn: Turn, context: Context, action: StopCheck | None) -> Response:
    """End the check, by its button or (None) by /stop."""
    found = _open(turn, context)
    if found is None:
        return _late(context, "check_over")
    _, run, step = found
    if action and (action.flow, action.revision) != (run.flow, run.revision):
        return _late(context, "step_answered")
    texts = context.texts
    settled = _settled(step, texts("stopped"), run, turn, texts)
    reply = Reply(texts.language, (settled, *said(texts, "check_stopped").messages))
    return Response(reply, replace(context.session, run=None, run_at=None))


def typed(text: str, turn: Turn, context: Context) -> Action | None:
    """The action of the option that was typed: by the beginning of its label ("ja" for "Ja, allemaal"), or in
    own words. None if it fits none, or several.
    """
    found = _open(turn, context)
    words = split(text)
    if found is None or not words:
        return None
    flow, run, step = found
    fitting = [
        button.action
        for button in _buttons(flow, run, step, context.texts)
        if split(button.label)[: len(words)] == words
    ]
    if fitting:
        return fitting[0] if len(fitting) == 1 else None
    understood = _understood(step, text, context)
    if understood.unknown and not step.required:
        return AnswerCheck(flow.id, run.revision, step.id, UNKNOWN)
    if len(understood.taken) == 1 and not understood.doubtful:
        return AnswerCheck(flow.id, run.revision, step.id, understood.taken[0])
    return None


def ask_back(text: str, turn: Turn, context: Context) -> Response | None:
    """Which of two or three options was meant? None if the text names no options of the open question."""
    found = _open(turn, context)
    if found is None:
        return None
    flow, run, step = found
    understood = _understood(step, text, context)
    options = understood.ask or understood.taken
    if not options:
        return None
    texts = context.texts
    named = [option for option in step.options if option.id in options]
    labels = [texts("report_option_named", label=option.label[texts.language]) for option in named]
    asked = texts("report_meant", choices=f" {texts('report_or')} ".join(labels))
    buttons = tuple(
        Button(option.label[texts.language], AnswerCheck(flow.id, run.revision, step.id, option.id))
        for option in named
    )
    return Response(Reply(texts.language, (Message((Paragraph(asked),), buttons),)), context.session)


def _understood(step: Step, text: str, context: Context) -> Understood:
    if step.kind != "choice" or len(text) > LONGEST_ANSWER:
        return Understood()
    return understand_answer(step, text, context.texts.language)


def open_step(turn: Turn, context: Context) -> Message | None:
    """The open question, to be said again word for word; None where no check is open."""
    found = _open(turn, context)
    return _question(*found, context.texts) if found else None


def _open(turn: Turn, context: Context) -> tuple[Flow, Run, Step] | None:
    run = context.session.check(turn.at)
    if run is None:
        return None
    try:
        flow = context.matcher.pack.flow(run.flow, run.version)
    except KeyError:  # the pack was changed meanwhile
        return None
    step = interpreter.current(flow, run)
    return (flow, run, step) if step else None


def _late(context: Context, text: str) -> Response:
    return Response(Reply(context.texts.language, toast=context.texts(text)), context.session)


def _asked(flow: Flow, run: Run, turn: Turn, context: Context, before: Message | None = None) -> Response:
    """The next question or the outcome, after what was settled."""
    texts = context.texts
    settled = (before,) if before else ()
    step = interpreter.current(flow, run)
    if step:
        reply = Reply(texts.language, (*settled, _question(flow, run, step, texts)))
        return Response(reply, replace(context.session, run=run, run_at=turn.at))
    outcome = interpreter.walk(flow, run.answers).outcome
    session = replace(context.session, run=None, run_at=None)
    if outcome is None:  # not with a pack that was checked
        return Response(Reply(texts.language, (*settled, *said(texts, "check_stopped").messages)), session)
    return Response(
        Reply(texts.language, (*settled, _ended(flow, outcome, context.matcher.pack, texts))), session
    )


def _question(flow: Flow, run: Run, step: Step, texts: Texts) -> Message:
    number, total = interpreter.progress(flow, run)
    blocks: list[Block] = [
        Paragraph(texts("progress", number=str(number), total=str(total)), tone="aside"),
        Paragraph(step.ask[texts.language]),
    ]
    if step.aside:
        blocks.append(Paragraph(step.aside[texts.language], tone="aside"))
    return Message(tuple(blocks), tuple(_buttons(flow, run, step, texts)), ref=_ref(run))


def _buttons(flow: Flow, run: Run, step: Step, texts: Texts) -> list[Button]:
    options = [(option.label[texts.language], option.id) for option in step.options]
    if step.kind == "show":
        options.append((texts("go_on"), GO_ON))
    elif not step.required:
        options.append((texts("unknown"), UNKNOWN))
    buttons = [
        Button(label, AnswerCheck(run.flow, run.revision, step.id, option)) for label, option in options
    ]
    if interpreter.back(flow, run):
        buttons.append(Button(texts("back"), CheckBack(run.flow, run.revision)))
    return [*buttons, Button(texts("stop"), StopCheck(run.flow, run.revision))]


def _label(step: Step, option: str, texts: Texts) -> str:
    found = step.option(option)
    label = found.label[texts.language] if found else texts("go_on" if option == GO_ON else "unknown")
    return texts("chosen", label=label)


def _settled(step: Step, note: str, run: Run, turn: Turn, texts: Texts) -> Message:
    """The question without its buttons, with what was chosen."""
    pressed = turn.act.message if isinstance(turn.act, Pressed) else ""
    return Message((Paragraph(step.ask[texts.language]), Paragraph(note)), replaces=pressed or _ref(run))


def _ended(flow: Flow, outcome: Outcome, pack: Pack, texts: Texts) -> Message:
    blocks: list[Block] = [Paragraph(outcome.says[texts.language])]
    blocks += [quotation(pack.protocol.rule(rule), texts.language) for rule in outcome.rules]
    blocks += gist(texts) if outcome.rules else []
    if outcome.ask:
        blocks.append(Paragraph(texts("ask_whom", contact=contact_of(outcome.ask, pack, texts))))
    return Message(tuple(blocks), (Button(texts("again"), StartCheck(flow.id)),))


def _ref(run: Run) -> str:
    return f"@check:{run.flow}:{run.revision}"
