"""The record of a case as a document: complete for the board, and narrower for the LOVS and the personnel
file.

Parents may look into their child's file, and an employee into theirs. So the LOVS edition holds nothing of an
employee, and the one for the personnel file nothing of a pupil or parent. What goes where is decided by
the question or step and never by its words: `in_record` beside the question (flows/incident.yaml) or step
(steps.yaml), and the records of steps.yaml, each of which says whom it may be about.

- What is chosen from a list and says nothing of a person (when, which medium) goes into every edition. Who
  did it and who is hurt goes in with the edition's own people only.
- Free text cannot be split safely. It goes into a narrower edition only if nobody of the other side is part
  of what happened. Otherwise it is left out, and the edition says so. In its place stand the notes to the
  steps of the edition's own people: those were asked for with the words that they go into that file and must
  not be about the other.
- A step, with its note, goes into the edition of whom it is about. Steps about nobody in particular (the
  law's, the police) go by their `in_record`.
- Progress notes, the board's reasons, who handled what, reading and handing over: complete edition only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from handlers.cases.answer_words import name_of, words
from handlers.cases.case import Event, NotApplicable, What
from handlers.cases.case_steps import chosen, decided
from handlers.cases.case_steps import given as chosen_of
from handlers.casework import case_view
from handlers.casework.case_view import Shown
from handlers.dates.in_words import day_in_words
from handlers.dates.working_days import AMSTERDAM
from handlers.documents.document import AnyBlock, Document, Fields, Heading, Note, Paragraph, Quotation, Table
from handlers.flow_interpreter import Answers, Chosen, Unknown, live
from handlers.people import ROLE_NAMES
from handlers.quoting import from_outside
from knowledge.pack.contract import HURT, WHO
from knowledge.pack.policy import COMPLETE, Outside, Share, Step, holds

PLAIN_EVENTS: frozenset[What] = frozenset({"submitted", "step_settled", "filed", "closed", "reopened"})
"""What a narrower edition tells of the course: nothing of reading, of handing over, of who is involved, or of
what the board decided.
"""


def edition(shown: Shown, which: str, made_at: datetime) -> Document:
    """The record in this edition. Pure: the same case and time, the same document. Raises `KeyError` for a
    record that the policy does not have.
    """
    texts = shown.texts
    header = (
        (texts("record_school"), shown.schools.get(shown.case.school, shown.case.school)),
        (texts("record_state"), texts(case_view.STATES[shown.case.state])),
        (texts("record_opened"), case_view.day(shown.case.opened, shown.language)),
    )
    return Document(
        texts("record_full") if which == COMPLETE else shown.policy.records[which].title[shown.language],
        shown.language,
        made_at.astimezone(AMSTERDAM),
        tuple(_blocks(shown, which)),
        reference=shown.case.number,
        header_fields=header,
        footer=shown.pack.name,
    )


def _blocks(shown: Shown, which: str) -> Iterator[AnyBlock]:
    texts = shown.texts
    given = live(shown.flow, shown.case.answers)
    together = _together(shown, given, which)
    yield Heading(texts("record_report"))
    yield Fields(tuple(_answers(shown, which, given, together)))
    if together:
        yield Note(shown.policy.records[which].left_out[shown.language], texts("record_left_out"))
    steps = [step for step in shown.steps if _goes(shown, step, which, together)]
    if steps:
        yield Heading(texts("record_steps"))
    quoted: set[str] = set()
    for step in steps:
        yield from _step(shown, step, which, quoted)
    if which == COMPLETE:
        yield from _only_complete(shown)
    yield Heading(texts("record_course"))
    rows = tuple(
        _event(shown, event)
        for event in shown.case.timeline
        if _told(event, which, {step.id for step in steps})
    )
    yield Table((texts("record_when"), texts("record_what"), texts("record_who")), rows)


def _together(shown: Shown, given: Answers, which: str) -> bool:
    """Whether somebody of the other side is, or may be, part of what happened. Never for the complete
    edition.
    """
    if which == COMPLETE:
        return False
    others = {*chosen(given, WHO), *chosen(given, HURT)} - set(shown.policy.records[which].about)
    unsure = isinstance(given.get(HURT), Unknown) or HURT not in given
    both = shown.policy.together
    return bool(others) or unsure or (bool(both) and holds(both, chosen_of(given), decided(shown.case)))


def _answers(shown: Shown, which: str, given: Answers, together: bool) -> Iterator[tuple[str, str]]:
    for question in shown.flow.steps:
        answer = given.get(question.id)
        if answer is None or question.kind in ("show", "school"):  # the school stands in the head
            continue
        share = "always" if which == COMPLETE else question.in_record or "never"
        if not _shared(share, which, together):
            continue
        if share == "own" and which != COMPLETE and isinstance(answer, Chosen):
            own = shown.policy.records[which].about
            answer = replace(answer, options=tuple(option for option in answer.options if option in own))
            if not answer.options:
                continue
        yield name_of(question, shown.texts), words(question, answer, shown.schools, shown.texts)


def _shared(share: Share, which: str, together: bool) -> bool:
    if share == "alone":
        return not together
    return which in share if isinstance(share, tuple) else share in ("always", "own")


def _goes(shown: Shown, step: Step, which: str, together: bool) -> bool:
    if which == COMPLETE:
        return True
    if step.about:
        return step.about in shown.policy.records[which].about
    return _shared(step.in_record, which, together)


def _step(shown: Shown, step: Step, which: str, quoted: set[str]) -> Iterator[AnyBlock]:
    """A step: what it asks, its rule once in the document or where else it comes from, how it ended."""
    texts, language = shown.texts, shown.language
    yield Heading(step.title[language], 2)
    yield Paragraph(step.text[language])
    if isinstance(step.rests_on, Outside):
        outside = step.rests_on
        source = from_outside("record_source", outside.source, outside.checked, texts)
        yield Note(source, texts("record_outside"))
    elif step.rests_on not in quoted:
        quoted.add(step.rests_on)
        rule = shown.rule(step.rests_on)
        yield Quotation(rule.text, rule.place[language], language="nl")
    how = shown.case.settled.get(step.id)
    if how is None:
        yield Fields(((texts("record_state"), texts("record_step_open")),))
        return
    with_note = which == COMPLETE or (bool(step.about) and not step.decides)
    if isinstance(how, NotApplicable):
        pairs = [
            (texts("record_state"), texts("step_is_not")),
            (texts("record_reason"), how.reason if with_note else ""),
        ]
    else:
        measure = shown.measure(how.measure) if how.measure else ""
        done = texts(
            "record_step_done",
            day=day_in_words(how.on, "d MMMM y", language),
            who=texts(ROLE_NAMES[how.by.function]),
        )
        pairs = [
            (texts("record_state"), done),
            (texts("record_measure"), measure),
            (texts("record_note"), how.note if with_note else ""),
        ]
    yield Fields(tuple((label, value) for label, value in pairs if value))


def _only_complete(shown: Shown) -> Iterator[AnyBlock]:
    """The board's decisions with their reasons, and the progress notes."""
    texts, case = shown.texts, shown.case
    if case.decisions:
        yield Heading(texts("record_decisions"))
    for decision in case.decisions:
        outcome = shown.outcome(decision.about, decision.outcome)
        yield Fields(
            ((case_view.day(decision.at, shown.language), outcome), (texts("record_reason"), decision.reason))
        )
    if case.notes:
        yield Heading(texts("record_notes"))
        yield Fields(tuple((case_view.day(note.at, shown.language), note.text) for note in case.notes))


def _told(event: Event, which: str, steps: set[str]) -> bool:
    if which == COMPLETE:
        return event.what not in ("read", "exported")
    if event.what not in PLAIN_EVENTS:
        return False
    return event.about in steps if event.what == "step_settled" else event.about in ("", which)


def _event(shown: Shown, event: Event) -> tuple[str, str, str]:
    about = f": {shown.title(event.about)}" if event.about in shown.policy.steps else ""
    done = f"{shown.texts(case_view.EVENTS[event.what])}{about}"
    return case_view.moment(event.at, shown.language), done, shown.texts(ROLE_NAMES[event.by.function])
