"""Who inside the school is called: a board's own, under `inside` in its pack.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from knowledge.files.problems import did_you_mean
from knowledge.files.yaml_file import Value
from knowledge.language.words import Language

Function = Literal[
    "directeur", "intern_begeleider", "aandachtsfunctionaris", "vertrouwenspersoon", "bestuur", "privacy"
]
FUNCTIONS: tuple[Function, ...] = get_args(Function)


@dataclass(frozen=True, slots=True)
class Inside:
    """A function inside the school or board, and how to reach it."""

    name: Mapping[Language, str]
    phone: str
    """As it is dialled; "" where the board gives none."""


def read_inside(value: Value) -> dict[Function, Inside]:
    """The functions that a pack fills in; those that are missing are not reached through it."""
    found: dict[Function, Inside] = {}
    for name, entry in value.items():
        function = next((one for one in FUNCTIONS if one == name), None)
        if function is None:
            entry.problem(f'unknown function "{name}"{did_you_mean(name, FUNCTIONS)}')
            continue
        part = entry.fields("name", optional=("phone",))
        found[function] = Inside(part["name"].translated(), part["phone"].text(required=False))
    return found
