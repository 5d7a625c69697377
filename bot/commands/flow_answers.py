"""`bot flow NAME --question ID --say "…"`: how a typed answer is understood."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from knowledge.files.problems import did_you_mean
from knowledge.intake.choice_answer import Understood, understand_answer
from knowledge.language.words import Language
from knowledge.pack.flow import Flow, Step

CHOSEN_FROM = ("choice", "choices")
"""The kinds of questions whose answers are options."""


class NoSuchQuestionError(ValueError):
    """The talk has no question with options by this id."""


def understood_line(flow: Flow, question: str, say: str, language: Language) -> dict[str, object]:
    """The answer as one JSON object. Raises `NoSuchQuestionError`."""
    understood = understand_answer(_question(flow, question), say, language)
    line: dict[str, object] = {
        "question": question,
        "say": say,
        "taken": list(understood.taken),
        "ask": list(understood.ask),
        "unknown": understood.unknown,
    }
    return line | ({"is_question": True} if understood.is_question else {})


def understood_batch(flow: Flow, lines: Iterable[str], language: Language) -> Iterator[str]:
    """One JSON line for each `{"question", "say"}` line; "lang" in it goes before `language`.

    Raises `NoSuchQuestionError` for a line that asks for another question, or is no such object.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
            question, say = str(asked["question"]), str(asked["say"])
        except (ValueError, KeyError, TypeError):
            raise NoSuchQuestionError(f'line {number}: expected {{"question": "…", "say": "…"}}') from None
        spoken: Language = {"nl": "nl", "en": "en"}.get(str(asked.get("lang")), language)  # type: ignore[assignment]
        yield json.dumps(understood_line(flow, question, say, spoken), ensure_ascii=False)


def understood_in_words(flow: Flow, question: str, say: str, language: Language) -> str:
    """The answer for a person to read. Raises `NoSuchQuestionError`."""
    step = _question(flow, question)
    understood = understand_answer(step, say, language)
    words = "".join(f'\n  "{found.text}": {found.option}' for found in understood.evidence)
    return f"{_outcome(step, understood, language)}{words}"


def _outcome(step: Step, understood: Understood, language: Language) -> str:
    if understood.is_question:
        return "a question to the assistant, no answer"
    if understood.unknown:
        return "not known"
    labels = [option.label[language] for option in step.options if option.id in understood.taken]
    if labels:
        return f"understood as: {'; '.join(labels)}"
    between = [option.label[language] for option in step.options if option.id in understood.ask]
    return f"asks back: {' or '.join(between)}?" if between else "not understood as any option"


def _question(flow: Flow, question: str) -> Step:
    step = flow.step(question)
    if step is None or step.kind not in CHOSEN_FROM:
        known = [other.id for other in flow.steps if other.kind in CHOSEN_FROM]
        raise NoSuchQuestionError(
            f'"{flow.id}" has no question "{question}" with options{did_you_mean(question, known)}; '
            f"known are: {', '.join(known)}"
        )
    return step
