"""Reading a pack's policy: steps.yaml. Every name in it exists, or it is a problem with its line.

Whether every case ends and every step can be reached is proved in `policy_check.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import get_args

from knowledge.files.problems import Problem, did_you_mean
from knowledge.files.yaml_file import Value, read
from knowledge.pack.flow import Flow
from knowledge.pack.flow_reader import share
from knowledge.pack.policy import (
    COMPLETE,
    NO_POLICY,
    SHARES,
    UNKNOWN,
    Condition,
    Decider,
    Decision,
    Note,
    Outside,
    Policy,
    Record,
    Share,
    Step,
)
from knowledge.pack.protocol import RuleId

FILE = "steps.yaml"
TITLE_MAX = 40
"""Characters of a title that still fit a button on a phone."""
DECIDERS: tuple[Decider, ...] = get_args(Decider)
NOT, DECIDED = "not", "decided"
"""What stands in a condition beside questions."""


def load(folder: Path, rules: Collection[str], flow: Flow | None, problems: list[Problem]) -> Policy:
    """What can be read of a pack's policy. `flow` is the talk whose answers decide; without it, and without
    `rules`, those names are not checked.
    """
    file = read(folder / FILE, str(folder / FILE), problems)
    return NO_POLICY if file.missing else _Reader(file, rules, flow).policy


class _Reader:
    def __init__(self, file: Value, rules: Collection[str], flow: Flow | None) -> None:
        self.rules = rules
        self.flow = flow
        part = file.fields("actors", "steps", optional=("measures", "decisions", "records", "together"))
        self.actors = {name: value.translated() for name, value in part["actors"].items()}
        self.measures = {name: value.translated() for name, value in part["measures"].items()}
        self.decisions = {name: self._decision(value) for name, value in part["decisions"].items()}
        self.records = {name: self._record(name, value) for name, value in part["records"].items()}
        self.policy = Policy(
            self.actors,
            self.decisions,
            self.measures,
            self.records,
            self._conditions(part["together"]),
            {name: self._step(name, value) for name, value in part["steps"].items()},
        )
        if not self.policy.steps:
            part["steps"].problem('"steps" holds no step')
        self._note_unused(part)

    def _decision(self, entry: Value) -> Decision:
        part = entry.fields("by", "outcomes")
        by = part["by"].text()
        if by and by not in DECIDERS:
            part["by"].problem(
                f'unknown role "{by}"{did_you_mean(by, DECIDERS)}; known are {", ".join(DECIDERS)}'
            )
        outcomes = {name: value.translated() for name, value in part["outcomes"].items()}
        if len(outcomes) < 2 and not part["outcomes"].missing:
            part["outcomes"].problem("a decision needs two outcomes or more")
        return Decision(next((role for role in DECIDERS if role == by), "bestuur"), outcomes, entry.line)

    def _record(self, name: str, entry: Value) -> Record:
        part = entry.fields("name", "title", "about", "holds", "left_out", "ask_note")
        if name in (*SHARES, COMPLETE):
            entry.problem(f'a record cannot be called "{name}": that is a word of the program')
        about = tuple(text for text, _ in part["about"].texts())
        if self.flow and (people := _people(self.flow)):
            for who in about:
                if who not in people:
                    part["about"].problem(
                        f'nobody of the report is called "{who}"{did_you_mean(who, people)}; known are '
                        f"{', '.join(people)}"
                    )
        return Record(
            part["name"].translated(),
            part["title"].translated(),
            about,
            part["holds"].translated(),
            part["left_out"].translated(),
            part["ask_note"].translated(),
            entry.line,
        )

    def _step(self, step_id: str, entry: Value) -> Step:
        part = entry.fields(
            "title",
            "text",
            "actor",
            optional=(
                *("rule", "source", "checked", "note", "about", "measures", "decides", "files"),
                *("in_record", "when"),
            ),
        )
        title = part["title"].translated()
        for language, text in title.items():
            if len(text) > TITLE_MAX:
                part["title"].problem(
                    f'the {language} title of "{step_id}" has {len(text)} characters; at most {TITLE_MAX} '
                    f"fit a button"
                )
        about = part["about"].text(required=False)
        if about and self.flow and about not in (people := _people(self.flow)):
            part["about"].problem(f'nobody of the report is called "{about}"{did_you_mean(about, people)}')
        if about and not part["in_record"].missing:
            part["in_record"].problem(f'"{step_id}" is about {about}: the records of {about} tell of it')
        if not about and part["in_record"].missing:
            entry.problem(
                f'"{step_id}" is about nobody in particular: say with `in_record` which records tell of it'
            )
        measures = tuple(text for text, _ in part["measures"].texts())
        for measure in measures:
            self._known(part["measures"], measure, self.measures, "measure")
        return Step(
            id=step_id,
            title=title,
            text=part["text"].translated(),
            rests_on=self._rests_on(step_id, entry, part),
            note=_note(part["note"]),
            actor=self._named(part["actor"], self.actors, "actor"),
            about=about,
            measures=measures,
            decides=self._named(part["decides"], self.decisions, "decision", required=False),
            files=self._named(part["files"], (*self.records, COMPLETE), "record", required=False),
            in_record=self._in_record(part["in_record"]),
            when=self._conditions(part["when"]),
            line=entry.line,
        )

    def _in_record(self, value: Value) -> Share:
        if value.missing:
            return "never"
        told = share(value)
        for name in told if isinstance(told, tuple) else ():
            self._known(value, name, self.records, "record")
        return told

    def _rests_on(self, step_id: str, entry: Value, part: Mapping[str, Value]) -> RuleId | Outside:
        if not part["rule"].missing:
            rule = RuleId(part["rule"].text())
            if rule and self.rules and rule not in self.rules:
                part["rule"].problem(f'unknown rule "{rule}"{did_you_mean(rule, self.rules)}')
            for name in ("source", "checked"):
                if not part[name].missing:
                    part[name].problem(f'"{step_id}" rests on a rule, so "{name}" belongs in its "note"')
            return rule
        if part["source"].missing and part["checked"].missing:
            entry.problem(
                f'"{step_id}" needs a "rule", or a "source" and "checked" where it is not from the protocol'
            )
            return RuleId("")
        return _outside(part)

    def _conditions(self, value: Value) -> tuple[Condition, ...]:
        if value.missing:
            return ()
        return tuple(map(self._condition, value.sequence() if value.is_list else (value,)))

    def _condition(self, entry: Value) -> Condition:
        found = dict(entry.items())
        unless, decided = found.pop(NOT, None), found.pop(DECIDED, None)
        named: dict[str, tuple[str, ...]] = {}
        for about, outcomes in decided.items() if decided else ():
            named[about] = tuple(text for text, _ in outcomes.texts())
            self._known(outcomes, about, self.decisions, "decision")
            if about in self.decisions:
                for outcome in named[about]:
                    self._known(outcomes, outcome, self.decisions[about].outcomes, "outcome")
        return Condition(self._answers(found), self._answers(dict(unless.items()) if unless else {}), named)

    def _answers(self, named: Mapping[str, Value]) -> dict[str, tuple[str, ...]]:
        answers: dict[str, tuple[str, ...]] = {}
        for name, value in named.items():
            answers[name] = tuple(text for text, _ in value.texts())
            if self.flow is None:
                continue
            questions = [step.id for step in self.flow.steps if step.options]
            step = self.flow.step(name)
            if step is None or not step.options:
                value.problem(
                    f'no question of the report is called "{name}"{did_you_mean(name, questions)}; it has '
                    f"options or it is no condition"
                )
                continue
            options = [*(option.id for option in step.options), *(() if step.required else (UNKNOWN,))]
            for option in answers[name]:
                self._known(value, option, options, f'option of "{name}"')
        return answers

    def _named(self, value: Value, known: Collection[str], what: str, required: bool = True) -> str:
        name = value.text() if required or not value.missing else ""
        if name:
            self._known(value, name, known, what)
        return name

    def _known(self, value: Value, name: str, known: Collection[str], what: str) -> None:
        if name not in known:
            value.problem(
                f'unknown {what} "{name}"{did_you_mean(name, known)}; known are {", ".join(known) or "none"}'
            )

    def _note_unused(self, part: Mapping[str, Value]) -> None:
        """What is declared and no step names is a slip of the pen, or left over."""
        steps = self.policy.steps.values()
        used = {
            "actors": {step.actor for step in steps},
            "measures": {measure for step in steps for measure in step.measures},
            "decisions": {step.decides for step in steps},
        }
        for group, names in used.items():
            for name, value in part[group].items():
                if name not in names:
                    value.problem(f'no step names "{name}" of "{group}"{did_you_mean(name, names)}')


def _people(flow: Flow) -> list[str]:
    """Who can be part of what happened, as the talk has it."""
    steps = [step for step in flow.steps if step.role in ("agent", "patient")]
    return list(dict.fromkeys(option.id for step in steps for option in step.options))


def _note(entry: Value) -> Note | None:
    if entry.missing:
        return None
    part = entry.fields("text", "source", "checked")
    return Note(part["text"].translated(), _outside(part))


def _outside(part: Mapping[str, Value]) -> Outside:
    source, written = part["source"].text(), part["checked"].text(required=False)
    if part["checked"].missing:
        part["checked"].problem('"checked" is missing')
    try:
        return Outside(source, date.fromisoformat(written) if written else None)
    except ValueError:
        part["checked"].problem(f'"checked" should be a day like "2026-11-26", or empty, not "{written}"')
        return Outside(source, None)
