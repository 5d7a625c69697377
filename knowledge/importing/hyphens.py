"""Words broken at a line's end: joined, except where the hyphen is the word's own."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from knowledge.language.words import normalise

CONJUNCTIONS = frozenset(("en", "of", "tot", "and", "or", "to", "dan", "als"))
OWN = frozenset(
    (
        "anti",
        "ex",
        "oud",
        "niet",
        "non",
        "pro",
        "semi",
        "vice",
        "co",
        "e",
        "ict",
        "mr",
        "gmr",
        "ib",
        "avg",
        "online",
    )
)
"""First parts that keep their hyphen."""
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


class Hyphens:
    """Decides by what the document itself writes elsewhere, then by a list of words."""

    def __init__(self, lines: Sequence[str], known: Collection[str]) -> None:
        """`known`: ordinary words, lower case without accents."""
        whole = " ".join(line for line in lines if not line.endswith("-"))
        self._hyphenated = {word for word in map(str.lower, _WORD.findall(whole)) if "-" in word}
        self._written = {word for word in map(str.lower, _WORD.findall(whole)) if "-" not in word}
        self._known = known
        self.unsure: list[str] = []

    def join(self, before: str, after: str) -> str:
        """Two lines as one text; only a hyphen at the end of the first is looked at."""
        before, after = before.rstrip(), after.lstrip()
        if not re.search(r"\w[-‐\u00ad]$", before):
            return f"{before} {after}".strip()
        if before.endswith("\u00ad"):
            return before[:-1] + after
        first = re.split(r"[^\w'’-]", before[:-1])[-1].lower()
        found = re.match(r"[\w'’-]+", after)
        second = found[0].lower() if found else ""
        if second in CONJUNCTIONS and not self._is_word(first + second):
            return f"{before} {after}"
        if not second or not second[0].isalpha():
            return before + after
        hyphenated, joined = f"{first}-{second}", first + second
        last = first.rpartition("-")[2]
        keeps = hyphenated in self._hyphenated or any(w.startswith(hyphenated) for w in self._hyphenated)
        if (
            keeps
            or after[0].isupper()
            or before[:-1].split()[-1].isupper()
            or any(c.isdigit() for c in first)
        ):
            return before + after
        if self._is_word(joined):
            return before[:-1] + after
        if last in OWN:
            return before + after
        if first == last and self._is_word(first) and self._is_word(second) and not self._compound(joined):
            self.unsure.append(f"a broken word, read as one: {joined} (or {hyphenated}?)")
        elif not self._is_word(joined):
            self.unsure.append(f"a broken word, read as one: {joined}")
        return before[:-1] + after

    def _is_word(self, word: str) -> bool:
        return word in self._written or normalise(word) in self._known

    def _compound(self, word: str) -> bool:
        """Whether the word consists of two words that are known."""
        plain = normalise(word)
        return any(plain[:at] in self._known and plain[at:] in self._known for at in range(3, len(plain) - 2))
