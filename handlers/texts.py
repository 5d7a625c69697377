"""The texts for people, one file per language, checked to be complete when they are loaded."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter

from knowledge.files.problems import PackError, Problem
from knowledge.files.yaml_file import read
from knowledge.language.words import LANGUAGES, Language

FOLDER = Path(__file__).parent / "texts"


class Texts:
    """What to say in one language: `texts("ask_whom", contact="…")`."""

    def __init__(self, language: Language, entries: Mapping[str, str]) -> None:
        self.language = language
        self.entries = entries

    def __call__(self, name: str, **values: str) -> str:
        return self.entries[name].format(**values)


@cache
def load(folder: Path = FOLDER) -> Mapping[Language, Texts]:
    """The texts of every language. Raises `PackError` where one lacks a text or a place to fill in that
    another has.
    """
    problems: list[Problem] = []
    entries: dict[Language, dict[str, str]] = {}
    places: dict[tuple[Language, str], tuple[str, int]] = {}
    for language in LANGUAGES:
        file = folder / f"{language}.yaml"
        entries[language] = {}
        for name, value in read(file, str(file), problems).items():
            entries[language][name] = value.text(required=False)
            places[language, name] = (value.path, value.line)
    for language in LANGUAGES:
        for other in LANGUAGES:
            for name, text in entries[other].items():
                if name not in entries[language]:
                    problems.append(
                        Problem(
                            str(folder / f"{language}.yaml"),
                            0,
                            f'text "{name}" is missing; {other}.yaml has it',
                        )
                    )
                elif _fields(text) != _fields(entries[language][name]) and language < other:
                    path, line = places[language, name]
                    problems.append(
                        Problem(path, line, f'"{name}" fills in other words than {other}.yaml does')
                    )
    if problems:
        raise PackError(problems)
    return {language: Texts(language, entries[language]) for language in LANGUAGES}


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
