"""Finding provisions by their own words alone, for a pack for which nobody has written phrasings yet.

BM25 (Robertson) over stems and, because Dutch writes compounds as one word, groups of five letters; concepts
of the lexicon count as words too. It only proposes what to choose from, never the answer.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from snowballstemmer import stemmer

from knowledge.language.words import split
from knowledge.pack.protocol import Protocol

K1, B = 1.2, 0.6
GROUP = 5
GROUP_WEIGHT = 0.5
CONCEPT_WEIGHT = 0.8
RANKING_WEIGHTS = (1.0, 0.7)
LEAST = 1.8
"""Score below which nothing of the question stands in a provision."""
STOP = frozenset(
    split(
        "de het een en of in op van voor met aan bij te tot is zijn was wordt worden ik je jij we wij ze zij "
        "hij ons onze mijn jouw dit dat deze die er hier daar wat wie waar wanneer hoe welke als dan om niet "
        "geen wel ook nog mag mogen moet moeten kan kunnen zal zou wil heb heeft hebben ben doen doet gaat "
        "gaan naar over uit door the a an of to and is are may can i my we our do does it"
    )
)


def texts_of(protocol: Protocol) -> dict[str, str]:
    """Rule → all that says what it is about: its headings, the lead-in that it hangs on, its own words."""
    cited = {rule.citation: rule.text for rule in protocol if rule.citation}
    return {
        str(rule.id): " ".join((*rule.path, cited.get(rule.citation.partition(" onder ")[0], ""), rule.text))
        for rule in protocol
    }


def merged(*rankings: Sequence[str]) -> list[str]:
    """One ranking of several, the first weighing most (reciprocal ranks)."""
    scores: dict[str, float] = defaultdict(float)
    for weight, ranking in zip(RANKING_WEIGHTS, rankings, strict=False):
        for place, id_ in enumerate(ranking):
            scores[id_] += weight / (3 + place)
    return sorted(scores, key=lambda id_: -scores[id_])


class Retrieval:
    """The provisions' words, and how well a question's words meet them."""

    def __init__(self, texts: Mapping[str, str], concepts: Callable[[list[str]], Iterable[str]]) -> None:
        """`texts`: id → all that says what the provision is about. `concepts`: words → concepts in them."""
        self._stem = stemmer("dutch")
        self._concepts = concepts
        self._ids = tuple(texts)
        self._counts = [self._features(split(text)) for text in texts.values()]
        self._lengths = [sum(counts.values()) for counts in self._counts]
        self._mean = sum(self._lengths) / max(1, len(self._lengths))
        present = Counter(feature for counts in self._counts for feature in counts)
        total = len(self._counts)
        self._rarity = {f: math.log(1 + (total - n + 0.5) / (n + 0.5)) for f, n in present.items()}

    def find(self, words: list[str], limit: int) -> list[str]:
        """The ids that meet the question best; empty where none does."""
        asked = self._features(words)
        scored = [
            (self._score(asked, counts, length), id_)
            for id_, counts, length in zip(self._ids, self._counts, self._lengths, strict=True)
        ]
        best = sorted((pair for pair in scored if pair[0] >= LEAST), key=lambda pair: -pair[0])
        return [id_ for _, id_ in best[:limit]]

    def _score(self, asked: Mapping[str, float], counts: Mapping[str, float], length: float) -> float:
        total = 0.0
        for feature, weight in asked.items():
            if here := counts.get(feature):
                norm = here + K1 * (1 - B + B * length / self._mean)
                total += min(weight, 1.0) * self._rarity[feature] * here * (K1 + 1) / norm
        return total

    def _features(self, words: list[str]) -> Mapping[str, float]:
        found: dict[str, float] = defaultdict(float)
        for word in words:
            if word in STOP:
                continue
            found[self._stem.stemWord(word)] += 1
            for at in range(len(word) - GROUP + 1):
                found[f"#{word[at : at + GROUP]}"] += GROUP_WEIGHT
        for concept in self._concepts(words):
            found[f"@{concept}"] += CONCEPT_WEIGHT
        return found
