"""What is learnt from a pack, made once and kept: the same pack gives the same bytes, found again by the
pack's fingerprint.
"""

from __future__ import annotations

import json
import math
import os
import re
import struct
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.language.lexicon import Lexicon
from knowledge.language.words import LANGUAGES, Language, Vocabulary, split
from knowledge.matching.features import BLOCKS, Reader, Reading
from knowledge.matching.model import Dense, Examples, Features, Model, Progress, Sparse, examples, fit
from knowledge.matching.numbering import Numbering
from knowledge.matching.weight_file import Filed, OpenFile, by_use
from knowledge.pack.loading import Pack

READING_SHARE = 0.3
"""Share of the work that reading the phrasings takes, for the progress shown."""
FORMAT = 3
"""Raise it when what is stored or how it is learnt changes: older files are then made anew."""


@dataclass(frozen=True, slots=True)
class Index:
    """Everything that a question is matched with."""

    fingerprint: str
    reader: Reader
    model: Model
    english: dict[str, float]
    """Word → how much it speaks for English (above 0) or Dutch (below 0): the log of how much likelier it is
    there.
    """
    said: Callable[[], bytes]
    """The phrasings, a line each: label, tab, text. Only an explanation looks into them, so they are read
    when it does.
    """


def phrasings_of(index: Index, label: str) -> list[str]:
    """How people ask for a label."""
    start = f"{label}\t"
    return [line.removeprefix(start) for line in index.said().decode().split("\n") if line.startswith(start)]


def phrasing_counts(index: Index) -> Counter[str]:
    """Label → how many ways of asking for it are known."""
    return Counter(found[1].decode() for found in re.finditer(rb"^([^\t\n]+)\t", index.said(), re.MULTILINE))


def build(pack: Pack, progress: Progress = lambda done: None) -> Index:
    """Learn from the pack's phrasings. Takes the better part of a minute for some ten thousands; `progress`
    hears 0 to 1.
    """
    spoken: dict[Language, Counter[str]] = {language: Counter() for language in LANGUAGES}
    for phrasing in pack.phrasings:
        spoken[phrasing.language].update(split(phrasing.text))
    reader, given = read_phrasings(pack, lambda done: progress(READING_SHARE * done))
    model = fit(given, lambda done: progress(READING_SHARE + (1 - READING_SHARE) * done))
    said = "\n".join(f"{phrasing.label}\t{phrasing.text}" for phrasing in pack.phrasings).encode()
    return Index(pack.fingerprint, reader, model, _english(spoken), lambda: said)


def read_phrasings(pack: Pack, progress: Progress = lambda done: None) -> tuple[Reader, Examples]:
    """A reader that knows the pack's words, and the pack's phrasings as it reads them."""
    lexicon = Lexicon(pack.concepts)
    words = {word for phrasing in pack.phrasings for word in split(phrasing.text)}
    reader = Reader(lexicon, Vocabulary(words | lexicon.vocabulary, lexicon.knows))
    labels = [phrasing.label for phrasing in pack.phrasings]
    read = 0

    def readings() -> Iterator[Reading]:
        nonlocal read
        for phrasing in pack.phrasings:
            yield reader.read(phrasing.text)
            read += 1
            if read % 500 == 0:
                progress(read / (2 * len(labels)))

    return reader, examples(readings, labels)


def _english(spoken: dict[Language, Counter[str]]) -> dict[str, float]:
    """How much likelier each word is in English phrasings than in Dutch ones, as a logarithm; 0 for
    equally.
    """
    sizes = {language: max(counts.total(), 1) for language, counts in spoken.items()}
    words = sorted(spoken["nl"].keys() | spoken["en"].keys())
    odds = {
        word: ((spoken["en"][word] + 0.5) / sizes["en"]) / ((spoken["nl"][word] + 0.5) / sizes["nl"])
        for word in words
    }
    return {word: float(np.float16(math.log(ratio))) for word, ratio in odds.items()}


