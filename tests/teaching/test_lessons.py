"""Lessons: written into the pack's files, tried out first, and taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from knowledge.evaluation import Labelled
from knowledge.matching.index import build
from knowledge.matching.matcher import Matcher
from knowledge.pack import loading
from knowledge.teaching import history, lesson, trial
from knowledge.teaching.comparison import judged
from knowledge.teaching.groups import Asked, grouped
from knowledge.teaching.lesson import Belongs, Lesson, Silent
from knowledge.teaching.nearest import nearest

AT = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)
WHERE = Belongs("waar vind ik de gymzaal", "nl", "near/telefoon")
BELL = Silent(
    "mag ik op het dak", "nl", "dak", "Het dak", "Over het dak staat er niets.", "directeur", "regels-1"
)


@pytest.fixture
def taught(mini_folder: Path) -> Matcher:
    pack = loading.load(mini_folder)
    return Matcher(pack, build(pack))


def test_a_lesson_is_written_and_read_back_with_comments_and_order_kept(mini_folder: Path) -> None:
    topics = mini_folder / "topics.yaml"
    before = f"# who may edit this: the team\n{topics.read_text(encoding='utf-8')}"
    topics.write_text(before, encoding="utf-8")
    lesson.write(mini_folder, [WHERE, BELL])
    after = topics.read_text(encoding="utf-8")
    assert after.startswith("# who may edit this: the team\nnear:\n  - id: telefoon\n")
    assert after.index("telefoon") < after.index("id: dak") < after.index("far:")
    pack = loading.load(mini_folder)
    assert pack.topic("near/dak").silent["nl"] == "Over het dak staat er niets."
    found = {(one.text, one.label, one.voice) for one in pack.phrasings if one.voice == lesson.VOICE}
    assert found == {
        ("waar vind ik de gymzaal", "near/telefoon", lesson.VOICE),
        ("mag ik op het dak", "near/dak", lesson.VOICE),
    }


def test_the_same_lesson_twice_is_written_once(mini_folder: Path) -> None:
    lesson.write(mini_folder, [WHERE, BELL])
    once = {file: file.read_bytes() for file in lesson.files_of(mini_folder, [WHERE, BELL])}
    lesson.write(mini_folder, [Belongs("Waar vind ik de gymzaal?", "nl", "near/telefoon"), BELL])
    assert once == {file: file.read_bytes() for file in once}


def test_a_trial_says_what_changes_and_changes_nothing(taught: Matcher, tmp_path: Path) -> None:
    folder = taught.pack.folder
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    tried = trial.try_out(taught, [BELL], tmp_path)
    assert dict(tried.answers)["mag ik op het dak"] == "decline near/dak"
    assert before == {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_what_would_leave_the_pack_with_faults_is_refused_with_the_place(
    taught: Matcher, tmp_path: Path
) -> None:
    wrong = Silent("mag ik op het dak", "nl", "dak", "Het dak", "Daarover staat er niets.", "koning")
    with pytest.raises(trial.RefusedError, match=r'^topics.yaml:\d+: unknown contact "koning"'):
        trial.try_out(taught, [wrong], tmp_path)
    known = taught.pack.phrasings[0]
    other = next(one.label for one in taught.pack.phrasings if one.label != known.label)
    with pytest.raises(trial.RefusedError, match="stands under"):
        trial.try_out(taught, [Belongs(known.text, known.language, other)], tmp_path)


def test_a_loss_is_seen(taught: Matcher, tmp_path: Path) -> None:
    """A text that was answered rightly and is taught elsewhere in other words."""
    known = next(one for one in taught.pack.phrasings if one.label == "regels-1" and one.language == "nl")
    labelled = Labelled(known.text, ("regels-1",), "nl")
    assert taught.ask(known.text).rule == "regels-1"
    elsewhere = [Belongs(f"{known.text} {word}", "nl", "near/telefoon") for word in ("dan", "nou", "toch")]
    tried = trial.try_out(taught, elsewhere, tmp_path, [labelled])
    assert [change.question for change in tried.worse] == [known.text]


def test_adopted_lessons_are_taken_back_one_by_one(taught: Matcher, tmp_path: Path) -> None:
    folder = taught.pack.folder
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    lessons: list[Lesson] = [WHERE, BELL]
    for number, one in enumerate(lessons):
        tried = trial.try_out(taught, [one], tmp_path)
        trial.adopt(folder, tried, AT + timedelta(minutes=number), "Noor", "omdat het moet")
    newest, oldest = history.entries(folder)
    assert (newest.by, newest.what, newest.reason) == (
        "Noor",
        ("mag ik op het dak → near/dak",),
        "omdat het moet",
    )
    assert oldest.what == ("waar vind ik de gymzaal → near/telefoon",)
    assert history.take_back(folder) == newest
    assert "dak" not in (folder / "topics.yaml").read_text(encoding="utf-8")
    assert history.take_back(folder) == oldest
    assert history.take_back(folder) is None
    after = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    assert after == before


def test_what_was_edited_by_hand_since_is_not_undone(taught: Matcher, tmp_path: Path) -> None:
    folder = taught.pack.folder
    trial.adopt(folder, trial.try_out(taught, [WHERE], tmp_path), AT, "Noor")
    file = lesson.phrasings_file(folder, "nl")
    edited = file.read_text(encoding="utf-8") + "    - nog een vraag\n"
    file.write_text(edited, encoding="utf-8")
    with pytest.raises(history.EditedSinceError, match=r"geleerd\.nl\.yaml"):
        history.take_back(folder)
    assert file.read_text(encoding="utf-8") == edited


def test_ten_changes_can_be_taken_back_and_no_more(mini_folder: Path) -> None:
    for number in range(13):
        history.remember(mini_folder, [mini_folder / "topics.yaml"], AT, "Noor", [f"les {number}"])
    assert [entry.what[0] for entry in history.entries(mini_folder)] == [f"les {n}" for n in range(12, 2, -1)]


def test_questions_that_are_alike_stand_together() -> None:
    asked = [
        Asked("mag de hond mee naar school", "nl", 1, None),
        Asked("mag mijn hond mee naar school?", "nl", 4, None),
        Asked("wie maakt het rooster", "nl", 2, None),
        Asked("may the dog come to school", "en", 1, None),
    ]
    groups = grouped(asked)
    assert [(group.times, [one.text for one in group.questions]) for group in groups] == [
        (5, ["mag mijn hond mee naar school?", "mag de hond mee naar school"]),
        (2, ["wie maakt het rooster"]),
        (1, ["may the dog come to school"]),
    ]


def test_what_comes_nearest_is_named_by_label_and_title(taught: Matcher) -> None:
    known = next(
        one for one in taught.pack.phrasings if one.label == "near/telefoon" and one.language == "nl"
    )
    assert nearest(taught, known.text, 3)[0] == ("near/telefoon", "Telefoons")


@pytest.mark.parametrize(
    ("label", "before", "after", "effect"),
    [
        ("regels-1", "answer regels-1", "answer regels-2", "worse"),
        ("regels-1", "answer regels-1", "choose regels-1, regels-2", "worse"),
        ("regels-1", "choose regels-2, regels-3", "answer regels-2", "worse"),
        ("regels-1", "decline near/telefoon", "choose regels-2, regels-1", "better"),
        ("regels-1", "choose regels-1, regels-2", "choose regels-1, regels-3", "other"),
        ("near", "choose regels-1, regels-2", "decline near/telefoon", "better"),
        ("near", "decline near/telefoon", "answer regels-1", "worse"),
        ("smalltalk", "smalltalk", "decline far/overig", "worse"),
    ],
)
def test_better_and_worse(label: str, before: str, after: str, effect: str) -> None:
    assert judged(Labelled("vraag", (label,), "nl"), before, after).effect == effect
