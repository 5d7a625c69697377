"""What a case looks like in a chat: pure, from the case and the pack to messages with buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.actions import (
    AddNote,
    AgreeDay,
    AskInvolved,
    CaseMenu,
    ChooseExport,
    CloseCase,
    Decide,
    HandOver,
    OpenCase,
    OpenStep,
    ReadReport,
    ReopenCase,
    ReopenStep,
    ShowCaseLog,
    SnoozeCase,
    StepDone,
    StepNotApplicable,
)
from handlers.cases.answer_words import name_of, words
from handlers.cases.case import BOARD, Case, CaseHead, CaseState, Event, NotApplicable, What
from handlers.cases.case_steps import demanded, policy_of
from handlers.cases.judged import QuotedRule, quoted
from handlers.dates.in_words import day_in_words
from handlers.dates.working_days import AMSTERDAM
from handlers.flow_interpreter import live
from handlers.people import ROLE_NAMES
from handlers.quoting import outside
from handlers.reply import Block, Bullets, Button, Heading, Message, Paragraph, Quotation
from handlers.texts import Texts
from knowledge.language.words import Language
from knowledge.pack.flow import Flow
from knowledge.pack.loading import Pack
from knowledge.pack.policy import COMPLETE, Outside, Policy, Step

STATES: Mapping[CaseState, str] = {
    "concept": "case_concept",
    "ingediend": "case_sent_in",
    "in_behandeling": "case_worked_on",
    "afgerond": "case_closed",
    "vernietigd": "case_destroyed",
}
EVENTS: Mapping[What, str] = {
    "started": "event_started",
    "submitted": "event_submitted",
    "step_settled": "event_step_settled",
    "step_reopened": "event_step_reopened",
    "decided": "event_decided",
    "noted": "event_noted",
    "agreed": "event_agreed",
    "filed": "event_filed",
    "closed": "event_closed",
    "reopened": "event_reopened",
    "handed_over": "event_handed_over",
    "involved": "event_involved",
    "destroyed": "event_destroyed",
    "read": "event_read",
    "exported": "event_exported",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A case with all that is needed to show it."""

    case: Case
    flow: Flow
    steps: tuple[Step, ...]
    """What it demands now."""
    policy: Policy
    """What it is judged by."""
    pack: Pack
    schools: Mapping[str, str]
    """School's id → name."""
    texts: Texts

    @property
    def language(self) -> Language:
        return self.texts.language

    def title(self, step_id: str) -> str:
        known = self.policy.steps.get(step_id)
        return known.title[self.language] if known else step_id

    def rule(self, rule_id: str) -> QuotedRule:
        """The rule as it was when the case was sent in."""
        kept = self.case.judged.rules.get(rule_id) if self.case.judged else None
        return kept or quoted(self.pack.protocol.rule(rule_id))

    def reads_now(self, rule_id: str) -> QuotedRule | None:
        """The rule as it is now, where it reads otherwise than it did; without text where it is gone."""
        kept = self.rule(rule_id)
        now = next((quoted(rule) for rule in self.pack.protocol if rule.id == rule_id), None)
        if now is None:
            return QuotedRule(rule_id, "", {})
        return now if now.text != kept.text else None

    def outcome(self, about: str, outcome: str) -> str:
        """A decision's outcome in words."""
        decision = self.policy.decisions.get(about)
        known = decision.outcomes.get(outcome) if decision else None
        return known[self.language] if known else f"{about}: {outcome}"

    def measure(self, measure: str) -> str:
        known = self.policy.measures.get(measure)
        return known[self.language] if known else measure

    def record(self, record: str) -> str:
        """A record's name for a button."""
        known = self.policy.records.get(record)
        return known.name[self.language] if known else self.texts("edition_full")

    @property
    def records(self) -> tuple[str, ...]:
        """The records that can be made of it, the complete one last."""
        return (*self.policy.records, COMPLETE)


def show(case: Case, pack: Pack, schools: Sequence[tuple[str, str]], texts: Texts) -> Shown:
    """A case that says nobody did it yet (given to the board at once) demands no steps."""
    flow, policy = pack.flow(case.flow, case.flow_version), policy_of(case, pack)
    try:
        steps = demanded(case, flow, policy)
    except ValueError:
        steps = ()
    return Shown(case, flow, steps, policy, pack, dict(schools), texts)


