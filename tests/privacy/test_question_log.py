"""What the question log is given: nobody's name, whatever was asked or judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import cast

import pytest

from handlers.context import Context
from handlers.questions.question_log import keep_judgement, keep_unanswered
from knowledge.language.words import Language
from knowledge.matching.matcher import Matcher


@dataclass
class Notebook:
    """A journal that remembers the questions it is given."""

    questions: list[str] = field(default_factory=list)

    async def unanswered(self, question: str, language: Language, label: str | None) -> None:
        self.questions.append(question)

    async def feedback(self, label: str, helpful: bool, question: str) -> None:
        self.questions.append(question)


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("Kevin Jansen van groep 8 steelt telefoons", "[naam] van groep 8 steelt telefoons"),
        (
            "Mag Stichting Allure de foto van sem de vries plaatsen?",
            "Mag Stichting Allure de foto van [naam] plaatsen?",
        ),
        ("die ene qorvinas heeft een foto van ouders", "[alleen begrippen] PARENT, PHOTO"),
    ],
)
async def test_neither_an_unanswered_question_nor_a_judgement_keeps_a_name(
    matcher: Matcher, asked: str, kept: str
) -> None:
    journal = Notebook()
    context = cast(Context, SimpleNamespace(matcher=matcher, stores=SimpleNamespace(journal=journal)))
    await keep_unanswered(context, asked, "nl", None)
    await keep_judgement(context, "profilering-4", False, asked)
    assert journal.questions == [kept, kept]
