"""Time and memory of a question as the knowledge grows: generated packs.

×1 is 26 rules with 8 phrasings each, as many rules as the protocol has. Words are drawn with Zipf's law from
a vocabulary that grows with the square root of the knowledge, as vocabularies do; each rule has words that it
prefers. The lexicon stays that of Allure: it belongs to the language, not to the number of rules. Each size
runs in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from knowledge.matching import index
from knowledge.matching.matcher import Matcher
from knowledge.pack import loading
from knowledge.pack.loading import Pack, Phrasing
from knowledge.pack.protocol import Protocol, Rule, RuleId, Section
from tests.benchmarks import table
from tests.conftest import ALLURE

SIZES = (1, 10, 100, 1000)
RULES = 26
PHRASINGS = 8
WORDS = 3000
"""Vocabulary at ×1."""
QUESTIONS = 300
SYLLABLES = [
    a + b + c
    for a in "bdfghklmnprstvwz"
    for b in ("a", "e", "i", "o", "u", "aa", "ee", "ie", "oe")
    for c in ("", "n", "r", "s", "t", "l")
]


def run() -> None:
    table.head(
        "knowledge",
        "rules",
        "phrasings",
        "first is right",
        "p50 ms",
        "time / ×1",
        "learning s",
        "memory of index MB",
    )
    first_time = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            measured = {**_in_own_process("learn", size, folder), **_in_own_process("ask", size, folder)}
            first_time = first_time or measured["ms"]
            times = measured["ms"] / first_time
            columns = ("rules", "phrasings", "right", "ms")
            table.row(
                f"×{size}",
                *(measured[name] for name in columns),
                times,
                measured["learning"],
                measured["memory"],
            )


def _in_own_process(what: str, size: int, folder: str) -> dict[str, float]:
    """Learning and asking apart, as the assistant does: what asking takes in memory is then what running
    takes.
    """
    command = [sys.executable, "-m", "tests.benchmarks.growth", what, str(size), folder]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def generate(size: int) -> tuple[Pack, list[tuple[str, str]]]:
    """A pack of `size` times the knowledge, and questions with their rules."""
    rng = random.Random(size)
    count = int(WORDS * size**0.5)
    words = sorted(
        {"".join(rng.choice(SYLLABLES) for _ in range(rng.choice((2, 2, 3, 3, 4)))) for _ in range(count)}
    )
    rng.shuffle(words)
    cumulative = []
    total = 0.0
    for rank in range(len(words)):
        total += 1 / (rank + 3)
        cumulative.append(total)

    def some(k: int) -> list[str]:
        return rng.choices(words, cum_weights=cumulative, k=k)

    own = {f"regel-{number}": rng.sample(words, 12) for number in range(1, RULES * size + 1)}

    def phrasing(rule: str) -> str:
        said = [*rng.sample(own[rule], 4), *some(rng.randint(3, 12))]
        rng.shuffle(said)
        return " ".join(said)

    text = {"nl": "x", "en": "x"}
    rules = tuple(
        Rule(
            RuleId(rule),
            rule,
            text,  # type: ignore[arg-type]
            text,  # type: ignore[arg-type]
            text,  # type: ignore[arg-type]
            (),
            (),
            False,
            "regel",
            ("Regels",),
            number,
            True,
            False,
            "",
            1,
            1,
        )
        for number, rule in enumerate(own, 1)
    )
    phrasings = tuple(
        Phrasing(phrasing(rule), rule, "nl", "proef", "x", 1) for rule in own for _ in range(PHRASINGS)
    )
    concepts = loading.load(ALLURE).concepts
    generated = Pack(
        Path(),
        "Proef",
        {},
        Protocol("Proef", (Section("regel", ("Regels",), "", True, rules),)),
        "",
        (),
        concepts,
        {},
        phrasings,
        f"generated {size}",
        loading.Talk("", None, {}),
        (),
    )
    asked = [rng.choice(list(own)) for _ in range(QUESTIONS)]
    return generated, [(phrasing(rule), rule) for rule in asked]


def learn(size: int, file: Path) -> dict[str, float]:
    generated, _ = generate(size)
    start = time.perf_counter()
    learnt = index.build(generated)
    learning = time.perf_counter() - start
    index.save(learnt, file)
    return {
        "learning": learning,
        "phrasings": len(generated.phrasings),
        "rules": sum(1 for _ in generated.protocol),
    }


def ask(size: int, file: Path) -> dict[str, float]:
    generated, questions = generate(size)
    before = _memory()
    kept = index.load(file, generated.fingerprint)
    assert kept is not None
    matcher = Matcher(generated, kept)
    times = []
    right = 0
    for question, rule in questions:
        start = time.perf_counter()
        outcome = matcher.ask(question)
        times.append((time.perf_counter() - start) * 1000)
        right += rule in (outcome.rule, *outcome.choices[:1])
    return {"right": right / len(questions), "ms": statistics.median(times), "memory": _memory() - before}


def _memory() -> float:
    """What this process holds now, in MB (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


if __name__ == "__main__":
    if len(sys.argv) == 1:
        run()
    else:
        size = int(sys.argv[2])
        print(
            json.dumps(
                {"learn": learn, "ask": ask}[sys.argv[1]](size, Path(sys.argv[3]) / f"growth-{size}.npz")
            )
        )
