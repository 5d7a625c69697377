"""Learning the weighted cues from examples, offline: `python -m knowledge.safety.training`.

Writes knowledge/common/safety_weights.tsv; the same examples give the same bytes. Two regressions with an L2
penalty: danger or not, over the examples and the pack's phrasings, and which danger, over the examples of
danger. Of a long text the window is learnt from that speaks most for danger.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from knowledge.safety import weights
from knowledge.safety.detector import Detector
from knowledge.safety.folding import tokens
from knowledge.safety.reading import load_safety

COMMON = Path(__file__).parent.parent / "common"
PACK = Path(__file__).parent.parent / "allure" / "phrasings"
ORDINARY = 40_000
"""Phrasings of the pack that stand for ordinary texts, evenly taken."""
WEIGHT_OF = {"stop": 3.0, "aside": 1.8, "none": 1.5}
WEIGHT_OF_PHRASING = 0.6
PENALTY = 20.0
STEPS = 160
ROUNDS = 1
"""How often the windows are chosen anew."""
LEAST = 0.012
"""Weights below this are left out of the file."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Example:
    text: str
    category: str
    """A letter of `weights.CATEGORIES`, or "-"."""
    weight: float

    @property
    def is_danger(self) -> bool:
        return self.category != "-"


def examples() -> list[Example]:
    """The examples of danger and of what only sounds like it, then ordinary phrasings of the pack in which no
    rule hears danger.
    """
    found = [
        Example(line["q"], line["c"] if line["l"] != "none" else "-", WEIGHT_OF[line["l"]])
        for file in sorted((COMMON / "safety_examples").glob("*.jsonl"))
        for line in map(json.loads, file.read_text(encoding="utf-8").splitlines())
        if line["l"] == "none" or line["c"] in weights.CATEGORIES
    ]
    detector = Detector(load_safety())
    phrasings = sorted(
        {
            str(text)
            for file in sorted(PACK.glob("*.yaml"))
            for voices in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader).values()
            for lines in voices.values()
            for text in lines
        }
    )
    taken = phrasings[:: max(1, len(phrasings) // ORDINARY)]
    return found + [Example(one, "-", WEIGHT_OF_PHRASING) for one in taken if detector.detect(one) is None]


class Rows:
    """Sparse rows of ones: which features each text has."""

    def __init__(self, rows: Sequence[Ints], width: int) -> None:
        self.width = width
        self.count = len(rows)
        self._columns = np.concatenate(rows) if rows else np.zeros(0, np.int64)
        self._rows = np.repeat(np.arange(len(rows)), [len(row) for row in rows])

    def times(self, matrix: Floats) -> Floats:
        return np.bincount(self._rows, matrix[self._columns], self.count).astype(float)

    def transposed_times(self, values: Floats) -> Floats:
        return np.bincount(self._columns, values[self._rows], self.width).astype(float)


def fit(rows: Rows, wanted: Floats, importance: Floats) -> tuple[Floats, float]:
    """Weights and bias of a logistic regression (Adam, full batch)."""
    matrix, bias = np.zeros(rows.width), 0.0
    first, second = np.zeros(rows.width + 1), np.zeros(rows.width + 1)
    for step in range(1, STEPS + 1):
        odds = 1 / (1 + np.exp(-np.clip(rows.times(matrix) + bias, -30, 30)))
        error = importance * (odds - wanted)
        gradient = np.append(rows.transposed_times(error) + PENALTY * matrix, error.sum())
        first = 0.9 * first + 0.1 * gradient
        second = 0.99 * second + 0.01 * gradient**2
        rate = 0.06 * (1 - step / (STEPS + 1))
        move = rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
        matrix, bias = matrix - move[:-1], bias - float(move[-1])
    return matrix, bias


def train(found: Sequence[Example]) -> tuple[float, dict[str, float], dict[str, tuple[float, ...]]]:
    """Bias, and the weights of each feature for danger and for the categories."""
    windows = _windows(found)
    danger = [one.is_danger for one in found]
    counts = Counter(feature for each in windows for window in each for feature in window)
    in_danger = Counter(
        feature
        for one, each in zip(danger, windows, strict=True)
        if one
        for feature in frozenset().union(*each)
    )
    kept = sorted(feature for feature, count in counts.items() if count > 1 and in_danger[feature])
    index = {feature: number for number, feature in enumerate(kept)}
    rows = [
        [
            np.array(sorted(index[feature] for feature in window if feature in index), np.int64)
            for window in each
        ]
        for each in windows
    ]
    chosen = [max(each, key=len) for each in rows]
    wanted = np.array(danger, float)
    importance = np.array([one.weight for one in found])
    matrix, bias = fit(Rows(chosen, len(kept)), wanted, importance)
    for _ in range(ROUNDS):
        chosen = [max(each, key=lambda row: float(matrix[row].sum())) for each in rows]
        matrix, bias = fit(Rows(chosen, len(kept)), wanted, importance)
    of_danger = [number for number, one in enumerate(danger) if one]
    which = Rows([chosen[number] for number in of_danger], len(kept))
    columns = [
        fit(
            which,
            np.array([found[number].category == letter for number in of_danger], float),
            np.ones(len(of_danger)),
        )[0]
        for letter in weights.CATEGORIES
    ]
    table = np.stack(columns, axis=1)
    return (
        bias,
        {name: float(matrix[number]) for name, number in index.items() if abs(matrix[number]) >= LEAST},
        {
            name: tuple(float(value) for value in table[number])
            for name, number in index.items()
            if np.abs(table[number]).max() >= 10 * LEAST
        },
    )


def _windows(found: Sequence[Example]) -> list[list[frozenset[str]]]:
    detector = Detector(load_safety())
    names = detector.data.grammar.class_names
    every = []
    for one in found:
        words = detector.uncovered(tokens(one.text, detector.data.vocabulary))
        places = detector.data.grammar.find(words)
        each = [weights.features(words, places, names, window) for window in weights.windows(words)]
        every.append(each or [frozenset()])
    return every


def write(
    bias: float, danger: dict[str, float], categories: dict[str, tuple[float, ...]], path: Path
) -> None:
    lines = [f"bias\t{bias:.3f}\t"]
    for feature in sorted({*danger, *categories}):
        rest = " ".join(f"{value:.2f}".replace("0.00", "0") for value in categories.get(feature, ()))
        lines.append(f"{feature}\t{danger.get(feature, 0.0):.3f}\t{rest}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    found = examples()
    write(*train(found), weights.FILE)
    print(f"{len(found)} examples ({sum(one.is_danger for one in found)} of danger): {weights.FILE}")


if __name__ == "__main__":
    main()