def line(head: CaseHead, schools: Mapping[str, str], texts: Texts) -> str:
    """One case in one line, without content."""
    return texts(
        "case_line",
        number=head.number,
        school=schools.get(head.school, head.school),
        state=texts(STATES[head.state]),
        changed=day(head.changed, texts.language),
    )


def overview(shown: Shown) -> Message:
    """The case: where it stands, its steps, what can be done."""
    case, texts = shown.case, shown.texts
    blocks: list[Block] = [
        Heading(texts("case_title", number=case.number)),
        Paragraph(
            texts(
                "case_stands",
                school=shown.schools.get(case.school, case.school),
                state=texts(STATES[case.state]),
                keeper=texts("keeper_board") if case.keeper == BOARD else texts("keeper_director"),
            )
        ),
    ]
    if case.agreed:
        blocks.append(
            Paragraph(texts("case_agreed", day=day_in_words(case.agreed, "d MMMM y", shown.language)))
        )
    if shown.steps:
        blocks += [
            Paragraph(texts("case_steps")),
            Bullets(tuple(step_line(shown, step) for step in shown.steps)),
        ]
    buttons: list[Button] = []
    if case.state in ("ingediend", "in_behandeling"):
        waiting = [step for step in shown.steps if step.id not in case.settled]
        buttons += [
            Button(shown.title(step.id), OpenStep(case.id, case.revision, step.id)) for step in waiting
        ]
        if not waiting:
            blocks.append(Paragraph(texts("case_ready")))
            buttons.append(Button(texts("case_close"), CloseCase(case.id, case.revision)))
    elif case.state == "afgerond":
        buttons.append(Button(texts("case_reopen"), ReopenCase(case.id, case.revision)))
    buttons += [
        Button(texts("case_read"), ReadReport(case.id)),
        Button(texts("case_more"), CaseMenu(case.id)),
    ]
    return Message(tuple(blocks), tuple(buttons), ref=f"@case:{case.id}")


def menu(shown: Shown, board: bool) -> Message:
    """What else can be done."""
    case, texts = shown.case, shown.texts
    buttons = [
        Button(texts("case_log"), ShowCaseLog(case.id)),
        Button(texts("case_export"), ChooseExport(case.id)),
    ]
    if case.state in ("ingediend", "in_behandeling"):
        buttons += [
            Button(texts("case_note"), AddNote(case.id, case.revision)),
            Button(texts("case_agree"), AgreeDay(case.id, case.revision)),
        ]
        buttons += [
            Button(shown.title(step.id), OpenStep(case.id, case.revision, step.id))
            for step in shown.steps
            if step.id in case.settled
        ]
        buttons += [
            Button(texts("case_snooze"), SnoozeCase(case.id)),
            Button(texts("case_hand_over"), HandOver(case.id, case.revision)),
        ]
        buttons.append(Button(texts("case_close"), CloseCase(case.id, case.revision)))
    buttons.append(
        Button(texts("involve_who" if board else "involve_self"), AskInvolved(case.id, case.revision))
    )
    buttons.append(Button(texts("case_back"), OpenCase(case.id)))
    return Message((Paragraph(texts("case_menu", number=case.number)),), tuple(buttons))


def step_line(shown: Shown, step: Step) -> str:
    """One step in one line: its title, who, and how it ended, with what measure."""
    how, texts = shown.case.settled.get(step.id), shown.texts
    title, actor = shown.title(step.id), shown.policy.actors[step.actor][shown.language]
    if how is None:
        return texts("step_open", title=title, actor=actor)
    if isinstance(how, NotApplicable):
        return texts("step_not_applicable", title=title)
    if how.measure:
        title = f"{title}: {shown.measure(how.measure)}"
    return texts("step_done", title=title, day=day_in_words(how.on, "d MMMM y", shown.language))


