"""How an answer begins: the sentence of the pack (`first_lines.yaml`) that fits what was asked about a rule
or topic.

The sentences are data, checked when the pack is loaded and never put together from pieces; only the name of
the thing that was asked about is filled in, where the sentence holds for every thing of its group.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.files.problems import Problem, did_you_mean
from knowledge.files.yaml_file import Value, read
from knowledge.language.words import LANGUAGES, Language
from knowledge.pack.protocol import Text
from knowledge.talk.things import ASKS, SELF, TURNS, Asks, Subject, Thing, ThingReader

FILE = "first_lines.yaml"
ANY = "any"
"""Under this name stand the lines that hold whatever the rule is, for what is asked after it."""

# How much each condition that holds says for a line.
KIND, GROUP, NAMED, ACTOR = 1, 1, 3, 8
TELLING = {"deed": 5, "condition": 5, "measure": 5, "matter": 5, "person": 2}
"""Named things of these groups say more, or less, than others do."""
FIRST_NAMED = 0.1
"""The most telling thing of a question decides between lines that fit as well."""
KIND_ANEW = 6
"""How much a kind of question says that a follow-up asks anew."""
CHANGED = 30
"""A line that names what a follow-up asks anew comes before any that does not."""
ANEW = 2
"""How many times more a thing says that is asked anew."""

_SLOT = re.compile(r"\{(at_)?(\w+)\}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FirstLine:
    says: Text
    asks: tuple[Asks, ...]
    by: tuple[str, ...]
    about: tuple[tuple[str, ...], ...]
    """All must be asked about; of each the ids or groups of which one is enough."""
    unless: tuple[str, ...]
    instead: str
    """The rule or topic that answers instead of the one that it stands under, or ""."""
    after: bool
    """Whether it only answers a follow-up that asks anew what the line is about."""
    line: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """A line that fits, with its names filled in."""

    text: str
    names_change: bool
    """Whether it is about what a follow-up asks anew."""
    named: bool
    """Whether it is there for a thing of its own, not only for a group or a kind of question."""
    instead: str = ""
    """The rule or topic that answers instead, or ""."""
    answers_kind: bool = False
    """Whether it is there for this kind of question."""


class FirstLines:
    """The first lines of a pack."""

    def __init__(self, lines: Mapping[str, Sequence[FirstLine]]) -> None:
        self._lines = lines

    def __bool__(self) -> bool:
        return bool(self._lines)

    def choose(
        self,
        label: str,
        subject: Subject,
        language: Language,
        changed: Collection[str] = (),
        kind_changed: bool = False,
    ) -> Chosen | None:
        """The line under a rule or topic that fits best; None: none fits. `changed`: ids of things that a
        follow-up asks anew; `kind_changed`: whether it is another kind of question, such as "moet" after
        "mag".
        """
        best: tuple[float, FirstLine, dict[str, Thing]] | None = None
        for line in self._lines.get(label, ()):
            fitting = _fits(line, subject, changed, KIND_ANEW if kind_changed else KIND)
            if fitting and (best is None or fitting[0] > best[0]):
                best = (fitting[0], line, fitting[1])
        if best is None:
            return None
        score, line, things = best
        return Chosen(
            _filled(line.says[language], things, language),
            score >= CHANGED,
            any(name in subject.things for names in line.about for name in names) or bool(line.by),
            line.instead,
            bool(line.asks),
        )

    def on_change(self, subject: Subject, language: Language, changed: Collection[str]) -> Chosen | None:
        """What the protocol as a whole does or does not say about what a follow-up asks anew."""
        found = self.choose(ANY, subject, language, changed)
        return found if found and found.names_change else None


def _fits(
    line: FirstLine, subject: Subject, changed: Collection[str], kind: float
) -> tuple[float, dict[str, Thing]] | None:
    """How well a line fits, with the things that fill it; None if a condition does not hold."""
    if _is_ruled_out(line, subject):
        return None
    score = kind if line.asks else 0.0
    filled: dict[str, Thing] = {}
    named_anew = False
    if line.by and subject.by:
        score += ACTOR
        filled["person"] = subject.things[subject.by]
        named_anew = subject.by in changed
    for names in line.about:
        thing = _named(names, subject, changed)
        if thing is None:
            return None
        filled[thing.group] = thing
        weight = TELLING.get(thing.group, NAMED) if thing.id in names else GROUP
        score += weight * (ANEW if thing.id in changed else 1)
        score += FIRST_NAMED / (1 + list(subject.things).index(thing.id))
        named_anew = named_anew or thing.id in changed
    if (line.after or line.instead) and not named_anew:
        return None
    return score + (CHANGED if named_anew else 0), filled


def _is_ruled_out(line: FirstLine, subject: Subject) -> bool:
    """Whether a line answers another kind of question, somebody else, or a question that is turned round."""
    if (line.asks and subject.asks not in line.asks) or (line.by and subject.by not in line.by):
        return True
    if any(name in subject.things or subject.of_group(name) for name in line.unless):
        return True
    turns = [thing.id for thing in subject.things.values() if thing.group == TURNS]
    return bool(turns) and not any(name in names for names in line.about for name in turns)


def _named(names: Sequence[str], subject: Subject, changed: Collection[str]) -> Thing | None:
    """The thing that answers to one of these ids or groups: what is asked anew first."""
    fitting = [
        thing
        for thing in subject.things.values()
        if (thing.id in names or thing.group in names) and not (thing.id == subject.by and thing.id in SELF)
    ]
    anew = [thing for thing in fitting if thing.id in changed]
    return next(iter(anew or fitting), None)


def _filled(text: str, things: Mapping[str, Thing], language: Language) -> str:
    def name(match: re.Match[str]) -> str:
        thing = things[match[2].lower()]
        said = thing.name[language]
        at = thing.at[language]
        if match[1] and at:
            said = f"{at} {said}"
        first = match[0][1].isupper()
        return said[:1].upper() + said[1:] if first else said

    return _SLOT.sub(name, text)


def load(folder: Path, reader: ThingReader, labels: Collection[str], problems: list[Problem]) -> FirstLines:
    """The first lines of a pack; none if it has no such file. Problems are added to the list."""
    path = folder / FILE
    if not path.is_file():
        return FirstLines({})
    groups = {thing.group for thing in reader.things.values()}
    found: dict[str, list[FirstLine]] = {}
    for label, entries in read(path, str(path), problems).items():
        if label not in labels and label != ANY:
            entries.problem(f'unknown rule or topic "{label}"{did_you_mean(label, labels)}')
        for entry in entries.sequence():
            found.setdefault(label, []).append(_line(entry, reader, groups, labels))
    return FirstLines(found)


def _line(entry: Value, reader: ThingReader, groups: Collection[str], labels: Collection[str]) -> FirstLine:
    fields = entry.fields("nl", "en", optional=("asks", "by", "about", "not", "instead", "after"))
    known = [*reader.things, *groups]
    asks = []
    for text, line in fields["asks"].texts():
        if kind := next((kind for kind in ASKS if kind == text), None):
            asks.append(kind)
        else:
            fields["asks"].problem(f'unknown kind of question "{text}"{did_you_mean(text, ASKS)}', line)
    about = [tuple(text.split("|")) for text, _ in fields["about"].texts()]
    by = [text for text, _ in fields["by"].texts()]
    unless = [text for text, _ in fields["not"].texts()]
    for name in (*by, *unless, *(name for names in about for name in names)):
        if name not in known:
            entry.problem(f'unknown thing "{name}"{did_you_mean(name, known)}; things stand in things.yaml')
    instead = fields["instead"].text(required=False)
    if instead and instead not in labels:
        fields["instead"].problem(f'unknown rule or topic "{instead}"{did_you_mean(instead, labels)}')
    says: dict[Language, str] = {language: fields[language].text() for language in LANGUAGES}
    given = {
        reader.things[name].group if name in reader.things else name for names in about for name in names
    }
    if by:
        given.add("person")
    for language in LANGUAGES:
        for match in _SLOT.finditer(says[language]):
            if match[2].lower() not in given:
                entry.problem(f'"{match[0]}" is filled by nothing: it is not in about', fields[language].line)
    return FirstLine(
        says, tuple(asks), tuple(by), tuple(about), tuple(unless), instead, fields["after"].yes(), entry.line
    )
