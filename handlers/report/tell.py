"""A report that is told: a story is read, shown back with the words that each answer rests on, and stored
once it is confirmed. An amendment in words changes earlier answers, at any step and on the review.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from handlers.actions import ResumeReport
from handlers.cases import case as cases
from handlers.cases.answer_words import name_of, words
from handlers.context import Context, Response, said, without_own_message
from handlers.flow_interpreter import Answer, Chosen, Written
from handlers.questions import languages
from handlers.reply import Block, Message, Paragraph
from handlers.report import start, submit
from handlers.report.held_text import proposed
from handlers.report.prompts import Told, plain, question
from handlers.report.story import announced_story, find_personal, moment_of, read_amendment_at, read_story_at
from handlers.report.story_prompt import answers_of, is_waiting, understood, ways
from handlers.report.take_answer import kept, reply
from handlers.roles import pin
from handlers.turn import Turn
from knowledge.intake.amendment import Amendment
from knowledge.intake.choice_answer import understand_answer
from knowledge.pack.contract import DANGER, HURT, REPORT, WHAT, WHEN, WHO
from knowledge.pack.flow import Step

SHORTEST = 8
"""Words from which a text can be a story."""
ENOUGH = 2
"""Certain answers that make a text that announces a report, or comes instead of an answer, a story."""
ENOUGH_UNASKED = 4
"""The same for a text that neither announces a report nor comes in one."""
LONGEST = 4000
LONGEST_AMENDMENT = 300
"""Characters."""


async def begin_with_story(turn: Turn, context: Context, text: str) -> Response | None:
    """A new report from a story that is told while none is under way: after "ik wil iets melden", below the
    button to begin, or pasted whole. None if it is no story, or not from somebody who may report.
    """
    reports = context.matcher.pack.reports and turn.person.role in start.REPORTERS
    if not turn.chat.private or not reports or len(text) > LONGEST:
        return None
    told_what, announced = announced_story(text)
    offered = any(button.action == start.BEGIN for button in context.session.offered)
    enough = ENOUGH if announced or offered else ENOUGH_UNASKED
    flow = context.matcher.pack.flow(REPORT)
    if len(told_what.split()) < SHORTEST:
        return None
    story = read_story_at(told_what, flow, turn.at)
    if (
        (story.asks and not announced)
        or story.certain < enough
        or not ({WHO, HURT, DANGER} & story.facts.keys() or story.suspected)
    ):
        return None
    context = replace(context, texts=languages.of_question(text, turn, context))
    told = await start.open_draft(turn, context)
    held = await _hold(turn, context, told, told_what)
    context = replace(context, session=held.session)
    if first := await pin.ask_first(turn, context, ResumeReport(told.case.id)):
        stored = pin.joined(said(context.texts, "report_story_waits"), first.reply)
        return without_own_message(turn, context, replace(first, reply=stored))
    return held


async def hear(turn: Turn, context: Context, told: Told, text: str) -> Response | None:
    """A story, a word on one that waits, or an amendment in a report under way; None if it is none."""
    if is_waiting(told):
        return await _on_waiting(turn, context, told, text)
    if len(text) <= LONGEST_AMENDMENT and (amended := await _amend(turn, context, told, text)):
        return amended
    step = told.step
    if step is None or step.kind not in ("choice", "choices") or WHAT in told.case.answers:
        return None
    if len(text.split()) < SHORTEST or len(text) > LONGEST or text.rstrip().endswith("?"):
        return None
    story = read_story_at(text, told.flow, turn.at)
    others = story.certain - (step.id in story.facts)
    return await _hold(turn, context, told, text) if others >= ENOUGH else None


async def confirm(turn: Turn, context: Context, told: Told, value: str) -> Response:
    """A button below a story: keep the proposal or the text as it was typed, or tell it again."""
    if not is_waiting(told):
        return reply(context, told, question(told, (Paragraph(context.texts("report_old_button")),)))
    if value == "again":
        told = await kept(context, told, cases.waiting(told.case, turn.at))
        return reply(context, told, question(told, (Paragraph(context.texts("report_story_again")),)))
    return await _store(turn, context, told, as_typed=value == "typed")


async def _hold(turn: Turn, context: Context, told: Told, text: str) -> Response:
    told = await kept(context, told, cases.waiting(told.case, turn.at, held=text))
    return without_own_message(turn, context, reply(context, told, understood(told)))


async def _on_waiting(turn: Turn, context: Context, told: Told, text: str) -> Response | None:
    answered = plain(text)
    if answered in context.texts("report_story_yes").split("|"):
        return await _store(turn, context, told)
    if answered in context.texts("report_story_no").split("|"):
        personal = bool(find_personal(told.case.held, told))
        asked = Message((Paragraph(context.texts("report_story_wrong")),), ways(told, personal))
        return reply(context, told, asked)
    amendment = read_amendment_at(text, told.flow, turn.at)
    if amendment and len(text) <= LONGEST_AMENDMENT:
        return await _store(turn, context, told, amendment)
    if len(text.split()) >= SHORTEST and not text.endswith("?"):
        return await _hold(turn, context, told, text)
    return None


async def _store(
    turn: Turn, context: Context, told: Told, amendment: Amendment | None = None, as_typed: bool = False
) -> Response:
    """The confirmed story as answers; questions that were answered before keep their answers."""
    text = told.case.held
    story = read_story_at(text, told.flow, told.case.changed)
    answers = dict(answers_of(told, story))
    answers[WHAT] = Written(text if as_typed else proposed(text, find_personal(text, told)))
    run = replace(told.case.run, revision=told.case.revision + 1, answers={**answers, **told.case.answers})
    told = await kept(context, told, cases.continued(told.case, run, turn.at))
    changed: tuple[Block, ...] = ()
    if amendment:
        told, changed = await _change(turn, context, told, amendment)
    stored = Paragraph(context.texts("report_story_stored"), tone="aside")
    return without_own_message(turn, context, await _go_on(turn, context, told, (*changed, stored)))


async def _amend(turn: Turn, context: Context, told: Told, text: str) -> Response | None:
    amendment = read_amendment_at(text, told.flow, turn.at)
    if not amendment or not _is_amendment(told, amendment, text):
        return None
    told, changed = await _change(turn, context, told, amendment)
    if not changed:
        return None
    return without_own_message(turn, context, await _go_on(turn, context, told, changed))


def _is_amendment(told: Told, amendment: Amendment, text: str) -> bool:
    """Whether a text changes earlier answers rather than answering the open question."""
    step = told.step
    touched = {*amendment.facts, *((WHEN,) if amendment.day else ())}
    if not amendment.corrects:
        touched -= amendment.loose
    if step and step.kind not in ("choice", "choices", "show"):
        touched &= told.case.answers.keys()
    if not touched or text.rstrip().endswith("?"):
        return False
    if step is None or step.kind == "show":
        return True
    if step.id in amendment.facts or (step.id == WHEN and amendment.day):
        return False
    if step.id in (WHO, HURT) and touched <= {WHO, HURT}:
        return amendment.corrects and bool(amendment.named & touched)
    if step.kind in ("choice", "choices"):
        return amendment.corrects or not _answers_step(told, step, text)
    return amendment.corrects and (step.kind in ("school", WHEN) or amendment.begins)


def _answers_step(told: Told, step: Step, text: str) -> bool:
    understood_as = understand_answer(step, text, told.texts.language)
    return bool(understood_as.taken or understood_as.ask or understood_as.unknown)


async def _change(
    turn: Turn, context: Context, told: Told, amendment: Amendment
) -> tuple[Told, tuple[Block, ...]]:
    """The draft with the amended answers, and what changed in words."""
    answers = dict(told.case.answers)
    blocks: list[Block] = []
    for step_id, given in _amended(told, amendment, turn).items():
        step, before = told.flow.step(step_id), answers.get(step_id)
        if step is None:
            continue
        answers[step_id] = given
        values = {"what": name_of(step, told.texts), "answer": words(step, given, told.schools, told.texts)}
        if given == before:
            blocks.append(Paragraph(told.texts("report_amended_same", **values)))
        elif before is None:
            blocks.append(Paragraph(told.texts("report_amended_new", **values)))
        else:
            was = words(step, before, told.schools, told.texts)
            blocks.append(Paragraph(told.texts("report_amended", **values, before=was)))
    if not blocks:
        return told, ()
    run = replace(told.case.run, answers=answers, revision=told.case.revision + 1)
    return await kept(context, told, cases.continued(told.case, run, turn.at)), tuple(blocks)


def _amended(told: Told, amendment: Amendment, turn: Turn) -> Mapping[str, Answer]:
    found: dict[str, Answer] = {}
    for step_id, options in amendment.facts.items():
        step, before = told.flow.step(step_id), told.case.answers.get(step_id)
        if step is None or (step.kind == "choice" and len(options) > 1):
            continue
        if step_id in amendment.adds and step.kind == "choices" and isinstance(before, Chosen):
            kept_options = tuple(one for one in before.options if one != "niemand")
            options = tuple(dict.fromkeys((*kept_options, *options)))
        found[step_id] = Chosen(options)
    if amendment.day:
        found[WHEN] = Written(moment_of(amendment.day_words, turn.at, told.texts.language))
    return found


async def _go_on(turn: Turn, context: Context, told: Told, first: Sequence[Block]) -> Response:
    """The next question, or the review, after what was just changed."""
    if told.step is None:
        return await submit.show_review(turn, context, told, *first)
    return reply(context, told, question(told, first))
