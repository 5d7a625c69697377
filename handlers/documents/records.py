"""The record of a case as a document: complete for the board, and narrower for the LOVS and the personnel
file.

Parents may look into their child's file, and an employee into theirs. So the LOVS edition holds nothing of an
employee, and the one for the personnel file nothing of a pupil or parent. What goes where is decided here, in
two tables, by the question or step and never by its words:

- What is chosen from a list and says nothing of a person (when, which medium) goes into every edition. Who
  did it and who is hurt goes in with the edition's own people only.
- Free text cannot be split safely. It goes into a narrower edition only if nobody of the other side is part
  of what happened. Otherwise it is left out, and the edition says so. In its place stand the notes to the
  steps of the edition's own people: those were asked for with the words that they go into that file and must
  not be about the other.
- A step, with its note, goes into the edition of whom it is about. Steps about nobody in particular (the
  law's, the police) go by `STEPS`.
- Progress notes, the board's reasons, who handled what, reading and handing over: complete edition only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal

from handlers.cases.answer_words import name_of, words
from handlers.cases.case import Edition, Event, NotApplicable, What
from handlers.cases.case_steps import HURT, SEXUAL, WHO, chosen
from handlers.cases.required_steps import Step
from handlers.casework import case_view
from handlers.casework.case_view import Shown
from handlers.dates.in_words import day_in_words
from handlers.dates.working_days import AMSTERDAM
from handlers.documents.document import AnyBlock, Document, Fields, Heading, Note, Paragraph, Quotation, Table
from handlers.flow_interpreter import Answers, Chosen, Unknown, live
from handlers.people import ROLE_NAMES
from handlers.quoting import from_outside, place_of
from knowledge.pack.step_texts import Outside

Share = Literal["always", "own", "alone", "employee", "never"]
"""always: in every edition; own: only the options that name the edition's own people; alone: only where
nobody of the other side is part of it; employee: in the personnel file's, not in the LOVS's; never: in the
complete edition only."""

ANSWERS: Mapping[str, Share] = {
    "danger": "never",
    "who": "own",
    "hurt": "own",
    "sexual": "employee",
    "self": "never",
    "school": "always",
    "when": "always",
    "medium": "always",
    "audience": "always",
    "online": "always",
    "what": "alone",
    "known": "alone",
    "evidence": "alone",
    "criminal": "alone",
    "criminal_why": "alone",
    "done": "alone",
    "other_side": "alone",
    "told": "alone",
    "next": "alone",
    "next_date": "alone",
}
"""Question of the talk → which editions its answer goes into. A question that is not here goes into the
complete edition only.
"""
STEPS: Mapping[str, Share] = {
    "wet-melden-bestuur": "employee",
    "wet-betrokkenen": "employee",
    "wet-overleg-inspecteur": "employee",
    "wet-inlichten": "never",
    "wet-aangifte": "employee",
    "besluit-aangifte": "alone",
    "besluit-aangifte-overig": "alone",
    "aangifte-doen": "alone",
}
"""Step about nobody in particular → which editions it goes into; its note goes into the complete edition
only.
"""
OWN: Mapping[Edition, frozenset[str]] = {
    "lovs": frozenset({"leerling", "ouder", "school"}),
    "personeelsdossier": frozenset({"medewerker", "school"}),
}
"""Narrower edition → whom it may be about."""
OTHERS: Mapping[Edition, frozenset[str]] = {
    "lovs": frozenset({"medewerker"}),
    "personeelsdossier": frozenset({"leerling", "ouder"}),
}
TITLES: Mapping[Edition, str] = {
    "lovs": "record_lovs",
    "personeelsdossier": "record_personnel",
    "volledig": "record_full",
}
LEFT_OUT: Mapping[Edition, str] = {
    "lovs": "record_left_out_lovs",
    "personeelsdossier": "record_left_out_personnel",
}
PLAIN_EVENTS: frozenset[What] = frozenset({"submitted", "step_settled", "filed", "closed", "reopened"})
"""What a narrower edition tells of the course: nothing of reading, of handing over, of who is involved, or of
what the board decided.
"""


def edition(shown: Shown, which: Edition, made_at: datetime) -> Document:
    """The record in this edition. Pure: the same case and time, the same document."""
    texts = shown.texts
    header = (
        (texts("record_school"), shown.schools.get(shown.case.school, shown.case.school)),
        (texts("record_state"), texts(case_view.STATES[shown.case.state])),
        (texts("record_opened"), case_view.day(shown.case.opened, shown.language)),
    )
    return Document(
        texts(TITLES[which]),
        shown.language,
        made_at.astimezone(AMSTERDAM),
        tuple(_blocks(shown, which)),
        reference=shown.case.number,
        header_fields=header,
        footer=shown.pack.name,
    )


def _blocks(shown: Shown, which: Edition) -> Iterator[AnyBlock]:
    texts = shown.texts
    given = live(shown.flow, shown.case.answers)
    together = _together(given, which)
    yield Heading(texts("record_report"))
    yield Fields(tuple(_answers(shown, which, given, together)))
    if together:
        yield Note(texts(LEFT_OUT[which]), texts("record_left_out"))
    steps = [step for step in shown.steps if _goes(step, which, together)]
    if steps:
        yield Heading(texts("record_steps"))
    quoted: set[str] = set()
    for step in steps:
        yield from _step(shown, step, which, quoted)
    if which == "volledig":
        yield from _only_complete(shown)
    yield Heading(texts("record_course"))
    rows = tuple(
        _event(shown, event)
        for event in shown.case.timeline
        if _told(event, which, {step.id for step in steps})
    )
    yield Table((texts("record_when"), texts("record_what"), texts("record_who")), rows)


def _together(given: Answers, which: Edition) -> bool:
    """Whether somebody of the other side is, or may be, part of what happened. Never for the complete
    edition.
    """
    if which == "volledig":
        return False
    others = OTHERS[which]
    part = {*chosen(given, WHO), *chosen(given, HURT)}
    unsure = isinstance(given.get(HURT), Unknown) or HURT not in given
    both = chosen(given, SEXUAL) != ("nee",)
    return bool(part & others) or unsure or both


def _answers(shown: Shown, which: Edition, given: Answers, together: bool) -> Iterator[tuple[str, str]]:
    for question in shown.flow.steps:
        answer = given.get(question.id)
        if answer is None or question.kind in ("show", "school"):  # the school stands in the head
            continue
        share = "always" if which == "volledig" else ANSWERS.get(question.id, "never")
        if not _shared(share, which, together):
            continue
        if share == "own" and isinstance(answer, Chosen):
            answer = replace(
                answer, options=tuple(option for option in answer.options if option in OWN[which])
            )
            if not answer.options:
                continue
        yield name_of(question, shown.texts), words(question, answer, shown.schools, shown.texts)


def _shared(share: Share, which: Edition, together: bool) -> bool:
    if share == "alone":
        return not together
    return share in ("always", "own") or (share == "employee" and which == "personeelsdossier")


def _goes(step: Step, which: Edition, together: bool) -> bool:
    if which == "volledig":
        return True
    if step.about:
        return step.about in OWN[which]
    return _shared(STEPS.get(step.id, "never"), which, together)


def _step(shown: Shown, step: Step, which: Edition, quoted: set[str]) -> Iterator[AnyBlock]:
    """A step: what it asks, its rule once in the document or where else it comes from, how it ended."""
    texts, language = shown.texts, shown.language
    written = shown.step_texts.steps[step.id]
    yield Heading(written.title[language], 2)
    yield Paragraph(written.text[language])
    if isinstance(written.rests_on, Outside):
        outside = written.rests_on
        source = from_outside("record_source", outside.source, outside.checked, texts)
        yield Note(source, texts("record_outside"))
    elif written.rests_on not in quoted:
        quoted.add(written.rests_on)
        rule = shown.pack.protocol.rule(written.rests_on)
        yield Quotation(rule.text, place_of(rule, language), language="nl")
    how = shown.case.settled.get(step.id)
    if how is None:
        yield Fields(((texts("record_state"), texts("record_step_open")),))
        return
    with_note = which == "volledig" or (step.about is not None and not step.decided_by_board)
    if isinstance(how, NotApplicable):
        pairs = [
            (texts("record_state"), texts("step_is_not")),
            (texts("record_reason"), how.reason if with_note else ""),
        ]
    else:
        measure = shown.step_texts.measures[how.measure][language] if how.measure else ""
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
        outcome = texts(case_view.OUTCOMES[decision.about, decision.outcome])
        yield Fields(
            ((case_view.day(decision.at, shown.language), outcome), (texts("record_reason"), decision.reason))
        )
    if case.notes:
        yield Heading(texts("record_notes"))
        yield Fields(tuple((case_view.day(note.at, shown.language), note.text) for note in case.notes))


def _told(event: Event, which: Edition, steps: set[str]) -> bool:
    if which == "volledig":
        return event.what not in ("read", "exported")
    if event.what not in PLAIN_EVENTS:
        return False
    return event.about in steps if event.what == "step_settled" else event.about in ("", which)


def _event(shown: Shown, event: Event) -> tuple[str, str, str]:
    about = f": {shown.title(event.about)}" if event.about in shown.step_texts.steps else ""
    done = f"{shown.texts(case_view.EVENTS[event.what])}{about}"
    return case_view.moment(event.at, shown.language), done, shown.texts(ROLE_NAMES[event.by.function])
