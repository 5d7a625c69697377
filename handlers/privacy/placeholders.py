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
APPOSITION = 5
"""Words before a comma and a name among which the role is looked for."""
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
    return (
        _role_before(words, first) or _role_after(words, end) or _role_in_apposition(words, first) or "person"
    )


def _role_before(words: Sequence[Word], first: int) -> Role | None:
    """ "juf Petra", "zijn vader Peter"; of "de moeder van Sem" it is the child, of "de zoon van Karin" the
    parent.
    """
    before = [words[at].folded if at >= 0 else "" for at in (first - 1, first - 2)]
    if before[0] in groups.LINKING and before[1] in groups.ROLES:
        return "parent" if before[1] in groups.PUPILS else "pupil"
    return _role_of(before[0])


def _role_after(words: Sequence[Word], end: int) -> Role | None:
    """ "Daan uit groep 7", "Sems moeder", "Kevin, een leerling van mij"."""
    after = [words[at].folded if at < len(words) else "" for at in (end, end + 1, end + 2)]
    if (after[0] in groups.FROM and after[1] in groups.GROUP) or after[0] in groups.GROUP:
        return "pupil"
    if any(word in groups.PARENTS for word in after[:2]):
        return "pupil"
    return _role_of(after[1] if after[0] in groups.DETERMINERS else after[0])


def _role_in_apposition(words: Sequence[Word], first: int) -> Role | None:
    """ "een leerling van groep 8, Sem Bakker"."""
    if first >= len(words) or not words[first].gap.rstrip().endswith(","):
        return None
    earlier = (_role_of(words[at].folded) for at in range(first - 1, max(-1, first - 1 - APPOSITION), -1))
    return next((role for role in earlier if role), None)


def _role_of(word: str) -> Role | None:
    return next((role for role, among in _ROLES if word in among), None)


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
