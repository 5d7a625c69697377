"""Ordinary words of Dutch and English: spelt right, and nobody's name by themselves."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "ordinary_words.txt"
"""One word a line, lower case without accents; `#` begins a remark. The sources stand at its head."""


@cache
def load_ordinary_words() -> frozenset[str]:
    """Some 80,000 words, read once (some 10 ms)."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
