"""The questions of all labelled sets: what staff type on an ordinary day."""

from __future__ import annotations

import json

from tests.conftest import QUESTIONS


def staff_questions() -> list[str]:
    files = sorted(QUESTIONS.glob("*.jsonl"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return [entry["q"] for entry in map(json.loads, lines) if "q" in entry]
