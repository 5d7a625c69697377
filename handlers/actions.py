"""What a button, an expected text or a step after the PIN stands for: frozen dataclasses, so that the type
checker knows every one. Strings are parsed at the border only: the store keeps an action as JSON.

A new action: add it here and to `Action`, and the exhaustive match in `router.py` asks for its handler.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from knowledge.language.words import Language

Form = Literal["pdf", "docx", "json"]
ReportVerb = Literal[
    "option", "tick", "ready", "read", "unknown", "back", "edit", "keep", "proposal", "as_answer",
    "rewrite", "pause", "go_on", "cancel", "destroy", "review", "submit", "story",
]  # fmt: skip
"""What can be done with the open question of a report."""


# Questions and reading


@dataclass(frozen=True, slots=True)
class ShowRule:
    rule: str
    kind: Literal["show_rule"] = "show_rule"


@dataclass(frozen=True, slots=True)
class NoneOfThese:
    """None of the rules offered is meant."""

    kind: Literal["none_of_these"] = "none_of_these"


@dataclass(frozen=True, slots=True)
class FindRule:
    """Look up the rule for the message that was passed on."""

    kind: Literal["find_rule"] = "find_rule"


@dataclass(frozen=True, slots=True)
class SayAgain:
    """Say the last answer once more, which may not have arrived."""

    kind: Literal["say_again"] = "say_again"


@dataclass(frozen=True, slots=True)
class JudgeAnswer:
    """Say whether the answer under this rule or topic helped."""

    label: str
    helpful: bool
    kind: Literal["judge_answer"] = "judge_answer"


@dataclass(frozen=True, slots=True)
class ShowSections:
    in_place: bool = False
    """Whether the list replaces the message whose button was pressed."""
    kind: Literal["show_sections"] = "show_sections"


@dataclass(frozen=True, slots=True)
class ShowSection:
    section: str
    kind: Literal["show_section"] = "show_section"


@dataclass(frozen=True, slots=True)
class ReadRule:
    rule: str
    kind: Literal["read_rule"] = "read_rule"


@dataclass(frozen=True, slots=True)
class SendProtocol:
    """The whole protocol as a document."""

    kind: Literal["send_protocol"] = "send_protocol"


@dataclass(frozen=True, slots=True)
class StartCheck:
    flow: str
    kind: Literal["start_check"] = "start_check"


@dataclass(frozen=True, slots=True)
class AnswerCheck:
    flow: str
    revision: int
    question: str
    option: str
    kind: Literal["answer_check"] = "answer_check"


@dataclass(frozen=True, slots=True)
class CheckBack:
    flow: str
    revision: int
    kind: Literal["check_back"] = "check_back"


@dataclass(frozen=True, slots=True)
class StopCheck:
    flow: str
    revision: int
    kind: Literal["stop_check"] = "stop_check"


@dataclass(frozen=True, slots=True)
class BackFromHelp:
    """From the help for somebody in danger back to what was under way."""

    kind: Literal["back_from_help"] = "back_from_help"


@dataclass(frozen=True, slots=True)
class ChooseLanguage:
    language: Language
    kind: Literal["choose_language"] = "choose_language"


@dataclass(frozen=True, slots=True)
class ConfirmForget:
    yes: bool
    kind: Literal["confirm_forget"] = "confirm_forget"


# The report


@dataclass(frozen=True, slots=True)
class StartReport:
    kind: Literal["start_report"] = "start_report"


@dataclass(frozen=True, slots=True)
class BeginReport:
    kind: Literal["begin_report"] = "begin_report"


@dataclass(frozen=True, slots=True)
class ResumeReport:
    case: str
    kind: Literal["resume_report"] = "resume_report"


@dataclass(frozen=True, slots=True)
class PostponeReport:
    kind: Literal["postpone_report"] = "postpone_report"


@dataclass(frozen=True, slots=True)
class ReportStep:
    """Something done with the open question of a draft; good for this revision only."""

    case: str
    revision: int
    verb: ReportVerb
    value: str = ""
    """The option, or the question to change."""
    kind: Literal["report_step"] = "report_step"


# Case work


@dataclass(frozen=True, slots=True)
class ListCases:
    page: int = 0
    kind: Literal["list_cases"] = "list_cases"


@dataclass(frozen=True, slots=True)
class OpenCase:
    case: str
    kind: Literal["open_case"] = "open_case"


@dataclass(frozen=True, slots=True)
class CaseMenu:
    case: str
    kind: Literal["case_menu"] = "case_menu"


@dataclass(frozen=True, slots=True)
class ReadReport:
    """The report of a case as it was submitted, with decisions and notes."""

    case: str
    kind: Literal["read_report"] = "read_report"


@dataclass(frozen=True, slots=True)
class ShowCaseLog:
    case: str
    kind: Literal["show_case_log"] = "show_case_log"


@dataclass(frozen=True, slots=True)
class ChooseExport:
    case: str
    kind: Literal["choose_export"] = "choose_export"


@dataclass(frozen=True, slots=True)
class ExportRecord:
    case: str
    record: str
    form: Form
    kind: Literal["export_record"] = "export_record"


@dataclass(frozen=True, slots=True)
class OpenStep:
    case: str
    revision: int
    step: str
    kind: Literal["open_step"] = "open_step"


@dataclass(frozen=True, slots=True)
class StepDone:
    """A required step was done; the day is asked next."""

    case: str
    revision: int
    step: str
    measure: str = ""
    kind: Literal["step_done"] = "step_done"


@dataclass(frozen=True, slots=True)
class StepDoneOn:
    """The day on which it was done; None: the person writes it."""

    case: str
    revision: int
    step: str
    measure: str = ""
    on: date | None = None
    sure: bool = False
    """Whether the day stands though it lies before the incident."""
    kind: Literal["step_done_on"] = "step_done_on"


@dataclass(frozen=True, slots=True)
class SaveStepDone:
    case: str
    revision: int
    step: str
    measure: str
    on: date
    kind: Literal["save_step_done"] = "save_step_done"


@dataclass(frozen=True, slots=True)
class StepNotApplicable:
    case: str
    revision: int
    step: str
    kind: Literal["step_not_applicable"] = "step_not_applicable"


@dataclass(frozen=True, slots=True)
class SaveNotApplicable:
    case: str
    revision: int
    step: str
    kind: Literal["save_not_applicable"] = "save_not_applicable"


@dataclass(frozen=True, slots=True)
class ReopenStep:
    case: str
    revision: int
    step: str
    kind: Literal["reopen_step"] = "reopen_step"


@dataclass(frozen=True, slots=True)
class AddNote:
    case: str
    revision: int
    kind: Literal["add_note"] = "add_note"


@dataclass(frozen=True, slots=True)
class SaveNote:
    case: str
    revision: int
    kind: Literal["save_note"] = "save_note"


@dataclass(frozen=True, slots=True)
class Decide:
    """A decision on a step; its reason is asked next."""

    case: str
    revision: int
    step: str
    outcome: str
    kind: Literal["decide"] = "decide"


@dataclass(frozen=True, slots=True)
class SaveDecision:
    case: str
    revision: int
    step: str
    outcome: str
    kind: Literal["save_decision"] = "save_decision"


@dataclass(frozen=True, slots=True)
class AgreeDay:
    """The next day agreed on; it is asked next."""

    case: str
    revision: int
    kind: Literal["agree_day"] = "agree_day"


@dataclass(frozen=True, slots=True)
class SaveAgreedDay:
    case: str
    revision: int
    on: date | None = None
    """The day; None: the person writes it."""
    kind: Literal["save_agreed_day"] = "save_agreed_day"


@dataclass(frozen=True, slots=True)
class SnoozeCase:
    case: str
    kind: Literal["snooze_case"] = "snooze_case"


@dataclass(frozen=True, slots=True)
class CloseCase:
    case: str
    revision: int
    kind: Literal["close_case"] = "close_case"


@dataclass(frozen=True, slots=True)
class ReopenCase:
    """A closed case is worked on again; the reason is asked next."""

    case: str
    revision: int
    kind: Literal["reopen_case"] = "reopen_case"


@dataclass(frozen=True, slots=True)
class SaveReopened:
    case: str
    revision: int
    kind: Literal["save_reopened"] = "save_reopened"


@dataclass(frozen=True, slots=True)
class HandOver:
    case: str
    revision: int
    kind: Literal["hand_over"] = "hand_over"


@dataclass(frozen=True, slots=True)
class HandTo:
    case: str
    revision: int
    to: str
    """A person's id, or `handlers.cases.case.BOARD`."""
    kind: Literal["hand_to"] = "hand_to"


