"""Two versions of a document side by side: what is new, gone, changed, moved or only renumbered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rapidfuzz import fuzz

from knowledge.importing.importer import Imported
from knowledge.importing.markers import split_label
from knowledge.importing.structure import Provision

ALIKE = 62
"""Likeness (rapidfuzz, 0 to 100) from which a text counts as a changed one."""
SAME_PLACE = 12
"""What the same citation adds to the likeness."""


@dataclass(frozen=True, slots=True)
class Difference:
    kind: str
    """new, gone, moved, changed, renumbered, changed+renumbered, changed+moved, meta."""
    old: Provision | None
    new: Provision | None
    words: str = ""
    """Of a change: "[-gone-] {+new+}" within the text; of `meta`: what stood and stands."""

    def as_json(self) -> dict[str, str]:
        ends = {"old": self.old and self.old.citation, "new": self.new and self.new.citation}
        return {
            "kind": self.kind,
            **{k: v for k, v in ends.items() if v},
            **({"words": self.words} if self.words else {}),
        }


def pairs(old: Sequence[Provision], new: Sequence[Provision]) -> list[tuple[int | None, int | None]]:
    """Indexes of what belongs together: the same text first, in order; then what is most alike."""
    found: list[tuple[int | None, int | None]] = []
    left_old, left_new = set(range(len(old))), set(range(len(new)))
    matcher = SequenceMatcher(None, [p.text for p in old], [p.text for p in new], autojunk=False)
    for block in matcher.get_matching_blocks():
        for at in range(block.size):
            found.append((block.a + at, block.b + at))
    left_old -= {a for a, _ in found if a is not None}
    left_new -= {b for _, b in found if b is not None}
    for a in sorted(left_old):
        same = next((b for b in sorted(left_new) if new[b].text == old[a].text), None)
        if same is not None:
            found.append((a, same))
            left_new.discard(same)
    left_old -= {a for a, _ in found if a is not None}
    scored = sorted(
        (
            (
                _likeness(old[a].text, new[b].text)
                + (SAME_PLACE if old[a].citation == new[b].citation else 0),
                a,
                b,
            )
            for a in left_old
            for b in left_new
            if (old[a].kind == "table-row") == (new[b].kind == "table-row")
        ),
        key=lambda each: (-each[0], each[1], each[2]),
    )
    for likeness, a, b in scored:
        if likeness >= ALIKE and a in left_old and b in left_new:
            found.append((a, b))
            left_old.discard(a)
            left_new.discard(b)
    found += [(a, None) for a in left_old] + [(None, b) for b in left_new]
    return sorted(found, key=lambda pair: (pair[1] if pair[1] is not None else len(new), pair[0] or 0))


def _likeness(before: str, after: str) -> float:
    return max(fuzz.ratio(before, after), fuzz.token_sort_ratio(before, after))


def differences(old: Imported, new: Imported) -> list[Difference]:
    """What a person must look at; what is the same in text and name is left out."""
    found = []
    for a, b in pairs(old.provisions, new.provisions):
        before = old.provisions[a] if a is not None else None
        after = new.provisions[b] if b is not None else None
        kind = _kind(before, after)
        if kind:
            changed = before is not None and after is not None and "changed" in kind
            words = marked(before.text, after.text) if changed and before and after else ""
            found.append(Difference(kind, before, after, words))
    if old.meta != new.meta:
        found.append(Difference("meta", None, None, f"{_meta(old)} → {_meta(new)}"))
    return found


def kept_ids(old: Imported, new: Imported) -> tuple[str, ...]:
    """The new document's ids: those of the old one where a provision lives on."""
    ids = list(new.ids)
    for a, b in pairs(old.provisions, new.provisions):
        if a is not None and b is not None:
            ids[b] = old.ids[a]
    return tuple(ids)


def _kind(before: Provision | None, after: Provision | None) -> str:
    if before is None or after is None:
        return "new" if before is None else "gone"
    parts = ["changed"] if before.text != after.text else []
    if _chapter(before) != _chapter(after):
        parts.append("moved")
    elif before.citation != after.citation:
        parts.append("renumbered")
    return "+".join(parts)


def _chapter(provision: Provision) -> tuple[str, ...]:
    """The headings without their numbers: a chapter that is only renumbered is the same chapter."""
    return tuple(split_label(heading)[1] for heading in provision.path)


def marked(before: str, after: str) -> str:
    """The change by words: "binnen [-drie-] {+twee+} dagen"."""
    old, new = before.split(), after.split()
    parts = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.extend(old[a:b])
            continue
        if a < b:
            parts.append(f"[-{' '.join(old[a:b])}-]")
        if c < d:
            parts.append(f"{{+{' '.join(new[c:d])}+}}")
    return " ".join(parts)


def _meta(imported: Imported) -> str:
    return ", ".join(
        f"{name} {imported.meta[key]}"
        for key, name in (("version", "versie"), ("valid_from", "geldig vanaf"), ("adopted", "vastgesteld"))
        if key in imported.meta
    )
