"""Forms of the lexicon that mislead: people who use them do not mean the concept.

"volgers" stood for an ambassador of the school, "zaak" for an incident. Such a form is recognised by where
its phrasings stand: not under the labels where the concept's other forms stand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.language.lexicon import Lexicon
from knowledge.matching.arrays import Floats, Ints
from knowledge.pack.loading import Phrasing

PHRASINGS = 20
"""Of the form, and of the concept's other forms: with fewer there is nothing to compare."""
PRIOR = 5.0
"""Phrasings spread as all are, added to those of the other forms."""
MISLEADING = -2.0
"""Score below which a form misleads; a form that carries its concept is above 0."""


@dataclass(frozen=True, slots=True)
class Misleading:
    concept: str
    form: str
    score: float
    """Mean over the form's phrasings of the logarithm of how much likelier their labels are for the concept's
    other forms than for any words.
    """
    phrasings: int


def misleading_forms(
    phrasings: Sequence[Phrasing], texts: Sequence[Sequence[str]], lexicon: Lexicon
) -> Iterator[Misleading]:
    """The misleading forms, concept by concept; `texts` are the words of the phrasings."""
    labels = sorted({phrasing.label for phrasing in phrasings})
    column = {label: number for number, label in enumerate(labels)}
    targets = np.array([column[phrasing.label] for phrasing in phrasings])
    used: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, words in enumerate(texts):
        for concept, form in lexicon.forms_used(words):
            used[concept][form].append(number)

    def counts(numbers: Ints) -> Floats:
        return np.bincount(targets[numbers], minlength=len(labels)).astype(np.float64)

    everywhere = counts(np.arange(len(targets))) + 0.5
    everywhere /= everywhere.sum()
    for concept in sorted(used):
        carried = np.unique(np.concatenate([np.array(numbers) for numbers in used[concept].values()]))
        whole = counts(carried)
        for form, numbers in sorted(used[concept].items()):
            own = counts(np.unique(np.array(numbers)))
            others = whole - own
            if min(own.sum(), others.sum()) < PHRASINGS:
                continue
            expected = (others + PRIOR * everywhere) / (others.sum() + PRIOR)
            score = float(own @ np.log(expected / everywhere) / own.sum())
            if score < MISLEADING:
                yield Misleading(concept, form, score, int(own.sum()))
