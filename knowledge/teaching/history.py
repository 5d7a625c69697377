"""The pack's files as they were before each change, kept in its folder (`.history/TIME/`); the way back."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

FOLDER = ".history"
ABOUT = "about.json"
AFTER = "after.json"
KEPT = 10
"""Changes that can be taken back; older ones are removed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of a pack."""

    at: str
    """UTC, as the folder is named: 2026-12-01T14-05-09."""
    by: str
    what: tuple[str, ...]
    """A line for each lesson."""
    reason: str
    """Why it was done although a question fared worse, or ""."""
    files: tuple[str, ...]
    """What was changed, within the pack's folder."""


class EditedSinceError(Exception):
    """A file was edited after the change that should be taken back: its name, within the pack's folder."""


def remember(
    folder: Path, changed: Sequence[Path], at: datetime, by: str, what: Sequence[str], reason: str = ""
) -> Entry:
    """Keep the files as they are, before they are changed. Raises `OSError`."""
    name = at.strftime("%Y-%m-%dT%H-%M-%S")
    same = [_order(place)[1] for place in _places(folder) if place.name.startswith(name)]
    place = folder / FOLDER / (f"{name}-{max(same) + 1}" if same else name)
    place.mkdir(parents=True)
    files = tuple(str(file.relative_to(folder)) for file in changed)
    for file in files:
        if (folder / file).exists():
            target = place / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / file, target)
    entry = Entry(place.name, by, tuple(what), reason, files)
    (place / ABOUT).write_text(json.dumps(asdict(entry), ensure_ascii=False, indent=1), encoding="utf-8")
    for old in _places(folder)[KEPT:]:
        shutil.rmtree(old)
    return entry


def settle(folder: Path, entry: Entry) -> None:
    """Note how the files are after the change, so that later edits by hand are not undone with it."""
    after = {file: _digest(folder / file) for file in entry.files}
    (folder / FOLDER / entry.at / AFTER).write_text(json.dumps(after), encoding="utf-8")


def entries(folder: Path) -> list[Entry]:
    """The changes that can be taken back, the newest first. Raises `OSError`."""
    found = []
    for place in _places(folder):
        about = json.loads((place / ABOUT).read_text(encoding="utf-8"))
        found.append(
            Entry(about["at"], about["by"], tuple(about["what"]), about["reason"], tuple(about["files"]))
        )
    return found


def take_back(folder: Path) -> Entry | None:
    """Undo the newest change: put its files back, remove those it made. None where there is none. Raises
    `EditedSinceError`, `OSError`.
    """
    found = entries(folder)
    if not found:
        return None
    newest = found[0]
    place = folder / FOLDER / newest.at
    after = json.loads((place / AFTER).read_text(encoding="utf-8")) if (place / AFTER).exists() else {}
    for file in newest.files:
        if after.get(file, "") not in ("", _digest(folder / file)):
            raise EditedSinceError(file)
    for file in newest.files:
        if (place / file).exists():
            temporary = (folder / file).with_suffix(".tmp")
            shutil.copyfile(place / file, temporary)
            temporary.replace(folder / file)
        else:
            (folder / file).unlink(missing_ok=True)
    shutil.rmtree(place)
    return newest


def _places(folder: Path) -> list[Path]:
    """The kept changes, the newest first; one that was broken off counts for nothing."""
    places = [about.parent for about in (folder / FOLDER).glob(f"*/{ABOUT}")]
    return sorted(places, key=_order, reverse=True)


def _order(place: Path) -> tuple[str, int]:
    """The second, and which of that second."""
    return place.name[:19], int(place.name[20:] or 1)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else "gone"
