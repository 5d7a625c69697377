"""Readings of many phrasings as numbers, and their cache: after a change of a pack only the new phrasings are
read. Reading is half of the time that learning takes (`make bench`).
"""

from __future__ import annotations

import hashlib
import json
import os
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from knowledge.language import lexicon, words
from knowledge.matching import features
from knowledge.matching.arrays import Ints
from knowledge.matching.features import BLOCKS, Block, Reader, Reading

SOURCES = (lexicon, words, features)
"""The modules that make a reading what it is: a change of them makes the cache void."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What all readings have of features, one reading behind the other."""

    met: Mapping[Block, dict[str, int]]
    """Per block: feature → its number, in the order in which they are met."""
    entries: Ints
    """Numbers of features."""
    counts: Ints
    """How often each entry occurs in its reading."""
    lengths: Ints
    """How many entries each block of each reading has."""

    @property
    def n_features(self) -> int:
        return sum(len(known) for known in self.met.values())

    def take(self, readings: Sequence[int]) -> Collected:
        """These readings, in this order; features that none of them has are forgotten."""
        blocks = np.array(readings, np.int64)[:, None] * len(BLOCKS) + np.arange(len(BLOCKS))
        lengths = self.lengths[blocks.reshape(-1)]
        first = (np.cumsum(self.lengths) - self.lengths)[blocks.reshape(-1)]
        ends = np.cumsum(lengths)
        places = np.repeat(first - ends + lengths, lengths) + np.arange(lengths.sum())
        entries = self.entries[places]
        used = np.bincount(entries, minlength=self.n_features) > 0
        numbers = (np.cumsum(used) - 1).tolist()
        kept = used.tolist()
        met = {
            block: {feature: numbers[old] for feature, old in known.items() if kept[old]}
            for block, known in self.met.items()
        }
        return Collected(met, np.array(numbers, np.int32)[entries], self.counts[places], lengths)


def collect(readings: Iterable[Reading], known: Collected | None = None) -> Collected:
    """Readings as numbers, behind those that are known already."""
    met = {block: dict(known.met[block]) if known else {} for block in BLOCKS}
    entries, counts, lengths = array("i"), array("H"), array("i")
    total = known.n_features if known else 0
    for reading in readings:
        for block in BLOCKS:
            numbers = met[block]
            found = reading.features[block]
            for feature in found:
                if feature not in numbers:
                    numbers[feature] = total
                    total += 1
            entries.extend([numbers[feature] for feature in found])
            counts.extend(found.values())
            lengths.append(len(found))
    parts = [np.frombuffer(part, part.typecode) for part in (entries, counts, lengths)]
    if known:
        both = zip((known.entries, known.counts, known.lengths), parts, strict=True)
        parts = [np.concatenate(pair) for pair in both]
    return Collected(met, *parts)


class ReadingCache:
    """Phrasings as they were read last, in a file of their own beside the index."""

    def __init__(self, file: Path | None, concepts: Mapping[str, Sequence[str]]) -> None:
        """Without a file nothing is cached."""
        self._file = file
        sources = [Path(str(module.__file__)).read_bytes() for module in SOURCES]
        described = json.dumps({name: list(forms) for name, forms in concepts.items()})
        described += version("snowballstemmer")
        self._key = hashlib.sha256(b"".join([described.encode(), *sources])).hexdigest()

    def read(self, texts: Sequence[Sequence[str]], reader: Reader, heard: Callable[[int], None]) -> Collected:
        """All texts read; `heard` hears how many are. Where the file cannot be written, nothing is cached."""
        old = self._load()
        known = {} if old is None else {text: number for number, text in enumerate(old[0])}
        joined = [" ".join(text) for text in texts]
        new = [number for number, text in enumerate(joined) if text not in known]
        heard(len(texts) - len(new))

        def readings() -> Iterator[Reading]:
            for done, number in enumerate(new, len(texts) - len(new) + 1):
                yield reader.read_words(texts[number])
                heard(done)

        collected = collect(readings(), old[1] if old else None)
        if old:
            known |= {joined[number]: len(old[0]) + place for place, number in enumerate(new)}
            collected = collected.take([known[text] for text in joined])
        if new or len(known) != len(joined):
            self._save(joined, collected)
        return collected

    def _load(self) -> tuple[list[str], Collected] | None:
        if self._file is None:
            return None
        try:
            with self._file.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
                described = json.loads(stored["described"].tobytes())
                if described["key"] != self._key:
                    return None
                met = {block: dict(described["met"][block]) for block in BLOCKS}
                return described["texts"], Collected(
                    met, stored["entries"], stored["counts"], stored["lengths"]
                )
        except (OSError, ValueError, KeyError, EOFError, BadZipFile, NotImplementedError):
            return None

    def _save(self, texts: Sequence[str], collected: Collected) -> None:
        if self._file is None:
            return
        described = json.dumps({"key": self._key, "texts": texts, "met": collected.met})
        temporary = self._file.with_suffix(f".{os.getpid()}.tmp")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as stream:
                np.savez(
                    stream,
                    described=np.frombuffer(described.encode(), np.uint8),
                    entries=collected.entries,
                    counts=collected.counts,
                    lengths=collected.lengths,
                )
            temporary.replace(self._file)
        except OSError:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
