"""What can only be seen once a pack is learnt: phrasings that another rule wins, forms in the lexicon that serve nothing."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.index import Index
from knowledge.lexicon import Lexicon
from knowledge.pack import Pack
from knowledge.problems import Problem


def problems(pack: Pack, index: Index) -> list[Problem]:
    """Everything wrong with a pack that loads."""
    return sorted([*_overmatched(pack, index), *_dead_forms(pack, index)])


def _overmatched(pack: Pack, index: Index) -> Iterator[Problem]:
    """Only where a rule wins: topics and small talk may lie close together, since none of them is asserted."""
    rules = {rule.id for rule in pack.protocol}
    for number, winner, times in index.overmatched:
        if winner in rules:
            phrasing = pack.phrasings[number]
            yield Problem(
                phrasing.path,
                phrasing.line,
                f'"{phrasing.text}" stands under {phrasing.label}, but its words speak {times:.1f} times more for {winner};'
                f" move it there, or put it in words of its own",
            )


def _dead_forms(pack: Pack, index: Index) -> Iterator[Problem]:
    lexicon = Lexicon(pack.concepts)
    used: set[tuple[str, str]] = set()
    for phrasing in pack.phrasings:
        used |= lexicon.forms_used(index.reader.words(phrasing.text))
    path = str(pack.folder / "lexicon.yaml")
    for concept, forms in pack.concept_lines.items():
        for form, line in forms.items():
            if (concept, form) not in used:
                yield Problem(path, line, f'form "{form}" of {concept} occurs in no phrasing: remove it, or add a phrasing that uses it')
