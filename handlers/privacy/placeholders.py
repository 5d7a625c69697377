"""What to write instead of somebody's data: "leerling A", "ouder B", "[telefoonnummer]"."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from handlers.privacy import word_groups as groups
from handlers.privacy.finding import Kind, Piece
from handlers.privacy.tokens import Word, fold
from knowledge.language.words import Language

Role = Literal["pupil", "parent", "employee", "person"]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def mark(kind: Kind) -> str:
    """What stands in a scrubbed line for data of this kind."""
    return str(_texts()["marks"][kind])


def proposals(text: str, words: Sequence[Word], pieces: Sequence[Piece], language: Language) -> Iterator[str]:
    """For each piece what may be written instead. The same name gets the same letter; letters run on over all
    roles, as they do in a report.
    """
    roles: Mapping[str, str] = _texts()["roles"][language]
    kinds: Mapping[str, str] = _texts()["kinds"][language]
    starts = [word.start for word in words]
    given: dict[str, str] = {}
    for piece in pieces:
        if piece.kind != "name":
            yield kinds[piece.kind]
            continue
        first_name = fold(text[piece.start : piece.end].split()[0])
        if first_name not in given:
            role = role_beside(words, bisect_left(starts, piece.start), bisect_left(starts, piece.end))
            given[first_name] = f"{roles[role]} {_letter(len(given))}"
        yield given[first_name]


def role_beside(words: Sequence[Word], first: int, end: int) -> Role:
    """The role of who is named by the words from `first` to before `end`, by the words around them."""
    before = [words[at].folded if at >= 0 else "" for at in (first - 1, first - 2)]
    after = [words[at].folded if at < len(words) else "" for at in (end, end + 1, end + 2)]
    if before[0] in ("van", "of") and before[1] in groups.ROLES:
        return "parent" if before[1] in groups.PUPILS else "pupil"
    if before[0] in groups.EMPLOYEES:
        return "employee"
    if before[0] in groups.PARENTS:
        return "parent"
    if before[0] in groups.PUPILS:
        return "pupil"
    if (after[0] in groups.FROM and after[1] in groups.GROUP) or after[0] in groups.GROUP:
        return "pupil"
    if any(word in groups.PARENTS for word in after[:2]):
        return "pupil"
    if after[0] in ("de", "een", "onze", "the", "our", "a"):
        after = after[1:]
    for role, among in _ROLES:
        if after[0] in among:
            return role
    return "person"


_ROLES: tuple[tuple[Role, frozenset[str]], ...] = (
    ("employee", groups.EMPLOYEES),
    ("parent", groups.PARENTS),
    ("pupil", groups.PUPILS),
)


def _letter(number: int) -> str:
    return (
        LETTERS[number]
        if number < len(LETTERS)
        else f"{LETTERS[number % len(LETTERS)]}{number // len(LETTERS)}"
    )


@cache
def _texts() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load(
        (Path(__file__).with_suffix(".yaml")).read_text(encoding="utf-8")
    )
    return loaded
