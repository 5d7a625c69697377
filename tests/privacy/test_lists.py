"""The lists of names and words: text files that anybody may add a line to."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from handlers.privacy import name_lists
from handlers.privacy.name_lists import NameLists, lists
from handlers.privacy.tokens import fold
from knowledge.language import ordinary_words

FOLDER = Path(name_lists.__file__).parent / "lists"
FILES = sorted((*FOLDER.glob("*.txt"), ordinary_words.FILE))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_line_is_folded_and_stands_there_once(file: Path) -> None:
    head, *_ = file.read_text(encoding="utf-8").splitlines()
    assert head.startswith("# ")
    words = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert [word for word in words if fold(word) != word] == []
    assert words == sorted(set(words))


def test_every_file_is_read() -> None:
    assert len(FILES) == len(fields(NameLists))


def test_a_name_wherever_it_stands_is_no_ordinary_word() -> None:
    assert sorted(lists().given_names & lists().words) == []
    assert sorted(lists().given_names & (lists().given_words | lists().given_common)) == []


@pytest.mark.parametrize(
    "name", ["kevin", "fatima", "jayden", "sjoukje", "oksana", "ravi", "zofia", "mehmet", "tesfay"]
)
def test_given_names_of_all_backgrounds_are_listed(name: str) -> None:
    assert name in lists().given_names