def index_file(directory: Path, fingerprint: str) -> Path:
    return directory / f"index-{FORMAT}-{fingerprint[:16]}.npz"


def save(index: Index, file: Path) -> None:
    """Write the index so that a reader sees the old file or the whole new one; indexes of other packs are
    removed.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    described = {
        "format": FORMAT,
        "fingerprint": index.fingerprint,
        "labels": index.model.labels,
        "concepts": index.reader.lexicon.concepts,
    }
    words = sorted(index.reader.vocabulary.words)
    features, weights = index.model.features, index.model.weights
    arrays: dict[str, NDArray[Any]] = {
        "described": _packed(json.dumps(described, ensure_ascii=False)),
        "words": _packed("\n".join(words)),
        "english": np.array([index.english.get(word, 0.0) for word in words], np.float16),
        "said": np.frombuffer(index.said(), np.uint8),
        "rarity": features.rarity,
        "bias": index.model.bias,
    }
    for block, numbering in features.numbering.items():
        arrays |= {f"residues_{block}": numbering.residues, f"numbers_{block}": numbering.numbers}
    if isinstance(weights, Sparse):
        arrays |= {"starts": weights.starts, "columns": weights.columns, "entries": weights.entries}
    else:
        whole = weights.table.whole() if isinstance(weights.table, Filed) else weights.table
        arrays["table"] = whole[by_use(features.rarity)]
    temporary = file.with_suffix(f".{os.getpid()}.tmp")
    with temporary.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **arrays)
    temporary.replace(file)
    for other in file.parent.glob("index-*.npz"):
        if other != file:
            other.unlink(missing_ok=True)


def load(file: Path, fingerprint: str) -> Index | None:
    """The index in `file`, or None if there is none for this pack. The file stays open as long as the index
    is used.
    """
    try:
        opened = OpenFile(file)
        with os.fdopen(os.dup(opened.handle), "rb") as stream, np.load(stream, allow_pickle=False) as stored:
            described = json.loads(_unpacked(stored["described"]))
            if described["format"] != FORMAT or described["fingerprint"] != fingerprint:
                return None
            features = Features(
                {
                    block: Numbering(stored[f"residues_{block}"], stored[f"numbers_{block}"])
                    for block in BLOCKS
                },
                stored["rarity"],
            )
            labels = tuple(described["labels"])
            if "table" in stored:
                weights: Dense | Sparse = Dense(
                    Filed(opened, _place(stored.zip, opened, "table")[0], features.rarity, len(labels))
                )
            else:
                weights = Sparse(stored["starts"], stored["columns"], stored["entries"])
            lexicon = Lexicon(described["concepts"])
            words = _unpacked(stored["words"]).split("\n")
            said = _place(stored.zip, opened, "said")
            return Index(
                fingerprint,
                Reader(lexicon, Vocabulary(words, lexicon.knows)),
                Model(labels, features, weights, stored["bias"]),
                dict(zip(words, stored["english"].tolist(), strict=True)),
                lambda: opened.read(*said),
            )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _place(archive: zipfile.ZipFile, file: OpenFile, name: str) -> tuple[int, int]:
    """Where in the file the contents of a stored array lie, and their size in bytes: uncompressed, as
    `numpy.savez` writes them.
    """
    member = archive.getinfo(f"{name}.npy")
    name_size, extra_size = struct.unpack(
        "<HH", file.read(member.header_offset + 26, 4)
    )  # the end of a zip member's header of 30 bytes
    with archive.open(member) as stream:
        np.lib.format.read_magic(stream)
        np.lib.format.read_array_header_1_0(stream)
        header = stream.tell()
    return member.header_offset + 30 + name_size + extra_size + header, member.file_size - header


def _packed(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode("utf-8"), np.uint8)


def _unpacked(array: NDArray[np.uint8]) -> str:
    return array.tobytes().decode("utf-8")
