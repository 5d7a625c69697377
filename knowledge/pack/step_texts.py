"""What the steps after an incident say: steps.yaml of a pack. Which steps a case demands is not known
here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from knowledge.files.problems import PackError, Problem, did_you_mean
from knowledge.files.yaml_file import Value, read
from knowledge.language.words import LANGUAGES, Language
from knowledge.pack.protocol import RuleId, Text

FILE = "steps.yaml"
TITLE_MAX = 40
"""Characters of a title that still fit a button on a phone."""


@dataclass(frozen=True, slots=True)
class Outside:
    """That something is not from the protocol: where it was read, and when somebody last read it there."""

    source: str
    checked: date | None
    """None: nobody has looked at the live page yet."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something beside a step that is not from the protocol."""

    text: Text
    outside: Outside


@dataclass(frozen=True, slots=True)
class StepText:
    id: str
    title: Text
    text: Text
    rests_on: RuleId | Outside
    note: Note | None
    line: int

    @property
    def rule(self) -> RuleId | None:
        """The rule that it rests on; None is "niet uit het protocol"."""
        return None if isinstance(self.rests_on, Outside) else self.rests_on


@dataclass(frozen=True, slots=True)
class StepTexts:
    steps: Mapping[str, StepText]
    actors: Mapping[str, Text]
    measures: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Needed:
    """What the file must hold, no more and no less."""

    steps: Collection[str]
    actors: Collection[str]
    measures: Collection[str]
    rules: Collection[str]
    """The rules of the protocol that a step can rest on."""


def load(folder: Path, needed: Needed) -> StepTexts:
    """The texts of a pack's steps. Raises `PackError` with every problem at once."""
    texts, problems = examine(folder, needed)
    if problems:
        raise PackError(problems)
    return texts


def examine(folder: Path, needed: Needed) -> tuple[StepTexts, list[Problem]]:
    """What can be read of a pack's steps, and everything wrong with them."""
    problems: list[Problem] = []
    fields = read(folder / FILE, str(folder / FILE), problems).fields("actors", "measures", "steps")
    if problems and fields["steps"].missing:
        return StepTexts({}, {}, {}), problems
    actors = {name: _translated(value) for name, value in _exactly(fields["actors"], needed.actors)}
    measures = {name: _translated(value) for name, value in _exactly(fields["measures"], needed.measures)}
    steps = {
        name: _step(name, value, needed.rules) for name, value in _exactly(fields["steps"], needed.steps)
    }
    return StepTexts(steps, actors, measures), problems


def _exactly(group: Value, names: Collection[str]) -> list[tuple[str, Value]]:
    found = group.items()
    for name, value in found:
        if name not in names:
            value.problem(f'unknown name "{name}" in "{group.name}"{did_you_mean(name, names)}')
    for name in names:
        if name not in dict(found):
            group.problem(f'"{name}" is missing in "{group.name}"')
    return found


def _step(step_id: str, entry: Value, rules: Collection[str]) -> StepText:
    part = entry.fields("title", "text", optional=("rule", "source", "checked", "note"))
    title = _translated(part["title"])
    for language, text in title.items():
        if len(text) > TITLE_MAX:
            part["title"].problem(
                f'the {language} title of "{step_id}" has {len(text)} characters; at most {TITLE_MAX} fit '
                f"a button"
            )
    rests_on: RuleId | Outside
    if part["rule"].missing:
        if part["source"].missing and part["checked"].missing:
            entry.problem(
                f'"{step_id}" needs a "rule", or a "source" and "checked" where it is not from the protocol'
            )
            rests_on = RuleId("")
        else:
            rests_on = _outside(part)
    else:
        rests_on = RuleId(part["rule"].text())
        if rests_on and rests_on not in rules:
            part["rule"].problem(f'unknown rule "{rests_on}"{did_you_mean(rests_on, rules)}')
        for name in ("source", "checked"):
            if not part[name].missing:
                part[name].problem(f'"{step_id}" rests on a rule, so "{name}" belongs in its "note"')
    return StepText(step_id, title, _translated(part["text"]), rests_on, _note(part["note"]), entry.line)


def _note(entry: Value) -> Note | None:
    if entry.missing:
        return None
    part = entry.fields("text", "source", "checked")
    return Note(_translated(part["text"]), _outside(part))


def _outside(part: Mapping[str, Value]) -> Outside:
    source, written = part["source"].text(), part["checked"].text(required=False)
    if part["checked"].missing:
        part["checked"].problem('"checked" is missing')
    try:
        return Outside(source, date.fromisoformat(written) if written else None)
    except ValueError:
        part["checked"].problem(f'"checked" should be a day like "2026-11-26", or empty, not "{written}"')
        return Outside(source, None)


def _translated(value: Value) -> Text:
    fields = value.fields(*LANGUAGES) if not value.missing else {}
    texts: dict[Language, str] = {
        language: fields[language].text() if fields else "" for language in LANGUAGES
    }
    if value.missing:
        value.text()
    return texts
