"""Understanding and time per question, against string matching and BM25 over the same phrasings.

Dutch questions that a rule answers, from `tests/questions/`. These sets have been learnt from, which flatters
every row alike; `docs/understanding.md` has the figures on unseen sets.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable

import bm25s
from rapidfuzz import fuzz, process
from rich.console import Console

from bot.runtime.load_matcher import make_index
from knowledge.evaluation import Labelled, read_questions
from knowledge.language.words import split, stem
from knowledge.matching.matcher import Matcher
from knowledge.pack import loading
from tests.benchmarks import table
from tests.conftest import ALLURE, QUESTIONS, ROOT

SAMPLE = 150
"""Questions; the slowest baseline takes some 0.1 s for each."""

Ranker = Callable[[str], list[str]]
"""Question → labels, best first."""


def run() -> None:
    found = loading.load(ALLURE)
    rules = [str(rule.id) for rule in found.protocol]
    questions = [
        labelled
        for file in sorted(QUESTIONS.glob("*.jsonl"))
        for labelled in read_questions(file, rules)
        if labelled.kind == "rule" and labelled.language == "nl"
    ]
    questions = random.Random(0).sample(questions, min(SAMPLE, len(questions)))
    texts = [" ".join(split(phrasing.text)) for phrasing in found.phrasings]
    labels = [phrasing.label for phrasing in found.phrasings]
    matcher = Matcher(found, make_index(found, ROOT / "data", Console(stderr=True)))

    def ours(question: str) -> list[str]:
        return [label for label, _ in matcher.probabilities(matcher.index.reader.read(question)).rules]

    def nearest(scorer: Callable[..., float]) -> Ranker:
        def rank(question: str) -> list[str]:
            best = process.extract(" ".join(split(question)), texts, scorer=scorer, limit=60)
            return _distinct_rules([labels[position] for _, _, position in best])

        return rank

    index = bm25s.BM25()
    index.index([[stem(word) for word in text.split()] for text in texts], show_progress=False)

    def bm25(question: str) -> list[str]:
        tokens = [stem(word) for word in split(question)]
        positions, _ = index.retrieve([tokens], k=60, show_progress=False)
        return _distinct_rules([labels[int(position)] for position in positions[0]])

    table.head("scorer", "first is right", "among first 3", "p50 ms", "time / ours")
    baseline = 0.0
    rankers: dict[str, Ranker] = {
        "ours": ours,
        "bm25s, nearest phrasing, stems": bm25,
        "rapidfuzz token_set_ratio, nearest phrasing": nearest(fuzz.token_set_ratio),
        "rapidfuzz WRatio, nearest phrasing": nearest(fuzz.WRatio),
    }
    for name, rank in rankers.items():
        first, three, milliseconds = _measure(rank, questions)
        baseline = baseline or milliseconds
        table.row(name, first, three, milliseconds, milliseconds / baseline)
    print(f"\n{len(questions)} questions, {len(texts)} phrasings.")


def _measure(rank: Ranker, questions: list[Labelled]) -> tuple[float, float, float]:
    first = three = 0
    times = []
    for labelled in questions:
        start = time.perf_counter()
        ranked = rank(labelled.question)
        times.append((time.perf_counter() - start) * 1000)
        first += bool(ranked) and ranked[0] in labelled.labels
        three += any(label in labelled.labels for label in ranked[:3])
    return first / len(questions), three / len(questions), statistics.median(times)


def _distinct_rules(labels: list[str]) -> list[str]:
    return list(dict.fromkeys(label for label in labels if "/" not in label and "-" in label))


if __name__ == "__main__":
    run()
