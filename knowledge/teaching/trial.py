"""Trying lessons out on a copy of the pack: whether it is still in order, and the matcher that knows them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from knowledge.evaluation import Labelled, read_questions
from knowledge.files.problems import Problem
from knowledge.matching import index
from knowledge.matching.matcher import Matcher
from knowledge.pack import loading
from knowledge.pack.loading import Pack
from knowledge.teaching import history, lesson
from knowledge.teaching.comparison import Change, changes, short
from knowledge.teaching.lesson import Lesson

QUESTIONS = "questions.jsonl"
"""The pack's own labelled questions: what a change is measured with."""
Progress = Callable[[float], None]


class RefusedError(Exception):
    """The lessons would leave the pack with faults: a line for each."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What some lessons would change. Nothing of the pack is changed yet."""

    lessons: tuple[Lesson, ...]
    changes: tuple[Change, ...]
    """Of the pack's own questions and of answers that people found helpful; the worse ones first."""
    answers: tuple[tuple[str, str], ...]
    """Each taught text, and what it is answered with after the lesson, in short."""

    @property
    def worse(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.effect == "worse")


def try_out(
    old: Matcher,
    lessons: Sequence[Lesson],
    data_dir: Path,
    helpful: Sequence[Labelled] = (),
    progress: Progress = lambda done: None,
) -> Trial:
    """Learn the pack with the lessons in it, beside the one that answers, and compare. `helpful`: answers
    that people found helpful, as labelled questions. The index is kept in `data_dir`, so that the pack need
    not be learnt again once the lessons are written. Raises `RefusedError`, `PackError`, `OSError`.
    """
    folder = old.pack.folder
    with tempfile.TemporaryDirectory(prefix="lesson-") as place:
        copy = Path(place) / folder.name
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(history.FOLDER))
        lesson.write(copy, lessons)
        pack, problems = loading.examine(copy)
        errors = [problem for problem in problems if not problem.advice]
        if errors:
            raise RefusedError("\n".join(_readable(problem, copy) for problem in errors))
        new = Matcher(pack, _index(pack, data_dir, progress))
    questions = [*questions_of(old.pack), *helpful]
    return Trial(
        tuple(lessons),
        tuple(changes(questions, old.ask, new.ask)),
        tuple((one.text, short(new.ask(one.text))) for one in lessons),
    )


def adopt(folder: Path, trial: Trial, at: datetime, by: str, reason: str = "") -> history.Entry:
    """Write the lessons into the pack, and how it was into its history. Raises `OSError`."""
    what = [f"{one.text} → {one.label}" for one in trial.lessons]
    entry = history.remember(folder, lesson.files_of(folder, trial.lessons), at, by, what, reason)
    lesson.write(folder, trial.lessons)
    history.settle(folder, entry)
    return entry


def questions_of(pack: Pack) -> list[Labelled]:
    """The pack's own labelled questions; none where it has no such file. Raises `PackError`."""
    file = pack.folder / QUESTIONS
    return read_questions(file, [rule.id for rule in pack.protocol]) if file.exists() else []


def _index(pack: Pack, data_dir: Path, progress: Progress) -> index.Index:
    file = index.index_file(data_dir, pack.fingerprint)
    known = index.load(file, pack.fingerprint)
    if known is None:
        known = index.build(pack, progress, index.reading_file(data_dir))
        index.save(known, file)
    return known


def _readable(problem: Problem, copy: Path) -> str:
    return str(problem).replace(f"{copy}/", "")
