"""A table of weights in a file: the rows that are met most are kept in memory, the others are read when a
question needs them.

Mapping the file into memory would be shorter, but a question's few rare rows lie far apart, and with each the
system maps its neighbourhood of 64 kB: after some hundred questions all of the table would be in memory.
"""

from __future__ import annotations

import os
import threading
import weakref
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]

KEPT = 24_000
"""Rows kept in memory, some 5 MB: fifteen of sixteen that questions ask for."""
REMEMBERED = 4_000
"""Rows kept besides because they were read last, some 1.5 MB: people ask about the same things."""


class OpenFile:
    """A file that stays open while it is referred to: what it was when it was opened can be read, also after
    another took its name.
    """

    def __init__(self, path: Path) -> None:
        """Raises `OSError`."""
        self.handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        self._lock = threading.Lock()
        weakref.finalize(self, os.close, self.handle)

    def read(self, start: int, size: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self.handle, size, start)
        with self._lock:  # Windows
            os.lseek(self.handle, start, os.SEEK_SET)
            return os.read(self.handle, size)


def by_use(rarity: Floats) -> Ints:
    """The numbers of a table's rows in the order in which they lie in a file: what is met most first."""
    return np.argsort(rarity, kind="stable")


class Filed:
    """Stands for a table of half-precision numbers: `table[numbers]` gives rows."""

    def __init__(self, file: OpenFile, start: int, rarity: Floats, width: int) -> None:
        """The rows lie in the file from `start`, in the order `by_use(rarity)`. Raises `ValueError` where
        they do not.
        """
        self._file = file
        self._start = start
        self._width = width
        self._size = width * np.dtype(np.float16).itemsize
        order = by_use(rarity)
        self._place = np.empty(len(order), np.int32)
        self._place[order] = np.arange(len(order), dtype=np.int32)
        self._kept = self._rows(min(KEPT, len(order)))
        size = self._size
        self._row = lru_cache(REMEMBERED)(lambda place: file.read(start + place * size, size))

    def __getitem__(self, numbers: Ints) -> Floats:
        places = self._place[numbers]
        kept = places < len(self._kept)
        if kept.all():
            return self._kept[places]
        found = np.empty((len(places), self._width), np.float16)
        found[kept] = self._kept[places[kept]]
        rare = [self._row(place) for place in places[~kept].tolist()]
        found[~kept] = np.frombuffer(b"".join(rare), np.float16).reshape(-1, self._width)
        return found

    def whole(self) -> Floats:
        """All rows, by number."""
        return self._rows(len(self._place))[self._place]

    def _rows(self, count: int) -> Floats:
        return np.frombuffer(self._file.read(self._start, count * self._size), np.float16).reshape(
            count, self._width
        )
