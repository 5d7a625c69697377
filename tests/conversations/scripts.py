"""Say/hear scripts: what a person does, and what they then must see. One script runs on every channel that
has a driver.

- script: een foto op insta            what it shows, in a few words
  channels: [core, telegram]           only there; left out: everywhere
  language: en                         of the person's settings; left out: unknown
  roles: {bea: directie}               of people other than employees
  talk:
    - say: mag deze foto op insta?     what the person does: see DOINGS
      hear: [Vraag eerst]              fragments, each somewhere in the reply
      rule: profilering-4              quoted word for word (several: a list; none at all: [])
      buttons: [Nuttig]                labels, each there (none at all: [])
      not: [melden]                    fragments that stand nowhere, buttons included
    - press: Nuttig
      toast: Dank                      a fragment of it
      messages: 0                      how many came
    - edit: mag deze foto op de site?
      edits: true                      the last message took the place of an earlier one
      mark: site                       remember the last message under this name
    - wait: 16m                        s, m, h or d
    - photo:                            what needs no words stands by itself
      repeats: site                    the last message is the remembered one, word for word, buttons too
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from handlers.turn import Media, Role
from knowledge.files.problems import did_you_mean
from knowledge.language.words import Language

FOLDER = Path(__file__).parent
MEDIA: tuple[Media, ...] = ("photo", "video", "document", "sticker", "voice", "location", "contact", "other")
DOINGS = (
    "say",
    "forward",
    "edit",
    "press",
    "press again",
    "press old",
    "open",
    "wait",
    "in",
    "as",
    "album",
    *MEDIA,
)
"""forward passes on somebody else's message; `press again` presses the last button once more, `press old` one
that was taken away since; `in: group` or `in: private` goes there; `as: bea` goes on as somebody else, in
private; `photo: words` has a caption."""
EXPECTATIONS = (
    "hear",
    "not",
    "rule",
    "buttons",
    "edits",
    "toast",
    "language",
    "messages",
    "file",
    "deletes",
    "mark",
    "repeats",
)
HEADS = ("script", "channels", "language", "roles", "talk")


@dataclass(frozen=True)
class Step:
    doing: str
    words: str
    expected: Mapping[str, Any]
    line: int


@dataclass(frozen=True)
class Script:
    name: str
    path: str
    channels: tuple[str, ...]
    """Empty: everywhere."""
    language: Language | None
    roles: Mapping[str, Role]
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return f"{self.path}: {self.name}"


def scripts(channel: str, folder: Path = FOLDER) -> list[Script]:
    """The scripts that run on this channel."""
    return [
        script
        for file in sorted(folder.glob("*.yaml"))
        for script in read(file)
        if not script.channels or channel in script.channels
    ]


def read(file: Path) -> Iterator[Script]:
    """Raises `ValueError` with file and line for anything that no script may hold."""
    loader = yaml.SafeLoader(file.read_text(encoding="utf-8"))
    node = loader.get_single_node()
    if not isinstance(node, yaml.SequenceNode):
        raise ValueError(f"{file.name}:1: expected a list of scripts")
    for member in node.value:
        yield _script(loader, member, file.name)


def _script(loader: yaml.SafeLoader, node: yaml.MappingNode, path: str) -> Script:
    head = {key.value: value for key, value in node.value}
    line = node.start_mark.line + 1
    _known(head, HEADS, f"{path}:{line}")
    if "script" not in head or "talk" not in head:
        raise ValueError(f"{path}:{line}: a script needs `script` and `talk`")
    values = {
        name: loader.construct_object(value, deep=True) for name, value in head.items() if name != "talk"
    }
    steps = tuple(_step(loader, step, path) for step in head["talk"].value)
    return Script(
        values["script"],
        path,
        tuple(values.get("channels", ())),
        values.get("language"),
        values.get("roles", {}),
        steps,
    )


def _step(loader: yaml.SafeLoader, node: yaml.Node, path: str) -> Step:
    where = f"{path}:{node.start_mark.line + 1}"
    made = loader.construct_object(node, deep=True)
    parts: dict[str, Any] = {made: ""} if isinstance(made, str) else made
    _known(parts, (*DOINGS, *EXPECTATIONS), where)
    doings = [name for name in parts if name in DOINGS]
    if len(doings) != 1:
        raise ValueError(f"{where}: a step does one thing, not {len(doings)}")
    words = parts[doings[0]]
    if words is not None and not isinstance(words, str):
        raise ValueError(f'{where}: put "{words}" between quotes')
    return Step(
        doings[0],
        words or "",
        {name: value for name, value in parts.items() if name in EXPECTATIONS},
        node.start_mark.line + 1,
    )


def _known(names: Mapping[str, object], known: tuple[str, ...], where: str) -> None:
    for name in names:
        if name not in known:
            raise ValueError(f'{where}: unknown "{name}"{did_you_mean(str(name), known)}')
