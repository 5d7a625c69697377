"""What can be said of a rule besides its answer: plainer, why it is there, what to do next
(`explain.yaml`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from knowledge.files.problems import Problem, did_you_mean
from knowledge.files.yaml_file import read
from knowledge.pack.protocol import Text

FILE = "explain.yaml"


@dataclass(frozen=True, slots=True)
class Explanation:
    plain: Text
    why: Text
    reason: str
    """The rule on whose words the why rests; it is shown with it."""
    next: Text
    ask: str
    """Whom to speak to: a name from the pack's contacts, "" for the pack's own."""


def load(
    folder: Path, rules: Collection[str], contacts: Collection[str], problems: list[Problem]
) -> Mapping[str, Explanation]:
    """Rule → explanation; none if the pack has no such file. Problems are added to the list."""
    path = folder / FILE
    if not path.is_file():
        return {}
    found: dict[str, Explanation] = {}
    for rule, entry in read(path, str(path), problems).items():
        fields = entry.fields("plain", "why", "from", "next", optional=("ask",))
        reason, ask = fields["from"].text(), fields["ask"].text(required=False)
        for value, name, known, what in (
            (entry, rule, rules, "rule"),
            (fields["from"], reason, rules, "rule"),
            (fields["ask"], ask, contacts, "contact"),
        ):
            if name and known and name not in known:
                value.problem(f'unknown {what} "{name}"{did_you_mean(name, known)}')
        found[rule] = Explanation(
            fields["plain"].translated(), fields["why"].translated(), reason, fields["next"].translated(), ask
        )
    return found
