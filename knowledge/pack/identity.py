"""Whose pack it is, and which talks it keeps: read by itself, because every start opens a database by it.

The board's identity is the `board` of pack.yaml, never the folder's name: a copied folder finds its cases.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from knowledge.files.problems import Problem
from knowledge.files.yaml_file import Value, read

BOARD_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@dataclass(frozen=True, slots=True)
class Identity:
    board: str
    name: str


def identity(folder: Path) -> Identity:
    """Whose pack it is; a pack that does not say goes by its folder, as all did before."""
    problems: list[Problem] = []
    about = dict(read(folder / "pack.yaml", str(folder / "pack.yaml"), problems).items())
    named = about.get("name")
    return Identity(
        board_id(about.get("board"), folder), named.text(required=False) if named else folder.resolve().name
    )


def board_id(value: Value | None, folder: Path) -> str:
    """The id that a pack gives; one that is no id is a problem."""
    if value is None or value.missing:
        return folder.resolve().name
    board = value.text()
    if board and not BOARD_ID.fullmatch(board):
        value.problem(f'"{board}" is no id of a board: small letters, digits and hyphens only')
    return board or folder.resolve().name


def talks(folder: Path) -> set[tuple[str, int]]:
    """The id and version of every talk that lies in the pack."""
    found: set[tuple[str, int]] = set()
    for file in sorted((folder / "flows").glob("*.yaml")):
        fields = dict(read(file, str(file), []).items())
        if "id" in fields and "version" in fields:
            found.add((fields["id"].text(), fields["version"].number()))
    return found
