"""A board's document, from a file to provisions: `read_document`."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from knowledge.importing import markdown, pdf, word
from knowledge.importing.blocks import UnreadableDocumentError
from knowledge.importing.structure import Other, Provision, structure
from knowledge.language.ordinary_words import load_ordinary_words

SUFFIXES = (".docx", ".pdf", ".md", ".markdown", ".txt")
_MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)


@dataclass(frozen=True, slots=True)
class Imported:
    """What was read from a file, all of it: nothing is lost unseen."""

    file: str
    sha256: str
    """Of the file's bytes."""
    meta: dict[str, str]
    """title, version, adopted, valid_from: what was found."""
    provisions: tuple[Provision, ...]
    ids: tuple[str, ...]
    """An id for each provision, free of its number: the next version keeps it (`comparison.py`)."""
    other: tuple[Other, ...]
    unsure: tuple[str, ...]
    """What a person must decide or look at."""

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "sha256": self.sha256,
            "meta": self.meta,
            "provisions": [
                {"id": id_, **asdict(provision), "path": list(provision.path)}
                for id_, provision in zip(self.ids, self.provisions, strict=True)
            ],
            "other": [asdict(other) for other in self.other],
            "unsure": list(self.unsure),
        }


def read_document(path: Path) -> Imported:
    """Raises `UnreadableDocumentError`."""
    suffix = path.suffix.lower()
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableDocumentError(f"{path} cannot be read: {error.strerror or error}.") from error
    if suffix == ".docx":
        source = word.read(path)
    elif suffix == ".pdf":
        source = pdf.read(path, load_ordinary_words())
    elif suffix in SUFFIXES:
        source = markdown.read(path)
    else:
        raise UnreadableDocumentError(f"{path.name}: one of {', '.join(SUFFIXES)} can be imported.")
    made = structure(source)
    if not made.provisions:
        raise UnreadableDocumentError(f"{path.name}: no provision was found in it.")
    return Imported(
        path.name,
        hashlib.sha256(content).hexdigest(),
        _meta(made.other, made.provisions),
        tuple(made.provisions),
        _new_ids(made.provisions),
        tuple(made.other),
        tuple(made.unsure),
    )


def from_json(path: Path) -> Imported:
    """What an earlier import wrote. Raises `UnreadableDocumentError`."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        provisions = data["provisions"]
        return Imported(
            data["file"],
            data["sha256"],
            dict(data["meta"]),
            tuple(
                Provision(p["citation"], tuple(p["path"]), p["number"], p["kind"], p["parent"], p["text"])
                for p in provisions
            ),
            tuple(p["id"] for p in provisions),
            tuple(Other(o["kind"], o["text"], o["number"]) for o in data["other"]),
            tuple(data["unsure"]),
        )
    except OSError as error:
        raise UnreadableDocumentError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableDocumentError(
            f"{path.name} is not what `bot pack import` writes: {error!r}."
        ) from error


def _new_ids(provisions: Sequence[Provision]) -> tuple[str, ...]:
    ids: list[str] = []
    for provision in provisions:
        base = "b-" + hashlib.sha256(provision.text.encode()).hexdigest()[:8]
        same = sum(each == base or each.startswith(f"{base}-") for each in ids)
        ids.append(f"{base}-{same + 1}" if same else base)
    return tuple(ids)


def _meta(other: Sequence[Other], provisions: Sequence[Provision]) -> dict[str, str]:
    meta: dict[str, str] = {}
    if title := next((one.text for one in other if one.kind == "title"), ""):
        meta["title"] = title
    text = (
        " ".join(one.text for one in other if one.kind != "heading")
        + " "
        + " ".join(p.text for p in provisions)
    )
    if found := re.search(r"\b[Vv]ersie\s+(\d+(?:\.\d+)*)", text):
        meta["version"] = found[1]
    day = rf"(\d{{1,2}})\s+({'|'.join(_MONTHS)})\s+(\d{{4}})"
    for key, words in (
        ("adopted", r"[Vv]astgesteld(?:\s+door\s+\w+\s+\w+)?\s+op|[Bb]esproken\s+op\s+\D{0,30}?"),
        ("valid_from", r"[Gg]eldig\s+vanaf|in\s+werking\s+op|[Ii]ngangsdatum:?"),
    ):
        if found := re.search(rf"(?:{words})\s*{day}", text):
            meta[key] = f"{found[3]}-{_MONTHS.index(found[2]) + 1:02}-{int(found[1]):02}"
    return meta
