"""What is learnt from a pack, made once and stored: the same pack gives the same bytes, found again by the
pack's fingerprint.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import re
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.language.lexicon import Lexicon
from knowledge.language.ordinary_words import load_ordinary_words
from knowledge.language.words import LANGUAGES, Language, Vocabulary, split
from knowledge.matching.collected import ReadingCache
from knowledge.matching.examples import LARGE_PACK, Examples, Features, make_examples
from knowledge.matching.features import BLOCKS, Block, Reader
from knowledge.matching.fitting import Progress, fit
from knowledge.matching.model import Dense, Model, Sparse
from knowledge.matching.neighbours import Neighbours
from knowledge.pack.loading import Pack

READING_SHARE = 0.3
"""Share of the work that reading the phrasings takes, for the progress shown."""
FORMAT = 8
"""Raise it when what is stored or how it is learnt changes: older files are then made anew."""
REPAIR_PHRASINGS = 3
"""Phrasings of a large pack in which a word must occur for misspelt words to be read as it: a rare word is as
often a misspelling itself, or a name.
"""
DIGEST = "sha256"
DIGEST_SIZE = hashlib.new(DIGEST).digest_size
KEPT = 10
"""Indexes kept in a folder, this one included."""


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
    phrasings: bytes
    """A line each: label, tab, text. Only explanations look into them."""


def phrasings_of(index: Index, label: str) -> list[str]:
    """How people ask for a label."""
    start = f"{label}\t"
    return [
        line.removeprefix(start) for line in index.phrasings.decode().split("\n") if line.startswith(start)
    ]


def phrasing_counts(index: Index) -> Counter[str]:
    """Label → how many ways of asking for it are known."""
    return Counter(
        found[1].decode() for found in re.finditer(rb"^([^\t\n]+)\t", index.phrasings, re.MULTILINE)
    )


def build(pack: Pack, progress: Progress = lambda done: None, cache: Path | None = None) -> Index:
    """Learn from the pack's phrasings. Takes some ten seconds for 25,000; `progress` hears 0 to 1. `cache`: a
    file for readings, so that less is read after a change.
    """
    texts = split_phrasings(pack)
    spoken: dict[Language, Counter[str]] = {language: Counter() for language in LANGUAGES}
    for phrasing, words in zip(pack.phrasings, texts, strict=True):
        spoken[phrasing.language].update(words)
    reader, examples = read_phrasings(pack, texts, lambda done: progress(READING_SHARE * done), cache)
    del texts
    model = fit(examples, lambda done: progress(READING_SHARE + (1 - READING_SHARE) * done))
    phrasings = "\n".join(f"{phrasing.label}\t{phrasing.text}" for phrasing in pack.phrasings).encode()
    return Index(pack.fingerprint, reader, model, _english(spoken), phrasings)


def split_phrasings(pack: Pack) -> list[list[str]]:
    """The words of each phrasing; one object for all occurrences of a word."""
    known: dict[str, str] = {}
    return [[known.setdefault(word, word) for word in split(phrasing.text)] for phrasing in pack.phrasings]


def read_phrasings(
    pack: Pack,
    texts: Sequence[Sequence[str]],
    progress: Progress = lambda done: None,
    cache: Path | None = None,
) -> tuple[Reader, Examples]:
    """A reader that knows the pack's words, and the pack's phrasings as it reads them; `texts` are their
    words.
    """
    lexicon = Lexicon(pack.concepts)
    counts = Counter(word for text in texts for word in set(text))
    words = counts.keys() | lexicon.vocabulary
    common = {word for word, count in counts.items() if count >= REPAIR_PHRASINGS}
    targets = common if len(texts) >= LARGE_PACK else words
    reader = Reader(lexicon, Vocabulary(words, lexicon.knows, targets, load_ordinary_words))

    def heard(done: int) -> None:
        if done % 500 == 0:
            progress(done / len(texts))

    readings = ReadingCache(cache, pack.concepts).read(texts, reader, heard)
    return reader, make_examples(readings, [phrasing.label for phrasing in pack.phrasings], texts)


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


def reading_file(directory: Path) -> Path:
    return directory / "readings.npz"


def save(index: Index, file: Path) -> None:
    """Write the index so that a reader sees the old file or the whole new one; of earlier ones the newest
    stay, so that going back to how the pack was takes no learning. The file is a digest and behind it what
    `numpy.savez` writes.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **_arrays(index))
    content = buffer.getvalue()
    temporary = file.with_suffix(f".{os.getpid()}.tmp")
    with temporary.open("wb") as stream:
        stream.write(hashlib.new(DIGEST, content).digest())
        stream.write(content)
    temporary.replace(file)
    others = [other for other in file.parent.glob("index-*.npz") if other != file]
    for other in sorted(others, key=_written, reverse=True)[KEPT - 1 :]:
        other.unlink(missing_ok=True)


