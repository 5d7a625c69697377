"""Everything wrong with a pack, also what shows only when the phrasings are read together: phrasings that
another rule wins, and forms in the lexicon that serve nothing or mislead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from knowledge.files.problems import Problem
from knowledge.matching.examples import Examples
from knowledge.matching.features import Reader
from knowledge.matching.fitting import Progress, rivals
from knowledge.matching.index import read_phrasings, split_phrasings
from knowledge.matching.misleading import misleading_forms
from knowledge.pack import loading as packs
from knowledge.pack.loading import Pack

OVERMATCH_TIMES = 1.8
"""A phrasing that is so many times closer to a rule's phrasings than to those of its own label is
overmatched,
"""
OVERMATCH_CLOSENESS = 0.17
"""if it is really close to them (0 to 1),"""
OVERMATCH_PHRASINGS = 8
"""and if both have so many phrasings: with fewer there is nothing to compare."""


def examine(folder: Path, progress: Progress = lambda done: None) -> tuple[Pack, list[Problem]]:
    """What can be read of a pack, and all its problems in the order of files and lines; `progress` hears 0 to
    1.

    Raises `PackError` only where there is no such folder.
    """
    pack, problems = packs.examine(folder)
    if pack.phrasings:
        texts = split_phrasings(pack)
        reader, given = read_phrasings(pack, texts, progress)
        problems += [
            *_overmatched(pack, given),
            *_dead_forms(pack, reader, texts),
            *_misleading(pack, reader, texts),
        ]
    return pack, sorted(set(problems))


def _overmatched(pack: Pack, given: Examples) -> Iterator[Problem]:
    """Only where a rule wins: topics and small talk may lie close together, since none of them is
    asserted.
    """
    rules = {rule.id for rule in pack.protocol}
    sizes = Counter(phrasing.label for phrasing in pack.phrasings)
    for rival in rivals(given):
        phrasing = pack.phrasings[rival.number]
        if rival.winner not in rules or min(sizes[phrasing.label], sizes[rival.winner]) < OVERMATCH_PHRASINGS:
            continue
        if rival.times >= OVERMATCH_TIMES and rival.closeness >= OVERMATCH_CLOSENESS:
            yield Problem(
                phrasing.path,
                phrasing.line,
                f'"{phrasing.text}" stands under {phrasing.label}, but its words speak {rival.times:.1f} '
                f"times more for {rival.winner};"
                f" move it there, or put it in words of its own",
                advice=True,
            )


def _dead_forms(pack: Pack, reader: Reader, texts: Sequence[Sequence[str]]) -> Iterator[Problem]:
    used: set[tuple[str, str]] = set()
    for words in texts:
        used |= reader.lexicon.forms_used(reader.repair(words))
    path = str(pack.folder / "lexicon.yaml")
    for concept, forms in pack.concept_lines.items():
        for form, line in forms.items():
            if (concept, form) not in used:
                yield Problem(
                    path,
                    line,
                    f'form "{form}" of {concept} occurs in no phrasing: remove it, or add a phrasing that '
                    f"uses it",
                    advice=True,
                )


def _misleading(pack: Pack, reader: Reader, texts: Sequence[Sequence[str]]) -> Iterator[Problem]:
    path = str(pack.folder / "lexicon.yaml")
    for found in misleading_forms(pack.phrasings, texts, reader.lexicon):
        line = pack.concept_lines.get(found.concept, {}).get(found.form)
        if line is None:  # a shared form is right for others; the model weighs it by this pack's phrasings
            continue
        yield Problem(
            path,
            line,
            f'form "{found.form}" misleads: the {found.phrasings} phrasings that use it stand under other '
            f"labels than those of {found.concept}: remove it, or make it a turn of phrase",
            advice=True,
        )