def step_message(shown: Shown, step: Step, board: bool) -> Message:
    """One step: what it asks, the rule word for word or where else it comes from, and how it can end."""
    case, texts, language = shown.case, shown.texts, shown.language
    actor = shown.policy.actors[step.actor][language]
    blocks: list[Block] = [
        Heading(step.title[language]),
        Paragraph(step.text[language]),
        Paragraph(texts("step_actor", actor=actor)),
    ]
    if isinstance(step.rests_on, Outside):
        blocks.append(Paragraph(outside(step.rests_on, texts), tone="aside"))
    else:
        rule, now = shown.rule(step.rests_on), shown.reads_now(step.rests_on)
        blocks.append(Quotation(rule.text, rule.place[language], rule.id))
        if now:
            blocks.append(Paragraph(texts("rule_reads_now" if now.text else "rule_is_gone"), tone="aside"))
        if now and now.text:
            blocks.append(Quotation(now.text, now.place[language], now.id))
    if step.note:
        blocks.append(
            Paragraph(f"{step.note.text[language]} {outside(step.note.outside, texts)}", tone="aside")
        )
    how = case.settled.get(step.id)
    at = (case.id, case.revision, step.id)
    buttons: list[Button] = []
    if how is not None:
        ended = how.reason if isinstance(how, NotApplicable) else how.note
        blocks.append(Paragraph(step_line(shown, step)))
        if ended:
            blocks.append(Paragraph(ended))
        buttons.append(Button(texts("step_reopen"), ReopenStep(*at)))
    elif step.decides:
        decision = shown.policy.decisions[step.decides]
        if board or decision.by != BOARD:
            buttons += [
                Button(label[language], Decide(*at, outcome)) for outcome, label in decision.outcomes.items()
            ]
        else:
            blocks.append(Paragraph(texts("board_decides")))
    else:
        for measure in step.measures:
            buttons.append(Button(shown.measure(measure), StepDone(*at, measure)))
        buttons.append(Button(texts("step_no_measure" if step.measures else "step_is_done"), StepDone(*at)))
        buttons.append(Button(texts("step_is_not"), StepNotApplicable(*at)))
    buttons.append(Button(texts("case_back"), OpenCase(case.id)))
    return Message(tuple(blocks), tuple(buttons))


def answers(shown: Shown) -> tuple[Message, ...]:
    """The report as it was sent in, the decisions and the notes."""
    case, texts = shown.case, shown.texts
    blocks: list[Block] = [Heading(texts("case_title", number=case.number))]
    for label, told in answered(shown):
        blocks += [Paragraph(label, tone="aside"), Paragraph(told)]
    for decision in case.decisions:
        label = texts(
            "case_decision",
            day=day(decision.at, shown.language),
            outcome=shown.outcome(decision.about, decision.outcome),
        )
        blocks += [Paragraph(label, tone="aside"), Paragraph(decision.reason)]
    for note in case.notes:
        blocks += [
            Paragraph(texts("case_noted", day=day(note.at, shown.language)), tone="aside"),
            Paragraph(note.text),
        ]
    return (Message(tuple(blocks), (Button(texts("case_back"), OpenCase(case.id)),)),)


def log(shown: Shown) -> Message:
    """What was done with the case, by whom in what role and when."""
    lines = [event_line(shown, event) for event in shown.case.timeline]
    back = Button(shown.texts("case_back"), OpenCase(shown.case.id))
    return Message(
        (Heading(shown.texts("case_title", number=shown.case.number)), Bullets(tuple(lines))), (back,)
    )


def event_line(shown: Shown, event: Event) -> str:
    texts = shown.texts
    done = texts(EVENTS[event.what])
    about = f": {shown.title(event.about)}" if event.about in shown.policy.steps else ""
    return texts(
        "event_line",
        at=moment(event.at, shown.language),
        done=f"{done}{about}",
        who=texts(ROLE_NAMES[event.by.function]),
    )


def answered(shown: Shown) -> list[tuple[str, str]]:
    """(question, answer) for all that was answered and counts."""
    given = live(shown.flow, shown.case.answers)
    found = []
    for question in shown.flow.steps:
        if question.id in given and question.kind != "show":
            found.append(
                (
                    name_of(question, shown.texts),
                    words(question, given[question.id], shown.schools, shown.texts),
                )
            )
    return found


def day(at: datetime, language: Language) -> str:
    return day_in_words(at.astimezone(AMSTERDAM).date(), "d MMMM y", language)


def moment(at: datetime, language: Language) -> str:
    local = at.astimezone(AMSTERDAM)
    return f"{day_in_words(local.date(), 'd MMMM y', language)} {local:%H:%M}"
