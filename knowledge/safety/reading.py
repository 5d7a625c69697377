"""Reading `safety.yaml` and `safety_words.yaml`: every problem at once, each with its file and line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from knowledge.files.problems import PackError, Problem, did_you_mean
from knowledge.files.yaml_file import Value, read
from knowledge.language.words import LANGUAGES, Language
from knowledge.safety.cues import Cue, CueError, Grammar
from knowledge.safety.folding import Vocabulary
from knowledge.safety.hours import Hours, parse_hours
from knowledge.safety.situations import (
    BASIS,
    INSIDE,
    LOUDNESS,
    MAX_LINES,
    MAX_WORDS,
    WHO,
    CueGroup,
    Helpline,
    Inside,
    Loudness,
    SafetyData,
    Situation,
    Source,
)  # fmt: skip

FOLDER = Path(__file__).parent.parent / "common"
FILE = "safety.yaml"
CUES_FILE = "safety_cues.yaml"
WORDS_FILE = "safety_words.yaml"
_NUMBER = re.compile(r"\d{3}|0[89]00-\d{4}|0900-\d{7}|0\d{2}-\d{3} \d{2} \d{2}|0\d{3}-\d{2} \d{2} \d{2}")
_NUMBER_IN_TEXT = re.compile(rf"(?<![\d-])(?:{_NUMBER.pattern})(?![\d-])")
_SOURCE = ("basis", "source", "page_date", "checked", "checked_by_role", "due")


@cache
def load_safety(folder: Path = FOLDER) -> SafetyData:
    """The safety data of all boards. Raises `PackError` with every problem at once."""
    data, problems = examine_safety(folder)
    if problems:
        raise PackError(problems)
    return data


def examine_safety(folder: Path = FOLDER) -> tuple[SafetyData, list[Problem]]:
    """What can be read of the safety data, and everything wrong with it."""
    problems: list[Problem] = []
    return _Reader(folder, problems).read(), problems


class _Reader:
    def __init__(self, folder: Path, problems: list[Problem]) -> None:
        self.folder = folder
        self.problems = problems
        self.grammar = Grammar({})

    def read(self) -> SafetyData:
        words = self._file(WORDS_FILE).fields(
            "classes",
            "spellings",
            "typos",
            "real_words",
            "joined",
            "idioms",
            "clause_ends",
            "general",
            "procedure",
            "urgent",
            "english",
            "dutch",
            "banned",
        )
        self.grammar = self._grammar(words["classes"])
        banned = [
            (text.lower(), line)
            for language in words["banned"].fields(*LANGUAGES).values()
            for text, line in language.texts()
        ]
        main = self._file(FILE).fields("helplines", "situations")
        helplines = self._helplines(main["helplines"])
        cues = self._cue_groups()
        situations = self._situations(main["situations"], helplines, cues, [text for text, _ in banned])
        idioms, general, procedure, urgent = (
            self._both(words[name]) for name in ("idioms", "general", "procedure", "urgent")
        )
        ends = frozenset(
            number
            for cue in self._cues(words["clause_ends"])
            for part in cue.parts
            for step in part
            for number in step.classes
        )
        spellings = {name: value.text() for name, value in words["spellings"].items()}
        vocabulary = Vocabulary(
            self.grammar.words,
            self.grammar.knows,
            spellings,
            *(_words(words[name]) for name in ("typos", "real_words", "joined")),
        )
        return SafetyData(
            grammar=self.grammar,
            vocabulary=vocabulary,
            situations=tuple(sorted(situations, key=lambda situation: situation.gravity)),
            helplines=helplines,
            idioms=idioms,
            general=general,
            procedure=procedure,
            urgent=urgent,
            clause_ends=ends,
            english=_words(words["english"]),
            dutch=_words(words["dutch"]),
        )

    def _file(self, name: str) -> Value:
        return read(self.folder / name, str(self.folder / name), self.problems)

    def _grammar(self, value: Value) -> Grammar:
        classes: dict[str, Sequence[str]] = {}
        for name, forms in value.items():
            if not re.fullmatch(r"[A-Z][A-Z_]*", name):
                forms.problem(f'the class "{name}" should be in capitals')
            languages = forms.fields(optional=LANGUAGES)
            classes[name] = [
                piece
                for language in languages.values()
                for text, _ in language.texts()
                for piece in _forms(text)
            ]
        try:
            return Grammar(classes)
        except CueError as error:
            value.problem(f"{error}{did_you_mean(_quoted(error), classes)}")
            return Grammar({})

    def _helplines(self, value: Value) -> dict[str, Helpline]:
        found: dict[str, Helpline] = {}
        for entry in value.sequence():
            part = entry.fields("id", "name", "number", "url", "free", "hours", *_SOURCE)
            name, number = part["id"].text(), part["number"].text(required=False)
            if number and not _NUMBER.fullmatch(number):
                part["number"].problem(
                    f'"{number}" is no Dutch telephone number, such as "112", "0800-2000" or "020-261 52 75"'
                )
            if not number and not part["url"].text(required=False):
                entry.problem(f'the helpline "{name}" has neither a number nor a url')
            if name in found:
                entry.problem(f'the helpline "{name}" stands here twice (first on line {found[name].line})')
            found[name] = Helpline(
                id=name,
                name=part["name"].translated(),
                number=number,
                url=part["url"].text(required=False),
                free=part["free"].yes(),
                hours=_hours(part["hours"]),
                source=_source(part),
                path=entry.path,
                line=entry.line,
            )
        return found

    def _cue_groups(self) -> dict[str, Value]:
        return dict(self._file(CUES_FILE).items())

    def _situations(
        self,
        value: Value,
        helplines: Mapping[str, Helpline],
        cues: Mapping[str, Value],
        banned: Sequence[str],
    ) -> list[Situation]:
        found: dict[str, Situation] = {}
        for entry in value.sequence():
            part = entry.fields(
                "id",
                "category",
                "gravity",
                "title",
                "text",
                "aside",
                "lines",
                "inside",
                "general",
                "procedure",
                *_SOURCE,
            )
            name = part["id"].text()
            if name in found:
                entry.problem(f'the situation "{name}" stands here twice (first on line {found[name].line})')
            lines = [(text, line) for text, line in part["lines"].texts()]
            for text, line in lines:
                if text not in helplines:
                    part["lines"].problem(f'unknown helpline "{text}"{did_you_mean(text, helplines)}', line)
            if not 1 <= len(lines) <= MAX_LINES:
                part["lines"].problem(f'"{name}" has {len(lines)} helplines; it should have 1 to {MAX_LINES}')
            texts = {
                who: said.translated()
                for who, said in part["text"].fields("other", optional=("self",)).items()
                if not said.missing
            }
            aside = part["aside"].translated()
            numbers = [line.number for line in helplines.values()]
            for said in (*texts.values(), aside):
                _check_words(said, banned, part["text"])
                _check_numbers(said, numbers, part["text"])
            found[name] = Situation(
                id=name,
                category=part["category"].text(),
                gravity=part["gravity"].number(),
                title=part["title"].translated(),
                texts={who: texts[who] for who in WHO if who in texts},
                aside=aside,
                lines=tuple(text for text, _ in lines),
                inside=_inside(part["inside"]),
                general=_loudness(part["general"]),
                procedure=_loudness(part["procedure"]),
                source=_source(part),
                groups=self._groups(cues[name]) if name in cues else (),
                line=entry.line,
            )
            if cues and name not in cues:
                entry.problem(f'"{name}" has no cues in {CUES_FILE}: nothing can show it')
        for name, groups in cues.items():
            if found and name not in found:
                groups.problem(f'unknown situation "{name}"{did_you_mean(name, found)}')
        return list(found.values())

    def _groups(self, value: Value) -> tuple[CueGroup, ...]:
        """The groups of a situation, the loudest first."""
        groups: list[CueGroup] = []
        for entry in value.sequence():
            part = entry.fields("loudness", "who", optional=LANGUAGES)
            loudness, who = _loudness(part["loudness"]), part["who"].text()
            if who not in WHO:
                part["who"].problem(f'"who" should be self or other, not "{who}"')
            cues = tuple(cue for language in LANGUAGES for cue in self._cues(part[language]))
            groups.append(CueGroup(loudness, "self" if who == "self" else "other", cues))
        return tuple(sorted(groups, key=lambda group: LOUDNESS.index(group.loudness)))

    def _both(self, value: Value) -> tuple[Cue, ...]:
        return tuple(cue for language in value.fields(*LANGUAGES).values() for cue in self._cues(language))

    def _cues(self, value: Value) -> list[Cue]:
        found = []
        for entry in value.sequence():
            text = entry.text()
            try:
                found.append(self.grammar.cue(text))
            except CueError as error:
                near = did_you_mean(_quoted(error), self.grammar.class_names)
                entry.problem(f'the cue "{text}" cannot be read: {error}{near}')
        return found


def _inside(value: Value) -> tuple[Inside, ...]:
    found = []
    for text, line in value.texts():
        inside = next((one for one in INSIDE if one == text), None)
        if inside is None:
            value.problem(f'unknown contact "{text}"{did_you_mean(text, INSIDE)}', line)
        else:
            found.append(inside)
    return tuple(found)


def _loudness(value: Value) -> Loudness:
    loudness = value.text()
    if loudness not in LOUDNESS:
        value.problem(f'"{value.name}" should be stop or aside, not "{loudness}"')
    return "aside" if loudness == "aside" else "stop"


def _words(value: Value) -> frozenset[str]:
    """All words of a list of lines."""
    return frozenset(word for text, _ in value.texts() for word in text.split())


def _quoted(error: CueError) -> str:
    """What the error has between quotation marks, "" if nothing."""
    parts = str(error).split('"')
    return parts[1] if len(parts) > 1 else ""


def _forms(text: str) -> Iterable[str]:
    """The forms on one line of a class, divided by commas."""
    return (piece for form in text.split(",") if (piece := form.strip()))


def _check_words(said: Mapping[Language, str], banned: Sequence[str], value: Value) -> None:
    for language, text in said.items():
        if (count := len(text.split())) > MAX_WORDS:
            value.problem(
                f"the {language} text has {count} words; at most {MAX_WORDS} are read by somebody in haste"
            )
        for word in banned:
            if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text.lower()):
                value.problem(f'the {language} text says "{word}", which is banned in {WORDS_FILE}')


def _check_numbers(said: Mapping[Language, str], numbers: Sequence[str], value: Value) -> None:
    for language, text in said.items():
        for number in _NUMBER_IN_TEXT.findall(text):
            if number not in numbers:
                value.problem(f'the {language} text names {number}, which is no number of "helplines"')


def _hours(value: Value) -> Hours:
    try:
        return parse_hours(value.text())
    except ValueError as error:
        value.problem(str(error))
        return Hours("unknown")


def _source(part: Mapping[str, Value]) -> Source:
    basis = part["basis"].text()
    if basis not in BASIS:
        part["basis"].problem(f'"basis" should be {", ".join(BASIS)}, not "{basis}"')
    checked, role = _day(part["checked"]), part["checked_by_role"].text(required=False)
    if checked and not role:
        part["checked_by_role"].problem(
            'who checked it? Fill in the role in "checked_by_role", or empty "checked"'
        )
    return Source(
        basis="law" if basis == "law" else "protocol" if basis == "protocol" else "practice",
        source=part["source"].text(),
        page_date=part["page_date"].text(required=False),
        checked=checked,
        checked_by_role=role,
        due=_day(part["due"]),
    )


def _day(value: Value) -> date | None:
    text = value.text(required=False)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        value.problem(
            f'"{value.name}" should be a day like "2026-11-26", or empty if nobody looked yet; not "{text}"'
        )
        return None
