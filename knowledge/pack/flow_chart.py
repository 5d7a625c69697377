"""A guided talk as a drawing, in Mermaid's words."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.language.words import Language
from knowledge.pack.flow import Condition, Flow, Step

WIDTH = 40
"""Longer questions are cut in the drawing."""
UNKNOWN: dict[Language, str] = {"nl": "weet ik niet", "en": "I do not know"}
END = "_end"


def mermaid(flow: Flow, language: Language = "nl") -> str:
    """The flow as a Mermaid flowchart: questions as boxes, outcomes as rounded boxes with the rules that they
    rest on.
    """
    return "\n".join(["flowchart TD", *(f"    {line}" for line in _lines(flow, language))]) + "\n"


def _lines(flow: Flow, language: Language) -> Iterator[str]:
    for number, step in enumerate(flow.steps):
        condition = f"<br/>if {_condition(step.when)}" if step.when else ""
        yield f'{step.id}["{_quoted(step.ask[language])}{condition}"]'
        following = flow.steps[number + 1].id if number + 1 < len(flow.steps) else END
        for target, labels in _ways(step, following, language).items():
            yield (
                f'{step.id} -->|"{_quoted(" / ".join(labels))}"| {target}'
                if any(labels)
                else f"{step.id} --> {target}"
            )
    for outcome in flow.outcomes:
        rules = (
            ", ".join(outcome.rules) or {"nl": "niet in het protocol", "en": "not in the protocol"}[language]
        )
        yield f'{outcome.id}(["{_quoted(outcome.says[language])}<br/>{rules}"])'
    if any(END in _ways(step, END, language) for step in flow.steps[-1:]):
        yield f"{END}((( )))"


def _ways(step: Step, following: str, language: Language) -> dict[str, list[str]]:
    """Target → the answers that lead there; a step that is asked only sometimes is passed by on the same
    arrows.
    """
    ways: dict[str, list[str]] = {}
    for option in step.options:
        ways.setdefault(option.goes or step.goes or following, []).append(option.label[language])
    if not step.options:
        ways[step.goes or following] = [""]
    elif not step.required:
        ways.setdefault(step.goes or following, []).append(UNKNOWN[language])
    return ways


def _condition(condition: Condition) -> str:
    return " and ".join(f"{step} = {' or '.join(options)}" for step, options in condition.items())


def _quoted(text: str) -> str:
    """Cut to a fair width, and without the signs that Mermaid would take for its own."""
    short = text if len(text) <= WIDTH else text[: WIDTH - 1].rstrip() + "…"
    return short.replace('"', "'").replace("<", "‹").replace(">", "›").replace("|", "/")
