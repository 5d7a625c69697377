"""A database knows whose it is: by the board's id, never by the folder's name; and a talk that a case was
told with stays in the pack.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.settings import Settings
from bot.storage.check import problems
from bot.storage.open_store import StorageError, open_store
from handlers.cases.case import Case
from tests.conftest import ROOT
from tests.incident.desk import story
from tests.incident.test_editions import full


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "school-2026"
    shutil.copytree(ROOT / "tests" / "packs" / "weideveld", folder)
    return folder


@pytest.fixture
def settings(pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """With one case in the database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROTOCOL", str(pack))
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    settings = Settings(protocol=pack, data_dir=tmp_path / "data")
    store = open_store(settings)
    store.database.transact(lambda connection: store.casefile.save(connection, full(story())))
    store.database.transact(lambda connection: store.casefile.next_number(connection, 2026))
    store.database.close()
    return settings


def the_case(settings: Settings) -> tuple[Case, str]:
    """The case and the next number."""
    store = open_store(settings)
    try:
        case = store.database.transact(lambda connection: store.casefile.load(connection, "case-1"))
        return case, store.database.transact(lambda c: store.casefile.next_number(c, 2026))
    finally:
        store.database.close()


def named(pack: Path, board: str) -> None:
    file = pack / "pack.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("board: weideveld", f"board: {board}"), "utf-8")


def test_a_copied_folder_under_another_name_finds_its_cases(settings: Settings, pack: Path) -> None:
    copied = pack.rename(pack.with_name("school-2027"))
    case, number = the_case(settings.model_copy(update={"protocol": copied}))
    assert case.answers["what"] == full(story()).answers["what"]
    assert number == "2026-0002"


def test_a_database_of_another_board_is_refused_with_both_names(settings: Settings, pack: Path) -> None:
    assert problems(settings) == []
    named(pack, "zilverdijk")
    with pytest.raises(StorageError) as refused:
        open_store(settings)
    for part in ('the cases of board "weideveld"', 'board "zilverdijk" (Vereniging Weideveld)'):
        assert part in str(refused.value)
    assert problems(settings) == [str(refused.value)]


def test_moving_is_a_command_and_loses_nothing(settings: Settings, pack: Path) -> None:
    before, _ = the_case(settings)
    named(pack, "zilverdijk")
    done = CliRunner().invoke(app, ["board", "move", "weideveld"])
    assert done.exit_code == 0, done.output
    assert 'Moved from "weideveld" to "zilverdijk": 1 case.' in done.output
    after, number = the_case(settings)
    assert after == before
    assert number == "2026-0003"
    again = CliRunner().invoke(app, ["board", "move", "weideveld"])
    assert again.exit_code == 1
    assert "known are: zilverdijk" in again.output


def test_a_version_of_the_talk_that_a_case_was_told_with_must_stay(settings: Settings, pack: Path) -> None:
    talk = pack / "flows" / "incident.yaml"
    old = talk.read_text(encoding="utf-8")
    talk.write_text(old.replace("version: 1", "version: 2"), encoding="utf-8")
    (problem,) = problems(settings)
    assert 'flows: 1 case was told with version 1 of "incident"' in problem
    assert "flows/incident-1.yaml" in problem
    with pytest.raises(StorageError, match="told with version 1"):
        open_store(settings)
    (pack / "flows" / "incident-1.yaml").write_text(old, encoding="utf-8")
    assert problems(settings) == []
    the_case(settings)


def test_a_board_that_is_no_id_is_refused(pack: Path) -> None:
    from knowledge.pack import loading

    named(pack, "Stichting Weideveld")
    found = [str(problem) for problem in loading.examine(pack, learnable=False)[1]]
    assert any('"Stichting Weideveld" is no id of a board' in problem for problem in found)
