"""Reading the words of the safety data into a grammar, cues, and words that weigh."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from knowledge.files.problems import did_you_mean
from knowledge.files.yaml_file import Value
from knowledge.language.words import LANGUAGES
from knowledge.safety.cues import CueError, Grammar
from knowledge.safety.folding import Vocabulary
from knowledge.safety.places import Cue
from knowledge.safety.points import PointWords

WORD_LISTS = (
    "classes", "spellings", "typos", "real_words", "joined", "idioms", "clause_ends", "general", "procedure",
    "posts", "urgent", "kept_images", "english", "dutch", "banned",
)  # fmt: skip
"""What safety_words.yaml holds."""
POINT_LISTS = ("stop", "aside", "needs", "fields")
"""What safety_points.yaml holds."""


def read_grammar(words: Mapping[str, Value], points: Mapping[str, Value]) -> Grammar:
    """The classes of words, those that weigh included."""
    classes: dict[str, Sequence[str]] = {}
    for name, forms in words["classes"].items():
        if not re.fullmatch(r"[A-Z][A-Z_]*", name):
            forms.problem(f'the class "{name}" should be in capitals')
        languages = forms.fields(optional=LANGUAGES).values()
        classes[name] = [form for value in languages for form in _forms(value)]
    for number, entry in enumerate(points["fields"].sequence()):
        part = entry.fields("field", "points", optional=(*LANGUAGES, "weak"))
        classes[_class_of(number)] = [form for language in LANGUAGES for form in _forms(part[language])]
        classes[_class_of(number, weak=True)] = list(_forms(part["weak"]))
    try:
        return Grammar(classes)
    except CueError as error:
        words["classes"].problem(f"{error}{did_you_mean(_quoted(error), classes)}")
        return Grammar({})


def read_cues(value: Value, grammar: Grammar) -> tuple[Cue, ...]:
    """A list of cues."""
    found = []
    for entry in value.sequence():
        text = entry.text()
        try:
            found.append(grammar.cue(text))
        except CueError as error:
            near = did_you_mean(_quoted(error), grammar.class_names)
            entry.problem(f'the cue "{text}" cannot be read: {error}{near}')
    return tuple(found)


def read_cues_by_language(value: Value, grammar: Grammar) -> tuple[Cue, ...]:
    """The cues of every language: all are looked for in every text."""
    return tuple(cue for one in value.fields(*LANGUAGES).values() for cue in read_cues(one, grammar))


def read_points(points: Mapping[str, Value], grammar: Grammar) -> dict[str, PointWords]:
    """Situation → its words that weigh."""
    classes: dict[str, dict[int, int]] = {}
    for number, entry in enumerate(points["fields"].sequence()):
        worth = entry.fields("field", "points", optional=(*LANGUAGES, "weak"))["points"]
        for situation, value in worth.items():
            found = classes.setdefault(situation, {})
            found[grammar.number(_class_of(number))] = value.number()
            found[grammar.number(_class_of(number, weak=True))] = 1
    needs = {name: read_cues(value, grammar) for name, value in points["needs"].items()}
    for name, value in points["needs"].items():
        if name not in classes:
            value.problem(f'no field has points for "{name}"{did_you_mean(name, classes)}')
    return {name: PointWords(found, needs.get(name, ())) for name, found in classes.items()}


def read_vocabulary(words: Mapping[str, Value], grammar: Grammar) -> Vocabulary:
    """How words are folded. Call it when every cue has been read: their words are known by then."""
    spellings = {name: value.text() for name, value in words["spellings"].items()}
    lists = (word_list(words[name]) for name in ("typos", "real_words", "joined"))
    return Vocabulary(grammar.words, grammar.knows, spellings, *lists)


def read_class(words: Mapping[str, Value], grammar: Grammar, name: str) -> int:
    """The number of a class that the program itself asks for."""
    try:
        return grammar.number(name)
    except KeyError:
        words["classes"].problem(f'there is no class "{name}"; the program needs it')
        return -1


def word_list(value: Value) -> frozenset[str]:
    """All words of a list of lines."""
    return frozenset(word for text, _ in value.texts() for word in text.split())


def _forms(value: Value) -> Iterable[str]:
    """The forms of a list of lines, divided by commas."""
    return (form for text, _ in value.texts() for piece in text.split(",") if (form := piece.strip()))


def _class_of(field: int, weak: bool = False) -> str:
    """The class of a field's words; in small letters, so that no cue can name it."""
    return f"field {field}{' weak' if weak else ''}"


def _quoted(error: CueError) -> str:
    """What the error has between quotation marks, "" if nothing."""
    parts = str(error).split('"')
    return parts[1] if len(parts) > 1 else ""
