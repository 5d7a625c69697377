"""The answers that a question set had when somebody last was content with them, kept beside the set."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from knowledge.evaluation import Labelled
from knowledge.files.problems import PackError, Problem
from knowledge.matching.matcher import Outcome
from knowledge.teaching.comparison import Change, judged, short


def kept_file(questions: Path) -> Path:
    return questions.with_suffix(".baseline.json")


def keep(file: Path, questions: Iterable[Labelled], ask: Callable[[str], Outcome]) -> Path:
    """Keep the answers of these questions: question → answer in short. Raises `OSError`."""
    answers = {one.question: short(ask(one.question)) for one in questions}
    kept = kept_file(file)
    kept.write_text(json.dumps(answers, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    return kept


def compare(
    file: Path, questions: Iterable[Labelled], ask: Callable[[str], Outcome]
) -> tuple[Change, ...] | None:
    """The questions that are answered otherwise than was kept, the worse ones first; None where nothing was
    kept. Questions that came later are left out. Raises `PackError`.
    """
    kept = kept_file(file)
    if not kept.exists():
        return None
    try:
        answers = json.loads(kept.read_text(encoding="utf-8"))
        before = {str(question): str(answer) for question, answer in answers.items()}
    except (OSError, ValueError, AttributeError) as error:
        raise PackError([Problem(str(kept), 0, f"cannot be read: {error}")]) from None
    changed = []
    for one in questions:
        after = short(ask(one.question))
        if one.question in before and before[one.question] != after:
            changed.append(judged(one, before[one.question], after))
    return tuple(sorted(changed))
