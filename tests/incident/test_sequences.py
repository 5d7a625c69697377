"""20,000 talks of chance: answers, steps back, edits, pauses with a restart, thrown away and begun anew. What
is demanded in the end must hang on nothing but the answers that count in the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

from pydantic import TypeAdapter

from handlers.cases import case as cases
from handlers.cases.case import Actor, Case
from handlers.cases.case_steps import demanded
from handlers.flow_interpreter import Answer, Chosen, Unknown, Written, answer, back, current, edit, walk
from knowledge.pack.flow import Flow, Step
from knowledge.pack.loading import Pack
from tests.incident.facts import Decisions, Facts, Involved, required_steps

SEQUENCES = 20_000
SEED = 20261126
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
ADAPTER = TypeAdapter(Case)
BRANCHES = {
    "danger_now": ("danger", ("ja", "unknown")),
    "law": ("sexual", ("ja", "unknown")),
    "criminal_why": ("criminal", ("ja",)),
}
"""Step → the question and the answers to it that open it, as the issue has it."""


def test_what_is_demanded_hangs_on_the_final_answers_alone(allure: Pack) -> None:
    flow = allure.flow("incident")
    chance = Random(SEED)
    ended = closed = told = 0
    for _ in range(SEQUENCES):
        case, last, restarted = wander(flow, chance)
        assert restarted == case
        counting = counts(flow, last)
        path = walk(flow, case.answers)
        assert {step.id: case.answers[step.id] for step in path.answered} == counting
        closed += len(case.answers) > len(counting)
        ended += path.open is None
        who = counting.get("who")
        if not isinstance(who, Chosen):
            continue
        told += 1
        assert demanded(case, flow, allure.policy) == required_steps(facts(counting), Decisions())
    assert min(ended, closed, told) > SEQUENCES // 50, "the talks of chance no longer reach what they are for"


def wander(flow: Flow, chance: Random) -> tuple[Case, dict[str, Answer], Case]:
    """(the case, the last answer given to each step, the case after a restart: of every fifth, to save
    time).
    """
    actor = Actor("test:dina", "directie")
    case, _ = cases.start(actor, "vlieger", flow.id, flow.version, NOW)
    case, last = begun(case, flow, chance)
    for _ in range(chance.randrange(1, 9)):
        doing = chance.random()
        run = case.run
        if doing < 0.6 and (step := current(flow, run)):
            given = some_answer(step, chance)
            last[step.id] = given
            run = answer(flow, run, given)
        elif doing < 0.75:
            run = back(flow, run) or run
        elif doing < 0.93:
            run = edit(flow, run, chance.choice(walk(flow, run.answers).answered).id) if run.answers else run
        elif doing < 0.97:
            case = ADAPTER.validate_json(ADAPTER.dump_json(case))
            continue
        else:
            case, last = begun(cases.start(actor, "vlieger", flow.id, flow.version, NOW)[0], flow, chance)
            continue
        case = cases.continued(case, run, NOW)
    return case, last, ADAPTER.validate_json(ADAPTER.dump_json(case)) if chance.random() < 0.2 else case


def begun(case: Case, flow: Flow, chance: Random) -> tuple[Case, dict[str, Answer]]:
    """The draft some way into the talk, with what was answered in branches that are closed by now, so that
    short sequences reach its end.
    """
    last = {
        step.id: some_answer(step, chance, bold=False)
        for step in flow.steps[: chance.choice((0, 4, 8, len(flow.steps)))]
    }
    return cases.continued(case, replace(case.run, answers=last, revision=case.revision + 1), NOW), dict(last)


def some_answer(step: Step, chance: Random, bold: bool = True) -> Answer:
    if step.kind == "show":
        return Chosen(())
    if not step.required and chance.random() < 0.15:
        return Unknown()
    if step.kind == "school":
        return Chosen((chance.choice(("vlieger", "linde")),))
    if step.kind in ("text", "when"):
        return Written(chance.choice(("Leerling A schold.", "niets", "ë 🙂 مرحبا")))
    names = [option.id for option in step.options if bold or not option.goes]
    return Chosen(
        tuple(chance.sample(names, chance.randrange(1, len(names) + 1) if step.kind == "choices" else 1))
    )


def counts(flow: Flow, last: Mapping[str, Answer]) -> dict[str, Answer]:
    """The answers that count, told from the last answer to each step without the interpreter."""
    found: dict[str, Answer] = {}
    for step in flow.steps:
        if step.id in BRANCHES:
            question, opening = BRANCHES[step.id]
            if question not in found or not set(options(found[question])) & set(opening):
                continue
        if step.id not in last:
            break
        found[step.id] = last[step.id]
        if step.id == "self" and options(last[step.id]) == ("ja",):
            break
    return found


def facts(counting: Mapping[str, Answer]) -> Facts:
    criminal = options(counting.get("criminal", Unknown()))
    involved: dict[str, Involved] = {"leerling": "leerling", "ouder": "ouder", "medewerker": "medewerker"}
    return Facts(
        frozenset(involved[option] for option in options(counting["who"])),
        "ja" if criminal == ("ja",) else "nee" if criminal == ("nee",) else "weet_niet",
        options(counting.get("sexual", Unknown())) != ("nee",),
    )


def options(given: Answer) -> tuple[str, ...]:
    return given.options if isinstance(given, Chosen) else ("unknown",) if isinstance(given, Unknown) else ()
