"""Delicate situations: questions that need a person first (`delicate.yaml`), recognised by the things they
name.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.files.problems import Problem, did_you_mean
from knowledge.files.yaml_file import Value, read
from knowledge.language.words import LANGUAGES, Language
from knowledge.pack.protocol import Text
from knowledge.talk.things import ASKS, Asks, Subject, ThingReader

FILE = "delicate.yaml"
REPORTING = "melden"
"""The situation of somebody who was told who makes a report; it is entered by that, not by words."""


@dataclass(frozen=True, slots=True)
class Condition:
    about: tuple[tuple[str, ...], ...]
    """All must be named; of each the ids or groups of which one is enough."""
    unless: tuple[str, ...]
    asks_not: tuple[Asks, ...]
    unsure: bool
    """Whether it only counts if no rule or topic answers the question."""
    answered: bool
    """Whether it does not count if the protocol is known to be silent on the question, or if somebody
    wants to report.
    """

    def holds(self, subject: Subject, sure: bool, silent: bool) -> bool:
        if (self.unsure and sure) or (self.answered and silent):
            return False
        told = subject.tells_first and subject.asks != "may" and not self.unsure
        asks = None if told else subject.asks
        if asks in self.asks_not or any(_names(subject, (name,)) for name in self.unless):
            return False
        return all(_names(subject, names) for names in self.about)


@dataclass(frozen=True, slots=True)
class Then:
    """What is said to what follows."""

    says: Text
    about: tuple[tuple[str, ...], ...]
    rule: str
    """A rule that is shown with it, or ""."""


@dataclass(frozen=True, slots=True)
class Situation:
    id: str
    when: tuple[Condition, ...]
    first: Text
    rules: tuple[str, ...]
    """Shown below the person, after the rule that answers."""
    otherwise_rules: tuple[str, ...]
    """Shown first if no rule answers."""
    contacts: tuple[str, ...]
    then: tuple[Then, ...]
    law: bool
    """Whether the reply says what the law asks in case of something sexual with a pupil."""

    def after(self, subject: Subject) -> Then | None:
        """The line for what is said after it that names something of its own; None: none is about that."""
        fitting = [
            one for one in self.then if one.about and all(_names(subject, names) for names in one.about)
        ]
        return max(fitting, key=lambda one: len(one.about), default=None)

    @property
    def otherwise(self) -> Then | None:
        """The line for anything else that is said after it."""
        return next((one for one in self.then if not one.about), None)


def recognise(
    situations: Sequence[Situation], subject: Subject, sure: bool = True, silent: bool = False
) -> Situation | None:
    """The first situation of which a condition holds. `sure`: whether a rule or topic answers the
    question; `silent`: whether that is a topic.
    """
    for certain in dict.fromkeys((True, sure)):
        for situation in situations:
            if any(condition.holds(subject, certain, silent) for condition in situation.when):
                return situation
    return None


def _names(subject: Subject, names: Sequence[str]) -> bool:
    return any(thing.id in names or thing.group in names for thing in subject.things.values())


def load(
    folder: Path,
    reader: ThingReader,
    rules: Collection[str],
    contacts: Collection[str],
    problems: list[Problem],
) -> tuple[Situation, ...]:
    """The situations of a pack; none if it has no such file. Problems are added to the list."""
    path = folder / FILE
    if not path.is_file():
        return ()
    content = read(path, str(path), problems).fields("situations")
    known = [*reader.things, *{thing.group for thing in reader.things.values()}]
    return tuple(_situation(entry, known, rules, contacts) for entry in content["situations"].sequence())


def _situation(
    entry: Value, things: Collection[str], rules: Collection[str], contacts: Collection[str]
) -> Situation:
    fields = entry.fields("id", "when", "first", "rules", "contacts", "then", optional=("law", "otherwise"))
    return Situation(
        fields["id"].text(),
        tuple(_condition(one, things) for one in fields["when"].sequence()),
        fields["first"].translated(),
        _known(fields["rules"], rules, "rule"),
        _known(fields["otherwise"], rules, "rule"),
        _known(fields["contacts"], contacts, "contact"),
        tuple(_then(one, things, rules) for one in fields["then"].sequence()),
        fields["law"].yes(),
    )


def _condition(entry: Value, things: Collection[str]) -> Condition:
    fields = entry.fields("about", optional=("not", "asks_not", "unsure", "answered"))
    asks_not = []
    for text, line in fields["asks_not"].texts():
        if kind := next((kind for kind in ASKS if kind == text), None):
            asks_not.append(kind)
        else:
            fields["asks_not"].problem(f'unknown kind of question "{text}"{did_you_mean(text, ASKS)}', line)
    return Condition(
        _about(fields["about"], things),
        _known(fields["not"], things, "thing"),
        tuple(asks_not),
        fields["unsure"].yes(),
        fields["answered"].yes(),
    )


def _then(entry: Value, things: Collection[str], rules: Collection[str]) -> Then:
    fields = entry.fields("nl", "en", optional=("about", "rule"))
    says: dict[Language, str] = {language: fields[language].text() for language in LANGUAGES}
    rule = fields["rule"].text(required=False)
    if rule and rules and rule not in rules:
        fields["rule"].problem(f'unknown rule "{rule}"{did_you_mean(rule, rules)}')
    return Then(says, _about(fields["about"], things), rule)


def _about(value: Value, things: Collection[str]) -> tuple[tuple[str, ...], ...]:
    found = []
    for text, line in value.texts():
        names = tuple(text.split("|"))
        for name in names:
            if name not in things:
                value.problem(
                    f'unknown thing "{name}"{did_you_mean(name, things)}; things stand in things.yaml', line
                )
        found.append(names)
    return tuple(found)


def _known(value: Value, known: Collection[str], what: str) -> tuple[str, ...]:
    found = []
    for text, line in value.texts():
        if known and text not in known:
            value.problem(f'unknown {what} "{text}"{did_you_mean(text, known)}', line)
        found.append(text)
    return tuple(found)
