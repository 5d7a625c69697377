"""What every board shares for reading answers: `common/answers.yaml`, loaded and checked.

groups     what options can mean ("yes", "pupil", "instagram"), each with its forms (see `word_forms.py`)
markers    words that turn or colour what stands beside them: negation, doubt, corrections, questions
roles      how a person's part in a sentence shows: who did it, whom it happened to, who was told
ordinary   words that no form with `*` means: "schouder" is no `*ouder`
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from knowledge.files.problems import PackError, Problem
from knowledge.files.yaml_file import Value, read
from knowledge.intake.word_forms import parse_form
from knowledge.language.words import LANGUAGES, Language

FILE = Path(__file__).parent.parent / "common" / "answers.yaml"

Forms = Mapping[Language, tuple[str, ...]]
Marker = Literal[
    "negation",
    "bare_no",
    "subject",
    "no_one",
    "denied_after",
    "void_negation",
    "affirmation",
    "exception",
    "maybe",
    "likely",
    "unknown",
    "correction",
    "contrast",
    "reason",
    "clause",
    "relative",
    "coordination",
    "alternative",
    "whether",
    "verb",
    "light",
    "past",
    "future",
    "outsider",
    "outside",
    "assumed",
    "someone_of",
    "question",
    "interrogative",
    "tag",
]
"""What each is for stands in answers.yaml."""
MARKERS: tuple[Marker, ...] = get_args(Marker)
Role = Literal["agent", "patient", "recipient"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class RoleWords:
    """How a role shows in a sentence."""

    led_by: Forms
    """Words before a person that say that this one has the role ("door" for who did it)."""
    not_led_by: Forms
    """Words before a person that say that this one has another role."""


@dataclass(frozen=True, slots=True)
class AnswerWords:
    groups: Mapping[str, Forms]
    markers: Mapping[Marker, Forms]
    roles: Mapping[Role, RoleWords]
    ordinary: frozenset[str]
    numbers: frozenset[str]
    """Number words."""
    telling: Mapping[Language, frozenset[str]]
    """Short words that tell the language of a text."""


@lru_cache(maxsize=1)
def load_answer_words() -> AnswerWords:
    """The shared words. Raises `PackError` with every problem."""
    words, problems = examine_answer_words()
    if problems:
        raise PackError(problems)
    return words


@lru_cache(maxsize=4)
def examine_answer_words(file: Path = FILE) -> tuple[AnswerWords, Sequence[Problem]]:
    """What can be read of the shared words, and everything wrong with them."""
    problems: list[Problem] = []
    part = read(file, str(file), problems).fields(
        "groups", "markers", "roles", "ordinary", "numbers", "telling"
    )
    groups = {name: forms_of(value) for name, value in part["groups"].items()}
    markers = {name: forms_of(value) for name, value in part["markers"].fields(*MARKERS).items()}
    roles = {name: _role(value) for name, value in part["roles"].fields(*ROLES).items()}
    telling = part["telling"].fields(*LANGUAGES)
    words = AnswerWords(
        groups=groups,
        markers={marker: markers.get(marker, {}) for marker in MARKERS},
        roles={role: roles.get(role, RoleWords({}, {})) for role in ROLES},
        ordinary=frozenset(text for text, _ in part["ordinary"].texts()),
        numbers=frozenset(text for text, _ in part["numbers"].texts()),
        telling={
            language: frozenset(text for text, _ in telling[language].texts()) for language in LANGUAGES
        },
    )
    return words, tuple(problems)


def forms_of(value: Value) -> dict[Language, tuple[str, ...]]:
    """The forms under `nl` and `en`; one that stands there twice or can match nothing is a problem."""
    if value.missing:
        return {}
    found: dict[Language, tuple[str, ...]] = {}
    for language, forms in value.fields(optional=LANGUAGES).items():
        lines: dict[str, int] = {}
        for form, line in forms.texts():
            if form in lines:
                value.problem(f'form "{form}" stands here twice (first on line {lines[form]})', line)
            elif not parse_form(form):
                value.problem(f'form "{form}" can match nothing: it has no letters or digits', line)
            lines.setdefault(form, line)
        found["en" if language == "en" else "nl"] = tuple(lines)
    return found


def each_form(forms: Forms) -> Iterator[str]:
    """The forms of all languages."""
    for language in LANGUAGES:
        yield from forms.get(language, ())


def _role(value: Value) -> RoleWords:
    part = value.fields("led_by", "not_led_by")
    return RoleWords(forms_of(part["led_by"]), forms_of(part["not_led_by"]))
