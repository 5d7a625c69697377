"""Proving a policy: every case that the answers and decisions can make ends with a record that was filed, and
every step is demanded by some case. `cases` is also what the golden table of a pack lists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product

from knowledge.files.problems import Problem
from knowledge.pack.flow import Flow
from knowledge.pack.policy import UNKNOWN, Condition, Policy, Step, required_steps

COMBINED = 6
"""Of a question with more options than this, only single options and pairs are tried."""
WHO = "agent"
"""The role of the question who did it: a case where nobody did it demands no steps."""


@dataclass(frozen=True, slots=True)
class PolicyCase:
    """One way in which a case can stand."""

    given: Mapping[str, tuple[str, ...]]
    decided: Mapping[str, str]
    steps: tuple[Step, ...]

    @property
    def name(self) -> str:
        answers = [f"{question}: {' + '.join(options)}" for question, options in self.given.items()]
        return ", ".join([*answers, *(f"{about}: {outcome}" for about, outcome in self.decided.items())])


def cases(policy: Policy, flow: Flow) -> Iterator[PolicyCase]:
    """Every case that differs in what decides it: the answers that conditions name, and the decisions that
    its own steps lead to.
    """
    questions = [step for step in flow.steps if step.id in _named(policy) or step.role == WHO]
    for chosen in product(*(_answers(flow, step.id) for step in questions)):
        given = {step.id: options for step, options in zip(questions, chosen, strict=True)}
        waiting: list[dict[str, str]] = [{}]
        seen: list[dict[str, str]] = []
        while waiting:
            decided = waiting.pop(0)
            if decided in seen:
                continue
            seen.append(decided)
            steps = required_steps(policy, given, decided)
            yield PolicyCase(given, decided, steps)
            for about in dict.fromkeys(step.decides for step in steps if step.decides):
                if about in policy.decisions and about not in decided:
                    waiting += [{**decided, about: outcome} for outcome in policy.decisions[about].outcomes]


def proof(policy: Policy, flow: Flow, path: str) -> Iterator[Problem]:
    """What is wrong with the policy as a whole, each fault once."""
    demanded: set[str] = set()
    nowhere: PolicyCase | None = None
    for case in cases(policy, flow):
        demanded |= {step.id for step in case.steps}
        open_decisions = {step.decides for step in case.steps if step.decides} - set(case.decided)
        if not open_decisions and not any(step.files for step in case.steps):
            nowhere = nowhere or case
    for step in policy.steps.values():
        if step.id not in demanded:
            yield Problem(path, step.line, f'no case demands step "{step.id}": its `when` can never hold')
    if nowhere:
        yield Problem(
            path, 1, f"this case never ends, because none of its steps `files` a record: {nowhere.name}"
        )


def _named(policy: Policy) -> set[str]:
    conditions: list[Condition] = [*policy.together]
    for step in policy.steps.values():
        conditions += step.when
    return {question for one in conditions for question in (*one.answers, *one.unless)}


def _answers(flow: Flow, question: str) -> list[tuple[str, ...]]:
    """The answers to a question that can make a difference, each as the options it holds."""
    step = flow.step(question)
    if step is None:
        return []
    names = [option.id for option in step.options]
    sizes = range(1, len(names) + 1) if len(names) <= COMBINED else range(1, 3)
    found = [
        some for size in (sizes if step.kind == "choices" else (1,)) for some in combinations(names, size)
    ]
    return found if step.required else [*found, (UNKNOWN,)]
