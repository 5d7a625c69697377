"""A pack that answers at once, made of an imported document: its provisions, and phrasings proposed from
their own words. What every board begins with (small talk, far topics) comes from `knowledge/common/starter`.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from knowledge.importing.importer import Imported
from knowledge.importing.markers import split_label
from knowledge.importing.structure import Provision
from knowledge.language.words import split

STARTER = Path(__file__).parent.parent / "common" / "starter"
VOICE = "voorstel"
"""The voice of phrasings that nobody has looked at yet."""
TITLE_WORDS = 6
SHORTEST, LONGEST = 3, 24
"""Words of a proposed phrasing."""


def write_pack(imported: Imported, folder: Path, board: str, name: str) -> list[Path]:
    """Write the files of a pack and say which; a file that is there already is left as it is.

    `board`: the board's id, which never changes. `name`: what people call the board.
    """
    files: dict[str, Any] = {
        "pack.yaml": _pack(board, name),
        "protocol.yaml": _protocol(imported),
        "phrasings/provisions.nl.yaml": _phrasings(imported),
    }
    (folder / "phrasings").mkdir(parents=True, exist_ok=True)
    written = []
    for file, content in files.items():
        target = folder / file
        if not target.exists():
            text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)
            target.write_text(text, encoding="utf-8")
            written.append(target)
    for shared in sorted(STARTER.rglob("*.yaml")):
        target = folder / shared.relative_to(STARTER)
        if not target.exists():
            shutil.copyfile(shared, target)
            written.append(target)
    source = folder / "source.txt"
    if not source.exists():
        source.write_text("\n".join(_lines(imported)) + "\n", encoding="utf-8")
        written.append(source)
    return written


def _pack(board: str, name: str) -> dict[str, Any]:
    return {
        "board": board,
        "name": name,
        "languages": ["nl"],
        "proposed": True,
        "contacts": {
            "directeur": _dutch("de directeur van je school"),
            "bestuur": _dutch("het bestuur"),
        },
        "ask": "directeur",
        "smalltalk": {"thanks": ["THANKS"], "self": ["BOTSELF"], "greeting": ["GREET"]},
    }


def _dutch(text: str) -> dict[str, str]:
    """Dutch alone is a whole pack: what is not there in English is shown in Dutch."""
    return {"nl": text}


def _sections(imported: Imported) -> Iterator[tuple[tuple[str, ...], list[tuple[str, Provision]]]]:
    """Runs of provisions under the same headings."""
    path: tuple[str, ...] | None = None
    gathered: list[tuple[str, Provision]] = []
    for id_, provision in zip(imported.ids, imported.provisions, strict=True):
        if provision.path != path and gathered:
            yield path or (), gathered
            gathered = []
        path = provision.path
        gathered.append((id_, provision))
    if gathered:
        yield path or (), gathered


def _protocol(imported: Imported) -> dict[str, Any]:
    sections = []
    for number, (path, provisions) in enumerate(_sections(imported), 1):
        heading = path[-1] if path else ""
        sections.append(
            {
                "id": f"deel{number}",
                "place": list(path) or [_title(imported)],
                "heading": heading,
                "rules": [_rule(imported, id_, provision) for id_, provision in provisions],
            }
        )
    return {"title": _title(imported), "sections": sections}


def _title(imported: Imported) -> str:
    return imported.meta.get("title") or Path(imported.file).stem


def _rule(imported: Imported, id_: str, provision: Provision) -> dict[str, Any]:
    """A rule as protocol.yaml has it; before a letter its lead-in is said, or nobody knows what it is of."""
    above = _lead_in(imported, provision)
    words = provision.text.split()
    title = " ".join(words[:TITLE_WORDS]).rstrip(".,;:") + (" …" if len(words) > TITLE_WORDS else "")
    return {
        "id": id_,
        "citation": provision.citation,
        "title": _dutch(title),
        "text": provision.text,
        **({"short": _dutch(f"{above} {provision.text}")} if above else {}),
    }


def _lines(imported: Imported) -> Iterator[str]:
    """The document as the pack prints it."""
    yield _title(imported)
    printed: tuple[str, ...] = ()
    for path, provisions in _sections(imported):
        if path:
            outer = path[:-1]
            if outer and outer != printed:
                yield from outer
                printed = outer
            yield path[-1]
        for _, provision in provisions:
            yield provision.text


def _phrasings(imported: Imported) -> dict[str, dict[str, list[str]]]:
    """Proposals for every provision; what two provisions would share stands with the first."""
    seen: set[tuple[str, ...]] = set()
    found: dict[str, dict[str, list[str]]] = {}
    for id_, provision in zip(imported.ids, imported.provisions, strict=True):
        own = []
        for text in _proposed(imported, provision):
            words = tuple(split(text))
            if words not in seen:
                seen.add(words)
                own.append(text)
        found[id_] = {VOICE: own or [provision.text]}
    return found


def _lead_in(imported: Imported, provision: Provision) -> str:
    """The words that a letter or bullet hangs on, "" for a provision that stands by itself."""
    return next((one.text for one in imported.provisions if one.citation == provision.parent), "")


def _proposed(imported: Imported, provision: Provision) -> Iterator[str]:
    """Phrasings from the provision's own words: whole sentences, their parts, the heading."""
    above = _lead_in(imported, provision).rstrip(":")
    whole = f"{above} {provision.text}".strip()
    heading = split_label(provision.path[-1])[1] if provision.path else ""
    seen: set[str] = set()
    sentences = re.split(r"(?<=[.;:?!])\s+|\s\|\s", whole)
    parts = [whole, *sentences]
    for sentence in sentences:
        parts += re.split(r",\s+|\s+(?:en|of|maar|tenzij|behalve)\s+", sentence)
    parts += [f"{heading} {sentence}" for sentence in sentences]
    for part in parts:
        words = part.strip(" .,;:").split()
        for at in range(0, max(1, len(words)), LONGEST):
            text = " ".join(words[at : at + LONGEST])
            if len(text.split()) >= SHORTEST and text.lower() not in seen:
                seen.add(text.lower())
                yield text