@dataclass(frozen=True, slots=True)
class AskInvolved:
    """Who is part of what happened?"""

    case: str
    revision: int
    kind: Literal["ask_involved"] = "ask_involved"


@dataclass(frozen=True, slots=True)
class SetInvolved:
    case: str
    revision: int
    person: str
    kind: Literal["set_involved"] = "set_involved"


# The PIN


@dataclass(frozen=True, slots=True)
class ChangePin:
    kind: Literal["change_pin"] = "change_pin"


@dataclass(frozen=True, slots=True)
class ChoosePin:
    """The next text is a new PIN; once it is set, `then` is done."""

    then: Action | None = None
    kind: Literal["choose_pin"] = "choose_pin"


@dataclass(frozen=True, slots=True)
class RepeatPin:
    """The next text is the new PIN once more; once it is set, `then` is done."""

    then: Action | None = None
    kind: Literal["repeat_pin"] = "repeat_pin"


@dataclass(frozen=True, slots=True)
class EnterPin:
    """The next text is the PIN; the right one continues with `then`."""

    then: Action
    kind: Literal["enter_pin"] = "enter_pin"


CaseAction = (
    OpenCase | CaseMenu | ReadReport | ShowCaseLog | ChooseExport | ExportRecord | OpenStep | StepDone
    | StepDoneOn | SaveStepDone | StepNotApplicable | SaveNotApplicable | ReopenStep | AddNote | SaveNote
    | Decide | SaveDecision | AgreeDay | SaveAgreedDay | SnoozeCase | CloseCase | ReopenCase | SaveReopened
    | HandOver | HandTo | AskInvolved | SetInvolved
)  # fmt: skip
"""All that names one case; those with a `revision` are good for that state of the case only."""
PressedAction = (
    ShowRule | NoneOfThese | FindRule | JudgeAnswer | ShowSections | ShowSection | ReadRule | SendProtocol
    | StartCheck | AnswerCheck | CheckBack | StopCheck | ChooseLanguage | ConfirmForget | StartReport
    | BeginReport | ResumeReport | PostponeReport | ReportStep | ListCases | ChangePin | BackFromHelp
    | SayAgain
)  # fmt: skip
PinText = ChoosePin | RepeatPin | EnterPin
ExpectedText = (
    PinText | StepDoneOn | SaveStepDone | SaveNotApplicable | SaveNote | SaveDecision | SaveAgreedDay
    | SaveReopened
)  # fmt: skip
"""What the session may expect the next text for."""
Action = PressedAction | CaseAction | PinText
