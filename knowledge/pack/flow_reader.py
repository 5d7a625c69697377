"""Reading guided talks: flows/*.yaml of a pack. Every step can be reached, every way ends, and every name in
it exists, or it is a problem.

A step or outcome is led to by name (`goes`), only forward, so no way goes round. Older versions of a talk may
lie beside the new one under another file name with the same `id`: a talk that is under way ends with the
version it began with.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import cast, get_args

from knowledge.files.problems import Problem, did_you_mean
from knowledge.files.yaml_file import Value, read
from knowledge.intake.answer_words import FILE as ANSWER_WORDS
from knowledge.intake.answer_words import ROLES, Role, each_form, examine_answer_words, forms_of
from knowledge.pack.flow import Condition, Flow, Kind, Option, Outcome, Step
from knowledge.pack.policy import SHARES, Share
from knowledge.pack.protocol import RuleId

KINDS: tuple[Kind, ...] = get_args(Kind)
FLAGS = ("alone", "mixed", "hedged")
"""What an option may be said to be."""
UNKNOWN = "unknown"
"""What "weet ik niet" is called in conditions."""
COMBINED = 6
"""Of a step with more options than this, only single options, pairs and all together are tried."""

Atom = tuple[str, tuple[str, ...]]
"""One part of a condition: a step, and the options of which one must be chosen."""


def load(
    folder: Path, rules: Collection[str], contacts: Collection[str], problems: list[Problem]
) -> tuple[Flow, ...]:
    """The flows of a pack, by name, the newest version first. `rules` or `contacts` that are empty could not
    be read and are not checked.
    """
    found: list[Flow] = []
    problems += examine_answer_words()[1]
    for file in sorted((folder / "flows").glob("*.yaml")):
        path = str(folder / "flows" / file.name)
        before = len(problems)
        flow = _Reader(read(file, path, problems), path, rules, contacts).flow
        if any(other.id == flow.id and other.version == flow.version for other in found):
            problems.append(
                Problem(
                    path,
                    1,
                    f'version {flow.version} of "{flow.id}" stands here twice; raise `version` in the '
                    f"newer file",
                )
            )
        if len(problems) == before:  # a walk over a flow with wrong names would only repeat them
            problems += walks(flow)
        found.append(flow)
    return tuple(sorted(found, key=lambda flow: (flow.id, -flow.version)))


def walks(flow: Flow) -> Iterator[Problem]:
    """What following every way through the flow brings to light: steps, options' outcomes that nobody
    reaches, ways that end nowhere.
    """
    reached, falls_off = _explore(flow)
    for step in flow.steps:
        if step.id not in reached:
            yield Problem(flow.path, step.line, f'no way leads to step "{step.id}"')
    for outcome in flow.outcomes:
        if outcome.id not in reached:
            yield Problem(flow.path, outcome.line, f'no way leads to outcome "{outcome.id}"')
    if flow.is_check:
        for step in flow.steps:
            if step.id in falls_off:
                yield Problem(
                    flow.path,
                    step.line,
                    f'after step "{step.id}" a way ends without an outcome; say with `goes` where it leads',
                )


def _explore(flow: Flow) -> tuple[set[str], set[str]]:
    """(steps and outcomes that some answers lead to, steps after which some answers lead to neither).

    Walks over the states that differ in what can still happen: the position, and which parts of later
    conditions hold by now.
    """
    places = {step.id: number for number, step in enumerate(flow.steps)}
    later: list[set[Atom]] = [set() for _ in range(len(flow.steps) + 1)]
    for number in reversed(range(len(flow.steps))):
        later[number] = later[number + 1] | set(flow.steps[number].when.items())
    reached: set[str] = set()
    falls_off: set[str] = set()
    start: tuple[int, frozenset[Atom], str] = (0, frozenset(), "")
    waiting, seen = [start], {start}
    while waiting:
        position, holds, last = waiting.pop()
        if position == len(flow.steps):
            falls_off.add(last)
            continue
        step = flow.steps[position]
        following: list[tuple[int, frozenset[Atom], str]] = []
        if all(atom in holds for atom in step.when.items()):
            reached.add(step.id)
            for given in _answers(step):
                goes = next(
                    (option.goes for option in map(step.option, given) if option and option.goes), step.goes
                )
                if goes and goes not in places:
                    reached.add(goes)
                    continue
                now = {
                    atom
                    for atom in later[position + 1]
                    if atom[0] == step.id and any(option in atom[1] for option in given)
                }
                following.append((places[goes] if goes else position + 1, frozenset(holds | now), step.id))
        else:
            following.append((position + 1, holds, last))
        for number, held, after in following:
            state = (number, frozenset(held & later[number]), after)
            if state not in seen:
                seen.add(state)
                waiting.append(state)
    return reached, falls_off


def _answers(step: Step) -> Iterator[tuple[str, ...]]:
    """The answers that can make a difference, each as the options it holds."""
    names = [option.id for option in step.options]
    if step.kind == "choice":
        yield from ((name,) for name in names)
    elif step.kind == "choices":
        sizes: Sequence[int] = range(1, len(names) + 1) if len(names) <= COMBINED else (1, 2, len(names))
        for size in sizes:
            yield from combinations(names, size)
    else:
        yield ()
    if not step.required and step.kind != "show":
        yield (UNKNOWN,)


def share(value: Value) -> Share:
    """In which records something is told: a word, or names of records that are checked where they are known;
    `never` where that cannot be read.
    """
    if value.is_list:
        return tuple(text for text, _ in value.texts())
    word = value.text()
    if word in SHARES:
        return word
    value.problem(
        f'unknown "{word}"{did_you_mean(word, SHARES)}; known are {", ".join(SHARES)}, or a list of records'
    )
    return "never"


class _Reader:
    """Reads one file."""

    def __init__(self, file: Value, path: str, rules: Collection[str], contacts: Collection[str]) -> None:
        self.path = path
        self.rules = rules
        self.contacts = contacts
        self.goes: list[tuple[str, Value, int]] = []
        """(target, where it stands, number of the step that leads there)."""
        self.flow = self._flow(file)

    def _flow(self, file: Value) -> Flow:
        if file.missing:
            return Flow("", 1, {}, (), (), (), self.path)
        part = file.fields("id", "version", "title", "rules", "steps", optional=("outcomes",))
        steps: list[Step] = []
        for entry in part["steps"].sequence():
            steps.append(self._step(entry, steps))
        if not steps:
            part["steps"].problem('"steps" holds no step')
        outcomes = tuple(self._outcome(entry) for entry in part["outcomes"].sequence())
        self._note_twice(
            [(step.id, step.line) for step in steps] + [(outcome.id, outcome.line) for outcome in outcomes],
            file,
        )
        self._check_targets(steps, outcomes)
        flow = Flow(
            part["id"].text(),
            part["version"].number(),
            part["title"].translated(),
            self._rules(part["rules"]),
            tuple(steps),
            outcomes,
            self.path,
        )
        if flow.id and not Path(self.path).name.startswith(flow.id):
            part["id"].problem(f'"{flow.id}" should be what the file\'s name begins with')
        return flow

    def _step(self, entry: Value, before: list[Step]) -> Step:
        part = entry.fields(
            "id",
            "ask",
            optional=(
                *("kind", "short", "aside", "options", "required", "when", "goes"),
                *("role", "takes_doubt", "in_record"),
            ),
        )
        kind = part["kind"].text(required=False) or "choice"
        if kind not in KINDS:
            part["kind"].problem(
                f'unknown kind "{kind}"{did_you_mean(kind, KINDS)}; known are {", ".join(KINDS)}'
            )
            kind = "choice"
        step_id = part["id"].text()
        options = tuple(self._option(value, len(before)) for value in part["options"].sequence())
        if kind in ("choice", "choices") and not options:
            entry.problem(f'step "{step_id}" has no options to choose from')
        if kind not in ("choice", "choices") and options:
            part["options"].problem(
                f'step "{step_id}" has options, but nothing is chosen in a step of kind {kind}'
            )
        self._note_twice([(option.id, part["options"].line) for option in options], part["options"])
        if any(option.id == UNKNOWN for option in options):
            part["options"].problem(
                f'"{UNKNOWN}" is what "weet ik niet" is called; name the option otherwise'
            )
        self._note_ambiguous_forms(options, list(part["options"].sequence()))
        return Step(
            id=step_id,
            kind=cast("Kind", kind),
            ask=part["ask"].translated(),
            aside=None if part["aside"].missing else part["aside"].translated(),
            options=options,
            required=part["required"].yes(),
            when=self._when(part["when"], before),
            goes=self._goes(part["goes"], len(before)),
            line=entry.line,
            short=None if part["short"].missing else part["short"].translated(),
            takes_doubt=part["takes_doubt"].yes(),
            role=self._role(part["role"]),
            in_record=None if part["in_record"].missing else share(part["in_record"]),
        )

    def _note_ambiguous_forms(self, options: tuple[Option, ...], entries: list[Value]) -> None:
        """A form that surely stands for two options of a question is a problem."""
        groups = examine_answer_words()[0].groups
        stands_for: dict[str, str] = {}
        for option, entry in zip(options, entries, strict=True):
            forms = {form for name in option.means for form in each_form(groups.get(name, {}))}
            for form in sorted(forms | set(each_form(option.words))):
                other = stands_for.setdefault(form, option.id)
                if other != option.id:
                    entry.problem(
                        f'"{form}" stands for both {other} and {option.id}; put it under `hints` of both'
                    )

    def _role(self, value: Value) -> Role | None:
        role = value.text(required=False)
        if role and role not in ROLES:
            value.problem(f'unknown role "{role}"{did_you_mean(role, ROLES)}; known are {", ".join(ROLES)}')
        return next((known for known in ROLES if known == role), None)

    def _option(self, entry: Value, step: int) -> Option:
        part = entry.fields("id", "label", optional=("goes", "means", "may_mean", "words", "hints", *FLAGS))
        return Option(
            id=part["id"].text(),
            label=part["label"].translated(),
            goes=self._goes(part["goes"], step),
            means=self._groups(part["means"]),
            may_mean=self._groups(part["may_mean"]),
            words=forms_of(part["words"]),
            hints=forms_of(part["hints"]),
            alone=part["alone"].yes(),
            mixed=part["mixed"].yes(),
            hedged=part["hedged"].yes(),
        )

    def _groups(self, value: Value) -> tuple[str, ...]:
        """Names of groups of `common/answers.yaml`."""
        known = examine_answer_words()[0].groups
        named: list[str] = []
        for name, line in value.texts():
            if known and name not in known:
                near = did_you_mean(name, known)
                value.problem(f'unknown group "{name}"{near}; groups stand in {ANSWER_WORDS}', line)
            elif name in named:
                value.problem(f'"{name}" stands here twice', line)
            named.append(name)
        return tuple(named)

    def _goes(self, value: Value, step: int) -> str | None:
        target = value.text() if not value.missing else ""
        if target:
            self.goes.append((target, value, step))
        return target or None

    def _when(self, value: Value, before: list[Step]) -> Condition:
        known = {step.id: step for step in before}
        condition: dict[str, tuple[str, ...]] = {}
        for name, options in value.items():
            chosen = tuple(text for text, _ in options.texts())
            condition[name] = chosen
            if name not in known:
                options.problem(f'"{name}" is no earlier step{did_you_mean(name, known)}')
                continue
            step = known[name]
            can_be = [option.id for option in step.options] + (
                [] if step.required or step.kind == "show" else [UNKNOWN]
            )
            for option in chosen:
                if option not in can_be:
                    options.problem(f'step "{name}" has no option "{option}"{did_you_mean(option, can_be)}')
            if not chosen:
                options.problem(f'"{name}" names no option')
        return condition

    def _outcome(self, entry: Value) -> Outcome:
        part = entry.fields("id", "says", "rules", optional=("ask",))
        ask = part["ask"].text() if not part["ask"].missing else ""
        if ask and self.contacts and ask not in self.contacts:
            part["ask"].problem(
                f'unknown contact "{ask}"{did_you_mean(ask, self.contacts)}; contacts stand in pack.yaml'
            )
        return Outcome(
            part["id"].text(), part["says"].translated(), self._rules(part["rules"]), ask or None, entry.line
        )

    def _rules(self, value: Value) -> tuple[RuleId, ...]:
        if value.missing:
            value.problem(f'"{value.name}" is missing; write [] where there is none')
        found = []
        for entry in value.sequence():
            rule = entry.text()
            if rule and self.rules and rule not in self.rules:
                entry.problem(f'unknown rule "{rule}"{did_you_mean(rule, self.rules)}')
            found.append(RuleId(rule))
        return tuple(found)

    def _note_twice(self, named: list[tuple[str, int]], value: Value) -> None:
        seen: dict[str, int] = {}
        for name, line in named:
            if name and name in seen:
                value.problem(f'"{name}" stands here twice (first on line {seen[name]})', line)
            seen.setdefault(name, line)

    def _check_targets(self, steps: list[Step], outcomes: tuple[Outcome, ...]) -> None:
        places = {step.id: number for number, step in enumerate(steps)}
        ends = {outcome.id for outcome in outcomes}
        for target, value, step in self.goes:
            if target in ends:
                continue
            if target not in places:
                value.problem(f'unknown step or outcome "{target}"{did_you_mean(target, [*places, *ends])}')
            elif places[target] <= step:
                value.problem(f'"{target}" does not come after this step; a talk only goes forward')
