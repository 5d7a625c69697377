"""What must happen after an incident: a pure function of the final answers and the board's decisions.

How the 126 combinations of `Facts` and qualification are read (`tests/incident/golden_steps.md` lists them
all):
- Each of those involved has steps of their own: a talk, sanctions to consider, a record. Several involved:
  the steps of each, once.
- Only an employee's communication is qualified, by the board, and only "grensoverschrijdend" leads to the
  report to the inspector (`bepalingen-4`). With pupils and parents only, a qualification changes nothing.
- "Weet ik niet" about a criminal offence counts as "mogelijk": the board decides about the police
  (`bepalingen-6`). "Nee" asks for no decision, but one that the board took nevertheless counts.
- Something sexual by someone who works for the school towards a minor pupil: the law's route comes first,
  whoever is named as involved and whatever was said about a criminal offence. A wrong answer must not hide a
  duty towards a child. Where no employee is named, a step asks to look again at who is involved: volunteers
  and helping parents work for the school too. The employee's steps follow only once one is named.
- The law leaves no choice about that suspicion, so beside it the board decides about the police only for what
  else may be criminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from handlers.cases.incident_facts import UNDECIDED, Decisions, Facts, Involved
from knowledge.pack.step_texts import Needed

StepId = Literal[
    "wet-melden-bestuur", "wet-betrokkenen", "wet-overleg-inspecteur", "wet-inlichten", "wet-aangifte",
    "gesprek-leerling", "gesprek-ouder", "gesprek-medewerker",
    "besluit-kwalificatie", "melden-inspecteur",
    "sanctie-leerling", "sanctie-ouder", "maatregel-medewerker",
    "besluit-aangifte", "besluit-aangifte-overig", "aangifte-doen",
    "vastleggen-leerling", "vastleggen-ouder", "vastleggen-medewerker",
]  # fmt: skip
"""In the order in which the steps are shown. Cases store these ids: never reuse or rename one."""
Who = Literal["ieder_die_het_weet", "leerkracht_of_directie", "leidinggevende", "directie", "bestuur"]
Kind = Literal["do", "consider", "decide", "record", "inform"]
"""consider: nothing need come of it; inform: the protocol names nothing to do, and that must be known."""
PupilSanction = Literal["waarschuwing", "schorsing", "verwijdering"]
"""For a pupil or parent (`bepalingen-2`)."""
StaffMeasure = Literal["waarschuwing", "schorsing", "berisping", "ontslag", "ontslag_op_staande_voet"]
"""For an employee (`bepalingen-5`)."""
Measure = PupilSanction | StaffMeasure

IDS: tuple[StepId, ...] = get_args(StepId)
WHO: tuple[Who, ...] = get_args(Who)
PUPIL_SANCTIONS: tuple[PupilSanction, ...] = get_args(PupilSanction)
STAFF_MEASURES: tuple[StaffMeasure, ...] = get_args(StaffMeasure)
MEASURES: tuple[Measure, ...] = tuple(dict.fromkeys((*PUPIL_SANCTIONS, *STAFF_MEASURES)))


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that must happen. Its texts and its rule stand in the pack's steps.yaml under its id."""

    id: StepId
    actor: Who
    kind: Kind
    about: Involved | None = None
    """Whose step it is, where it is one person's."""

    @property
    def order(self) -> int:
        """Its place among all steps, from 0."""
        return IDS.index(self.id)

    @property
    def decided_by_board(self) -> bool:
        return self.kind == "decide"

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The sanctions to consider. Whose step it is decides which list, so that the wrong list cannot be
        held.
        """
        if self.kind != "consider":
            return ()
        return STAFF_MEASURES if self.about == "medewerker" else PUPIL_SANCTIONS


_STEPS: dict[StepId, Step] = {
    step.id: step
    for step in (
        Step("wet-melden-bestuur", "ieder_die_het_weet", "do"),
        Step("wet-betrokkenen", "directie", "do"),
        Step("wet-overleg-inspecteur", "bestuur", "do"),
        Step("wet-inlichten", "bestuur", "do"),
        Step("wet-aangifte", "bestuur", "do"),
        Step("gesprek-leerling", "leerkracht_of_directie", "do", "leerling"),
        Step("gesprek-ouder", "leerkracht_of_directie", "do", "ouder"),
        Step("gesprek-medewerker", "leidinggevende", "do", "medewerker"),
        Step("besluit-kwalificatie", "bestuur", "decide", "medewerker"),
        Step("melden-inspecteur", "bestuur", "do", "medewerker"),
        Step("sanctie-leerling", "directie", "consider", "leerling"),
        Step("sanctie-ouder", "directie", "consider", "ouder"),
        Step("maatregel-medewerker", "bestuur", "consider", "medewerker"),
        Step("besluit-aangifte", "bestuur", "decide"),
        Step("besluit-aangifte-overig", "bestuur", "decide"),
        Step("aangifte-doen", "bestuur", "do"),
        Step("vastleggen-leerling", "directie", "record", "leerling"),
        Step("vastleggen-ouder", "directie", "inform", "ouder"),
        Step("vastleggen-medewerker", "directie", "record", "medewerker"),
    )
}
_OF_EACH: dict[Involved, tuple[StepId, ...]] = {
    "leerling": ("gesprek-leerling", "sanctie-leerling", "vastleggen-leerling"),
    "ouder": ("gesprek-ouder", "sanctie-ouder", "vastleggen-ouder"),
    "medewerker": (
        "gesprek-medewerker",
        "besluit-kwalificatie",
        "maatregel-medewerker",
        "vastleggen-medewerker",
    ),
}


def required_steps(facts: Facts, decisions: Decisions = UNDECIDED) -> tuple[Step, ...]:
    """The steps that a case demands, in order, each once. A step stays required after it was done or
    decided.
    """
    return tuple(
        sorted((_STEPS[step_id] for step_id in _demanded(facts, decisions)), key=lambda step: step.order)
    )


def step(step_id: str) -> Step:
    """The step with this id, also where a case no longer demands it. Raises `KeyError`."""
    return {str(known): step for known, step in _STEPS.items()}[step_id]


def needed(rules: Iterable[str]) -> Needed:
    """What a pack's steps.yaml must say, given the ids of the protocol's rules; for
    `knowledge.pack.step_texts.load`.
    """
    return Needed(IDS, WHO, MEASURES, tuple(rules))


def _demanded(facts: Facts, decisions: Decisions) -> Iterator[StepId]:
    if facts.sexual_minor:
        yield from ("wet-melden-bestuur", "wet-overleg-inspecteur", "wet-inlichten", "wet-aangifte")
        if "medewerker" not in facts.involved:
            yield "wet-betrokkenen"
    for involved in facts.involved:
        yield from _OF_EACH[involved]
    if "medewerker" in facts.involved and decisions.qualification == "grensoverschrijdend":
        yield "melden-inspecteur"
    if facts.criminal != "nee" or decisions.police != "open":
        yield "besluit-aangifte-overig" if facts.sexual_minor else "besluit-aangifte"
    if decisions.police == "aangifte":
        yield "aangifte-doen"
