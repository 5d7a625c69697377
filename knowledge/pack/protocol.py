"""The protocol: sections and rules, word for word, and the comparison with the document they came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, NewType

from knowledge.language.words import Language

RuleId = NewType("RuleId", str)
Text = Mapping[Language, str]
"""A text of ours in every language of the pack."""

LOOK_AHEAD = 12
"""Lines of the document that may be missing in a row before a line of ours counts as changed."""


@dataclass(frozen=True, slots=True)
class Rule:
    id: RuleId
    text: str
    """The document's own words, character for character."""
    title: Text
    """Ours: a few words, fit for a button."""
    short: Text
    """Ours: one plain sentence that answers; the document's own words where nobody has written one."""
    silent: Text
    """Ours: what people expect here and the passage does not say; "" where nobody has written it."""
    concerns: tuple[str, ...]
    see_also: tuple[RuleId, ...]
    offers_report: bool
    """Ours: whether people come here after something happened, so that a report is offered beside the
    answer.
    """
    section: str
    path: tuple[str, ...]
    """Headings from the outside in: ("Richtlijnen", "Profilering")."""
    number: int
    """Place in its section, from 1."""
    numbered: bool
    """Whether the document numbers the items of this section."""
    alone: bool
    """Whether it is the section's only rule."""
    citation: str
    """The document's own: "2.3 onder a"; "" where it is made of the headings and the place."""
    line: int
    """Where it stands in protocol.yaml."""
    text_line: int
    """Where its text begins there."""

    def place(self, language: Language = "nl") -> str:
        """Where the document has it: "Richtlijnen › Profilering, punt 4"."""
        if self.citation:
            return self.citation
        headings = " › ".join(self.path)
        if self.alone:
            return headings
        word = {"nl": ("alinea", "punt"), "en": ("paragraph", "item")}[language][self.numbered]
        return f"{headings}, {word} {self.number}"


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    path: tuple[str, ...]
    heading: str
    """The heading as the document has it; empty where it has none."""
    numbered: bool
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Protocol:
    title: str
    sections: tuple[Section, ...]

    def __iter__(self) -> Iterator[Rule]:
        return (rule for section in self.sections for rule in section.rules)

    def rule(self, rule_id: str) -> Rule:
        """Raises `KeyError` for an id that the protocol does not have."""
        for rule in self:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

    def document_lines(self) -> Iterator[Line]:
        """The document's lines as this protocol would print them, blank lines left out."""
        yield Line(self.title)
        printed: tuple[str, ...] = ()
        for section in self.sections:
            if section.heading:
                outer = section.path[:-1]
                if outer and outer != printed:
                    yield from map(Line, outer)
                    printed = outer
                yield Line(section.heading)
            for rule in section.rules:
                prefix = f"{rule.number}. " if section.numbered else ""
                yield from (
                    Line(line, rule, offset)
                    for offset, line in enumerate(f"{prefix}{rule.text}".split("\n"))
                    if line
                )


class Line(NamedTuple):
    """A line of the document."""

    text: str
    rule: Rule | None = None
    """The rule it is part of, if any."""
    offset: int = 0
    """Its place among the rule's lines, from 0."""


class Difference(NamedTuple):
    """A place where the protocol is not the document."""

    ours: Line | None
    """What the protocol has; None where a line of the document is missing."""
    source_line: int
    """Where it is in the document, from 1."""
    message: str


def differences(protocol: Protocol, source: str) -> list[Difference]:
    """Where the protocol is not the document, character for character.

    Blank lines are layout and do not count; everything else does, so an empty list also says that nothing is
    left out.
    """
    document = [(number, line) for number, line in enumerate(source.split("\n"), 1) if line]
    found: list[Difference] = []
    position = 0

    def missing(until: int) -> None:
        for number, text in document[position:until]:
            found.append(
                Difference(
                    None, number, f'the document\'s line is missing from protocol.yaml: "{_excerpt(text)}"'
                )
            )

    for ours in protocol.document_lines():
        ahead = next(
            (
                i
                for i in range(position, min(position + LOOK_AHEAD, len(document)))
                if document[i][1] == ours.text
            ),
            None,
        )
        if ahead is not None:
            missing(ahead)
            position = ahead + 1
        elif position < len(document):
            number, expected = document[position]
            found.append(Difference(ours, number, _first_difference(ours.text, expected)))
            position += 1
        else:
            found.append(
                Difference(
                    ours, len(source.split("\n")), f'the document does not have: "{_excerpt(ours.text)}"'
                )
            )
    missing(len(document))
    return found


def _first_difference(ours: str, theirs: str) -> str:
    at = next(
        (i for i, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs))
    )
    start = max(at - 15, 0)
    return f'"…{ours[start : at + 15]}…" should be "…{theirs[start : at + 15]}…"'


def _excerpt(line: str) -> str:
    return line if len(line) <= 60 else line[:57] + "..."
