"""A typed text to a question with options: what it is understood as, and the messages that show it or ask
back. A doubt is never taken silently.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from handlers.cases import case as cases
from handlers.cases.answer_words import words
from handlers.context import Context, Response, without_own_message
from handlers.flow_interpreter import Chosen, Unknown
from handlers.reply import Button, Message, Paragraph
from handlers.report.prompts import Told, plain, question
from handlers.report.take_answer import kept, reply, take
from handlers.texts import Texts
from handlers.turn import Turn
from knowledge.intake import yes_no
from knowledge.intake.choice_answer import Understood, is_agreement, understand_answer
from knowledge.pack.flow import Step

LONGEST = 600
"""Characters up to which a text may be an answer to a question with options; a longer one is a story."""


def named_outright(told: Told, step: Step, text: str) -> Chosen | None:
    """The options whose label was typed, several with commas or "en" between, or the school that is named;
    None if a part of the text is no label.
    """
    if step.kind == "school":
        return _school(told, text)
    names: dict[str, str] = {}
    for option in step.options:
        for label in option.label.values():
            names |= {plain(form): option.id for form in (option.id, label, label.split(",")[0])}
    parts = [text]
    if step.kind == "choices" and plain(text) not in names:
        parts = text.replace(" en ", ",").replace(" and ", ",").replace("&", ",").replace("/", ",").split(",")
    found = [names.get(plain(part), "") for part in parts if plain(part)]
    return Chosen(tuple(dict.fromkeys(found))) if found and all(found) else None


async def take_own_words(turn: Turn, context: Context, told: Told, step: Step, text: str) -> Response | None:
    """What a text to a question with options does; None if it answers nothing, or asks something itself."""
    if step.kind not in ("choice", "choices") or len(text) > LONGEST:
        return None
    if told.case.picked and is_agreement(text):
        return await take(turn, context, told, Chosen(told.case.picked))
    understood = understand_answer(step, text, context.texts.language)
    pair = yes_no.options(step)
    if understood.doubtful and pair:  # "ja" to "do you mean no?" must not be read as the answer
        understood = Understood(ask=tuple(option.id for option in step.options if option.id in pair))
    if understood.taken:
        return await _take(turn, context, told, step, understood)
    if understood.ask:
        picked = understood.ask if step.kind == "choices" else ()
        told = await kept(context, told, cases.waiting(told.case, turn.at, picked=picked))
        return without_own_message(turn, context, reply(context, told, _between(told, step, understood.ask)))
    if not understood.unknown:
        return None
    if step.required:
        return reply(context, told, question(told, (Paragraph(context.texts("report_needs_answer")),)))
    return await take(turn, context, told, Unknown(), (_understood(told, step, Unknown()),))


async def _take(turn: Turn, context: Context, told: Told, step: Step, understood: Understood) -> Response:
    """What was understood: taken and shown, or, if the person was in doubt, ticked and asked about."""
    given = Chosen(understood.taken)
    if not understood.doubtful or step.takes_doubt:
        return await take(turn, context, told, given, (_understood(told, step, given),))
    told = await kept(context, told, cases.waiting(told.case, turn.at, picked=understood.taken))
    asked = Paragraph(context.texts("report_meant_one", what=words(step, given, {}, context.texts)))
    return without_own_message(turn, context, reply(context, told, question(told, (asked,))))


def _understood(told: Told, step: Step, given: Chosen | Unknown) -> Paragraph:
    what = words(step, given, told.schools, told.texts)
    return Paragraph(told.texts("report_understood", what=what), tone="aside")


def _between(told: Told, step: Step, options: Sequence[str]) -> Message:
    """Which of these is meant? All of them may be, if the question takes several."""
    texts = told.texts
    buttons: list[Button] = [
        told.labelled(label, "option", option) for option, label in _labels(step, options, texts)
    ]
    if step.kind == "choices":
        buttons.append(told.button("report_both" if len(options) == 2 else "report_all_of_these", "ready"))
    buttons.append(told.button("report_other_answer", "rewrite"))
    if not step.required:
        buttons.append(told.button("report_unknown", "unknown"))
    asked = Paragraph(texts("report_meant", choices=alternatives(step, options, texts)))
    return Message((asked,), tuple(buttons))


def alternatives(step: Step, options: Collection[str], texts: Texts) -> str:
    """The options in a sentence: "“Ouder of verzorger” of “Medewerker van de school”"."""
    labels = [texts("report_option_named", label=label) for _, label in _labels(step, options, texts)]
    *others, last = labels
    return f" {texts('report_or')} ".join((", ".join(others), last)) if others else last


def _labels(step: Step, options: Collection[str], texts: Texts) -> list[tuple[str, str]]:
    return [(one.id, one.label[texts.language]) for one in step.options if one.id in options]


def _school(told: Told, text: str) -> Chosen | None:
    """The one school whose name stands in the text."""
    said = f" {plain(text)} "
    named = [
        school
        for school, name in told.schools.items()
        if f" {plain(name)} " in said or plain(name) == plain(text)
    ]
    return Chosen((named[0],)) if len(named) == 1 else None