def _written(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def load(file: Path, fingerprint: str) -> Index | None:
    """The index in `file`, or None if there is none for this pack, or if a bit of the file has changed."""
    try:
        with file.open("rb") as stream:
            digest = stream.read(DIGEST_SIZE)
            if hashlib.file_digest(stream, DIGEST).digest() != digest:
                return None
            stream.seek(DIGEST_SIZE)
            with np.load(stream, allow_pickle=False) as stored:
                return _index(stored, fingerprint)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _arrays(index: Index) -> dict[str, NDArray[Any]]:
    """The index as named arrays."""
    described = {
        "format": FORMAT,
        "fingerprint": index.fingerprint,
        "labels": index.model.labels,
        "concepts": index.reader.lexicon.concepts,
        "features": {block: list(index.model.features.numbers[block]) for block in BLOCKS},
    }
    words = sorted(index.reader.vocabulary.words)
    weights = index.model.weights
    arrays: dict[str, NDArray[Any]] = {
        "described": _packed(json.dumps(described, ensure_ascii=False)),
        "words": _packed("\n".join(words)),
        "english": np.array([index.english.get(word, 0.0) for word in words], np.float16),
        "targets": np.array([word in index.reader.vocabulary.targets for word in words], np.bool_),
        "phrasings": np.frombuffer(index.phrasings, np.uint8),
        "rarity": index.model.features.rarity,
        "bias": index.model.bias,
    }
    if isinstance(weights, Sparse):
        arrays |= {"starts": weights.starts, "columns": weights.columns, "entries": weights.entries}
    else:
        arrays["table"] = weights.table
    if near := index.model.neighbours:
        arrays |= {"near_starts": near.starts, "near_phrasings": near.phrasings, "near_weights": near.weights}
        arrays["near_targets"] = near.targets
    return arrays


def _index(stored: Mapping[str, NDArray[Any]], fingerprint: str) -> Index | None:
    """The index that `_arrays` made these of, or None if it is another pack's or another format."""
    described = json.loads(_unpacked(stored["described"]))
    if described["format"] != FORMAT or described["fingerprint"] != fingerprint:
        return None
    numbers: dict[Block, dict[str, int]] = {}
    first = 0
    for block in BLOCKS:
        names = described["features"][block]
        numbers[block] = {name: number for number, name in enumerate(names, first)}
        first += len(names)
    if "table" in stored:
        weights: Dense | Sparse = Dense(stored["table"])
    else:
        weights = Sparse(stored["starts"], stored["columns"], stored["entries"])
    neighbours = None
    if "near_starts" in stored:
        near = (stored[f"near_{name}"] for name in ("targets", "starts", "phrasings", "weights"))
        neighbours = Neighbours(len(described["labels"]), *near)
    lexicon = Lexicon(described["concepts"])
    words = _unpacked(stored["words"]).split("\n")
    targets = compress(words, stored["targets"].tolist())
    return Index(
        fingerprint,
        Reader(lexicon, Vocabulary(words, lexicon.knows, targets, load_ordinary_words)),
        Model(
            tuple(described["labels"]),
            Features(numbers, stored["rarity"]),
            weights,
            stored["bias"],
            neighbours,
        ),
        dict(zip(words, stored["english"].tolist(), strict=True)),
        stored["phrasings"].tobytes(),
    )


def _packed(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode("utf-8"), np.uint8)


def _unpacked(array: NDArray[np.uint8]) -> str:
    return array.tobytes().decode("utf-8")
