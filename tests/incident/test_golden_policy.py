"""Every case of Allure's step plan, to the byte: who did it x what it may be x what the board decided, with
steps, actors, measures, records and wording. The files were written when the step plan was Python; policy as
data gives the same.

Was wording changed on purpose? `python -m tests.incident.test_golden_policy` writes the table anew: its diff
must be in the digests alone, never in the steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from itertools import chain, combinations, product

from handlers import texts
from handlers.cases.case import Case, Decision
from handlers.casework import case_view
from handlers.casework.case_view import Shown
from handlers.documents.records import edition
from handlers.flow_interpreter import Answer, Chosen, Unknown
from handlers.report.prompts import follows
from knowledge.language.words import LANGUAGES
from knowledge.pack.loading import Pack, load
from tests.conftest import ALLURE, ROOT
from tests.incident.desk import story
from tests.incident.test_editions import BOARD, NOON, full

TABLE = ROOT / "tests" / "incident" / "golden_policy.txt"
PEOPLE = ("leerling", "ouder", "medewerker")
SETS = tuple(chain.from_iterable(combinations(PEOPLE, size) for size in (1, 2, 3)))
EDITIONS = ("lovs", "personeelsdossier", "volledig")
ANSWERS = ("nee", "ja", "")


def every_case() -> Iterator[tuple[str, Case]]:
    """All combinations of answers and decisions that decide anything, each with a name."""
    for who, criminal, sexual, qualified, police in product(
        SETS, ANSWERS, ANSWERS, ("", "ja", "nee"), ("", "ja", "nee")
    ):
        told: dict[str, Answer] = dict(story(list(who), hurt=["leerling"]))
        told["criminal"] = Chosen((criminal,)) if criminal else Unknown()
        told["sexual"] = Chosen((sexual,)) if sexual else Unknown()
        decisions = tuple(
            Decision(about, outcome, "reden", BOARD, NOON)
            for about, outcome in (("kwalificatie", qualified), ("aangifte", police))
            if outcome
        )
        case = full(told)
        name = (
            f"who: {' + '.join(who)} | criminal: {criminal or 'unknown'} | sexual: {sexual or 'unknown'} | "
            f"kwalificatie: {qualified or '-'} | aangifte: {police or '-'}"
        )
        yield name, replace(case, decisions=decisions)


def lines(pack: Pack) -> Iterator[str]:
    """The table: of every case its steps, and a digest of all that is said of it in both languages."""
    said = texts.load()
    for name, case in every_case():
        digest = sha256()
        shown: Shown | None = None
        for language in LANGUAGES:
            shown = case_view.show(case, pack, [("de-vlieger", "De Vlieger")], said[language])
            told = [case_view.overview(shown), case_view.menu(shown, True), case_view.log(shown)]
            told += case_view.answers(shown)
            open_now = replace(shown, case=replace(case, settled={}))
            for step, board, now in product(shown.steps, (True, False), (shown, open_now)):
                told.append(case_view.step_message(now, step, board))
            for message in told:
                digest.update(repr(message).encode())
            digest.update(repr(follows(case, shown.flow, pack, said[language])).encode())
            for which in EDITIONS:
                digest.update(repr(edition(shown, which, NOON)).encode())
        assert shown
        steps = ", ".join(step.id for step in shown.steps)
        yield f"{name} | {steps} | {digest.hexdigest()[:16]}"


def test_every_case_comes_out_to_the_byte_as_when_the_step_plan_was_python(allure: Pack) -> None:
    table = TABLE.read_text(encoding="utf-8").splitlines()
    assert len(table) == 567
    for expected, calculated in zip(table, lines(allure), strict=True):
        assert calculated == expected


if __name__ == "__main__":
    TABLE.write_text("\n".join(lines(load(ALLURE, learnable=False))) + "\n", encoding="utf-8")
