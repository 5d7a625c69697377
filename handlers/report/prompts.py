"""The messages of the talk: the open question with its buttons, the review page, and what follows after
sending in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.actions import ReportStep, ReportVerb
from handlers.cases.answer_words import Schools, name_of, words
from handlers.cases.case import Case
from handlers.cases.case_steps import demanded
from handlers.flow_interpreter import Run, back, current, live, progress
from handlers.quoting import outside, quotation
from handlers.reply import Block, Button, Heading, Message, Paragraph
from handlers.texts import Texts
from knowledge.pack.flow import Flow, Step
from knowledge.pack.loading import Pack
from knowledge.pack.policy import Outside

PICKED = "✓ "


@dataclass(frozen=True, slots=True)
class Told:
    """A report that is being told, and what is needed to show it."""

    case: Case
    flow: Flow
    """In the version that the report began with."""
    schools: Schools
    """Those that the person reports for."""
    texts: Texts

    @property
    def step(self) -> Step | None:
        """The question that is open; None when all are answered."""
        return current(self.flow, self.case.run)

    def button(self, label: str, verb: ReportVerb) -> Button:
        """A button that is good for this revision only. `label` names a text."""
        return self.labelled(self.texts(label), verb)

    def labelled(self, label: str, verb: ReportVerb, value: str = "") -> Button:
        return Button(label, ReportStep(self.case.id, self.case.revision, verb, value))


def question(told: Told, first: Sequence[Block] = (), replaces: str = "") -> Message:
    """The open question, after `first`. When all are answered: that they are, and the way to the review."""
    step = told.step
    if step is None:
        blocks = (*first, Paragraph(told.texts("report_all_answered")))
        return Message(blocks, (told.button("report_review", "review"), told.button("report_pause", "pause")))
    number, total = _progress(told, step)
    blocks = (
        *first,
        Paragraph(told.texts("report_progress", number=str(number), total=str(total)), tone="aside"),
        *_asked(step, told.texts),
    )
    return Message(blocks, (*_choices(told, step), *_ways(told, step)), replaces=replaces)


def may_be_answer(told: Told) -> Message:
    """The open question, and a way to keep what was taken for a question as its answer."""
    asked = question(told, (Paragraph(told.texts("report_was_question")),))
    return Message(asked.blocks, (told.button("report_as_answer", "as_answer"), *asked.buttons))


def moment_unsure(told: Told, doubt: str, day: str) -> Message:
    """When was it? `day` is the likelier reading in words, "" where no day was read."""
    if day:
        blocks = (Paragraph(told.texts("report_when_day", day=day)),)
        return Message(
            blocks, (told.button("report_when_right", "keep"), told.button("report_rewrite", "rewrite"))
        )
    blocks = (Paragraph(told.texts("report_when_future" if doubt == "future" else "report_when_unread")),)
    return Message(
        blocks, (told.button("report_rewrite", "rewrite"), told.button("report_when_keep", "keep"))
    )


def confirm_cancel(told: Told) -> Message:
    buttons = (told.button("report_destroy", "destroy"), told.button("report_go_on", "go_on"))
    return Message((Paragraph(told.texts("report_confirm_cancel")),), buttons)


def review(told: Told, first: Sequence[Block] = ()) -> Message:
    """Every answer that counts, each with a button to change it, and the button that sends in exactly
    these.
    """
    texts = told.texts
    blocks: list[Block] = [
        *first,
        Heading(texts("report_review_title")),
        Paragraph(texts("report_review_check")),
    ]
    buttons = [told.button("report_submit", "submit")]
    for step_id, given in live(told.flow, told.case.answers).items():
        step = told.flow.step(step_id)
        if step is None or step.kind == "show":
            continue
        blocks += [
            Paragraph(name_of(step, texts), tone="aside"),
            Paragraph(words(step, given, told.schools, texts)),
        ]
        buttons.append(told.labelled(texts("report_change", what=name_of(step, texts)), "edit", step_id))
    buttons += [told.button("report_pause", "pause"), told.button("report_cancel", "cancel")]
    return Message(tuple(blocks), tuple(buttons))


def follows(case: Case, flow: Flow, pack: Pack, texts: Texts) -> tuple[Block, ...]:
    """The steps that the case demands: who does what, each rule quoted once, and what is not from the
    protocol marked so.
    """
    policy, language = pack.policy, texts.language
    blocks: list[Block] = []
    quoted: set[str] = set()
    for number, step in enumerate(demanded(case, flow, policy), 1):
        actor = policy.actors[step.actor][language]
        blocks.append(
            Paragraph(
                "\n".join(
                    (
                        f"{number}. {step.title[language]}",
                        texts("report_who", actor=actor),
                        step.text[language],
                    )
                )
            )
        )
        if isinstance(step.rests_on, Outside):
            blocks.append(Paragraph(outside(step.rests_on, texts), tone="aside"))
        elif step.rests_on not in quoted:
            quoted.add(step.rests_on)
            rule = pack.protocol.rule(step.rests_on)
            blocks.append(quotation(rule, language))
        if step.note:
            blocks.append(
                Paragraph(f"{step.note.text[language]} {outside(step.note.outside, texts)}", tone="aside")
            )
    return tuple(blocks)


def _progress(told: Told, step: Step) -> tuple[int, int]:
    """(number of the question, how many there are), without what is said before them and without the school
    where there is only one.
    """
    number, total = progress(told.flow, told.case.run)
    kinds = [other.kind for other in told.flow.steps]
    if len(told.schools) != 1 or "school" not in kinds:
        return number - 1, total - 1
    return number - (2 if told.flow.steps.index(step) > kinds.index("school") else 1), total - 2


def _asked(step: Step, texts: Texts) -> list[Block]:
    blocks: list[Block] = [Paragraph(step.ask[texts.language])]
    if step.aside:
        blocks.append(Paragraph(step.aside[texts.language], tone="aside"))
    return blocks


def _choices(told: Told, step: Step) -> list[Button]:
    language = told.texts.language
    if step.kind == "show":
        return [told.button("report_read", "read")]
    if step.kind == "school":
        return [told.labelled(name, "option", school) for school, name in told.schools.items()]
    if step.kind not in ("choice", "choices"):
        return []
    picked = told.case.picked
    labels = [
        (option.id, f"{PICKED if option.id in picked else ''}{option.label[language]}")
        for option in step.options
    ]
    if step.kind == "choice":
        return [told.labelled(label, "option", option) for option, label in labels]
    ticks = [told.labelled(label, "tick", option) for option, label in labels]
    return [*ticks, told.button("report_ready", "ready")] if picked else ticks


def _ways(told: Told, step: Step) -> list[Button]:
    """Weet ik niet, back, pause, cancel: on every question where they mean something."""
    ways = []
    if not step.required and step.kind != "show":
        ways.append(told.button("report_unknown", "unknown"))
    if step_back(told):
        ways.append(told.button("report_back", "back"))
    return [*ways, told.button("report_pause", "pause"), told.button("report_cancel", "cancel")]


def step_back(told: Told) -> Run | None:
    """The talk one question earlier, past those that ask nothing of this person; None at the first."""
    run = back(told.flow, told.case.run)
    while (
        run is not None
        and (step := current(told.flow, run))
        and (step.kind == "show" or (step.kind == "school" and len(told.schools) < 2))
    ):
        run = back(told.flow, run)
    return run


def plain(text: str) -> str:
    """A text as it is compared: small letters, no signs around it."""
    return text.strip(" .,!?;:\"'\t\n").casefold()
