"""What is learnt from a pack, made once and kept: the same pack gives the same bytes, found again by the pack's fingerprint."""

from __future__ import annotations

import json
import math
import os
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.features import BLOCKS, Reader, Reading
from knowledge.lexicon import Lexicon
from knowledge.model import Dense, Examples, Features, Model, Progress, Sparse, examples, fit
from knowledge.pack import Pack
from knowledge.words import LANGUAGES, Language, Vocabulary, split

READING_SHARE = 0.3
"""Share of the work that reading the phrasings takes, for the progress shown."""
FORMAT = 2
"""Raise it when what is stored or how it is learnt changes: older files are then made anew."""


@dataclass(frozen=True, slots=True)
class Index:
    """Everything that a question is matched with."""

    fingerprint: str
    reader: Reader
    model: Model
    english: dict[str, float]
    """Word → how much it speaks for English (above 0) or Dutch (below 0): the log of how much likelier it is there."""
    said: bytes
    """The phrasings, a line each: label, tab, text. Only an explanation looks into them."""


def phrasings_of(index: Index, label: str) -> list[str]:
    """How people ask for a label."""
    start = f"{label}\t"
    return [line.removeprefix(start) for line in index.said.decode().split("\n") if line.startswith(start)]


def build(pack: Pack, progress: Progress = lambda done: None) -> Index:
    """Learn from the pack's phrasings. Takes the better part of a minute for some ten thousands; `progress` hears 0 to 1."""
    spoken: dict[Language, Counter[str]] = {language: Counter() for language in LANGUAGES}
    for phrasing in pack.phrasings:
        spoken[phrasing.language].update(split(phrasing.text))
    reader, given = read_phrasings(pack, lambda done: progress(READING_SHARE * done))
    model = fit(given, lambda done: progress(READING_SHARE + (1 - READING_SHARE) * done))
    said = "\n".join(f"{phrasing.label}\t{phrasing.text}" for phrasing in pack.phrasings).encode()
    return Index(pack.fingerprint, reader, model, _english(spoken), said)


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
    """How much likelier each word is in English phrasings than in Dutch ones, as a logarithm; 0 for equally."""
    sizes = {language: max(counts.total(), 1) for language, counts in spoken.items()}
    words = sorted(spoken["nl"].keys() | spoken["en"].keys())
    odds = {word: ((spoken["en"][word] + 0.5) / sizes["en"]) / ((spoken["nl"][word] + 0.5) / sizes["nl"]) for word in words}
    return {word: float(np.float16(math.log(ratio))) for word, ratio in odds.items()}


def index_file(directory: Path, fingerprint: str) -> Path:
    return directory / f"index-{FORMAT}-{fingerprint[:16]}.npz"


def save(index: Index, file: Path) -> None:
    """Write the index so that a reader sees the old file or the whole new one; indexes of other packs are removed."""
    file.parent.mkdir(parents=True, exist_ok=True)
    described = {
        "format": FORMAT,
        "fingerprint": index.fingerprint,
        "labels": index.model.labels,
        "concepts": index.reader.lexicon.concepts,
    }
    arrays: dict[str, NDArray[Any]] = {
        "described": _packed(json.dumps(described, ensure_ascii=False)),
        "words": _packed("\n".join(sorted(index.reader.vocabulary.words))),
        "spoken": _packed("\n".join(index.english)),
        "english": np.array(list(index.english.values()), np.float16),
        "said": np.frombuffer(index.said, np.uint8),
        "rarity": index.model.features.rarity,
        "bias": index.model.bias,
    }
    for block in BLOCKS:
        arrays[f"features_{block}"] = _packed("\n".join(index.model.features.vocabulary[block]))
    weights = index.model.weights
    if isinstance(weights, Dense):
        arrays["table"] = weights.table
    else:
        arrays |= {"starts": weights.starts, "columns": weights.columns, "entries": weights.entries}
    temporary = file.with_suffix(f".{os.getpid()}.tmp")
    with temporary.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **arrays)
    temporary.replace(file)
    for other in file.parent.glob("index-*.npz"):
        if other != file:
            other.unlink(missing_ok=True)


def load(file: Path, fingerprint: str) -> Index | None:
    """The index in `file`, or None if there is none for this pack."""
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            described = json.loads(_unpacked(stored["described"]))
            if described["format"] != FORMAT or described["fingerprint"] != fingerprint:
                return None
            vocabulary = {}
            first = 0
            for block in BLOCKS:
                features = _unpacked(stored[f"features_{block}"]).split("\n")
                vocabulary[block] = dict(zip(features, range(first, first + len(features)), strict=True))
                first += len(features)
            weights = Dense(stored["table"]) if "table" in stored else Sparse(stored["starts"], stored["columns"], stored["entries"])
            model = Model(tuple(described["labels"]), Features(vocabulary, stored["rarity"]), weights, stored["bias"])
            lexicon = Lexicon(described["concepts"])
            reader = Reader(lexicon, Vocabulary(_unpacked(stored["words"]).split("\n"), lexicon.knows))
            english = dict(zip(_unpacked(stored["spoken"]).split("\n"), stored["english"].tolist(), strict=True))
            return Index(fingerprint, reader, model, english, stored["said"].tobytes())
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _packed(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode("utf-8"), np.uint8)


def _unpacked(array: NDArray[np.uint8]) -> str:
    return array.tobytes().decode("utf-8")
