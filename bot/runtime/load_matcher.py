"""Getting the assistant ready: read the pack, take its index from the data folder or learn it now, showing
how far it is.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from rich.console import Console

from bot.settings import Settings
from knowledge.matching import index
from knowledge.matching.matcher import Matcher
from knowledge.pack import loading

Result = TypeVar("Result")


def make_matcher(settings: Settings, errors: Console) -> Matcher:
    """Ready to answer. Raises `knowledge.files.problems.PackError`. `errors` hears about waiting and about a
    folder that cannot be written.
    """
    kept = _kept(loading.fingerprint(settings.protocol), settings.data_dir)
    if kept is not None:
        return Matcher(loading.load(settings.protocol, learnable=False), kept)
    found = loading.load(settings.protocol)
    return Matcher(found, make_index(found, settings.data_dir, errors))


def make_index(found: loading.Pack, data_dir: Path, errors: Console) -> index.Index:
    """The pack's index, from `data_dir` or made now and kept there."""
    kept = _kept(found.fingerprint, data_dir)
    if kept is not None:
        return kept
    made = _build(found, data_dir, errors)
    try:
        index.save(made, index.index_file(data_dir, found.fingerprint))
    except OSError as error:
        errors.print(
            f"[yellow]DATA_DIR {data_dir} cannot be written ({error.strerror}), so this waiting comes back "
            f"at every start.[/yellow]",
            soft_wrap=True,
        )
    return made


def _kept(fingerprint: str, data_dir: Path) -> index.Index | None:
    return index.load(index.index_file(data_dir, fingerprint), fingerprint)


def _build(found: loading.Pack, data_dir: Path, errors: Console) -> index.Index:
    what = f"Learning {len(found.phrasings)} phrasings (only after a change of the pack)"
    return watched(what, errors, lambda progress: index.build(found, progress, index.reading_file(data_dir)))


def watched(what: str, errors: Console, work: Callable[[Callable[[float], None]], Result]) -> Result:
    """Do some work that takes a while: a progress bar where a person looks on, one line where a log does."""
    if not errors.is_terminal:
        errors.print(f"{what} ...", soft_wrap=True)
        return work(lambda done: None)
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
    )  # slow to import, seldom needed

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True) as progress:
        task = progress.add_task(what, total=1.0)
        return work(lambda done: progress.update(task, completed=done))
