"""Reading the safety data of `knowledge/common/`: every problem at once, each with its file and line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from knowledge.files.problems import PackError, Problem, did_you_mean
from knowledge.files.yaml_file import Value, read
from knowledge.language.words import LANGUAGES, Language
from knowledge.safety.hours import Hours, parse_hours
from knowledge.safety.places import Cue
from knowledge.safety.points import PointWords
from knowledge.safety.situations import (
    BASIS,
    INSIDE,
    LOUDNESS,
    MAX_LINES,
    MAX_WORDS,
    SOMEBODY,
    WHO,
    CueGroup,
    Helpline,
    Inside,
    Loudness,
    SafetyData,
    Situation,
    Source,
    StoryWords,
)
from knowledge.safety.word_reading import (
    POINT_LISTS,
    WORD_LISTS,
    read_class,
    read_cues,
    read_cues_by_language,
    read_grammar,
    read_points,
    read_vocabulary,
    word_list,
)

FOLDER = Path(__file__).parent.parent / "common"
FILE = "safety.yaml"
CUES_FILE = "safety_cues.yaml"
POINTS_FILE = "safety_points.yaml"
WORDS_FILE = "safety_words.yaml"
_NUMBER = re.compile(r"\d{3}|0[89]00-\d{4}|0900-\d{7}|0\d{2}-\d{3} \d{2} \d{2}|0\d{3}-\d{2} \d{2} \d{2}")
_NUMBER_IN_TEXT = re.compile(rf"(?<![\d-])(?:{_NUMBER.pattern})(?![\d-])")
ASKED = ("idioms", "general", "procedure", "posts", "urgent", "kept_images")
_SITUATION = (
    "id", "category", "gravity", "title", "text", "aside", "lines", "inside", "general", "procedure",
)  # fmt: skip
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

    def read(self) -> SafetyData:
        words = self._file(WORDS_FILE).fields(*WORD_LISTS)
        points = self._file(POINTS_FILE).fields(*POINT_LISTS)
        grammar = self.grammar = read_grammar(words, points)
        main = self._file(FILE).fields("helplines", "situations")
        helplines = self._helplines(main["helplines"])
        banned = [
            text.lower() for one in words["banned"].fields(*LANGUAGES).values() for text, _ in one.texts()
        ]
        cues = dict(self._file(CUES_FILE).items())
        weighing = read_points(points, grammar)
        situations = self._situations(main["situations"], helplines, banned)
        situations = [self._recognised(one, cues, weighing) for one in situations]
        self._check_names(main["situations"], situations, cues, weighing)
        asked = {name: read_cues_by_language(words[name], grammar) for name in ASKED}
        return SafetyData(
            grammar=grammar,
            vocabulary=read_vocabulary(words, grammar),
            situations=tuple(sorted(situations, key=lambda situation: situation.gravity)),
            helplines=helplines,
            idioms=asked["idioms"],
            general=asked["general"],
            procedure=asked["procedure"],
            posts=asked["posts"],
            urgent=asked["urgent"],
            kept_images=asked["kept_images"],
            story=StoryWords(*(read_class(words, grammar, name) for name in ("MEDIA", "ASKING", "SOMEONE"))),
            stop_points=points["stop"].number(),
            aside_points=points["aside"].number(),
            clause_ends=_classes_of(read_cues(words["clause_ends"], grammar)),
            english=word_list(words["english"]),
            dutch=word_list(words["dutch"]),
        )

    def _file(self, name: str) -> Value:
        return read(self.folder / name, str(self.folder / name), self.problems)

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

    def _situations(
        self, value: Value, helplines: Mapping[str, Helpline], banned: Sequence[str]
    ) -> list[Situation]:
        """The situations, still without what they are recognised by."""
        found: dict[str, Situation] = {}
        for entry in value.sequence():
            part = entry.fields(*_SITUATION, *_SOURCE)
            name = part["id"].text()
            if name in found:
                entry.problem(f'the situation "{name}" stands here twice (first on line {found[name].line})')
            lines = part["lines"].texts()
            for text, line in lines:
                if text not in helplines:
                    part["lines"].problem(f'unknown helpline "{text}"{did_you_mean(text, helplines)}', line)
            if not 1 <= len(lines) <= MAX_LINES:
                part["lines"].problem(f'"{name}" has {len(lines)} helplines; it should have 1 to {MAX_LINES}')
            texts = part["text"].fields("other", optional=("self",))
            said = {who: texts[who].translated() for who in WHO if not texts[who].missing}
            aside = part["aside"].translated()
            for one in (*said.values(), aside):
                _check_words(one, banned, part["text"])
                _check_numbers(one, [line.number for line in helplines.values()], part["text"])
            found[name] = Situation(
                id=name,
                category=part["category"].text(),
                gravity=part["gravity"].number(),
                title=part["title"].translated(),
                texts=said,
                aside=aside,
                lines=tuple(text for text, _ in lines),
                inside=_inside(part["inside"]),
                general=_loudness(part["general"]),
                procedure=_loudness(part["procedure"]),
                source=_source(part),
                groups=(),
                points=PointWords({}, ()),
                line=entry.line,
            )
        return list(found.values())

    def _recognised(
        self, situation: Situation, cues: Mapping[str, Value], points: Mapping[str, PointWords]
    ) -> Situation:
        groups = self._groups(cues[situation.id]) if situation.id in cues else ()
        return replace(situation, groups=groups, points=points.get(situation.id, situation.points))

    def _check_names(
        self,
        value: Value,
        situations: Sequence[Situation],
        cues: Mapping[str, Value],
        points: Mapping[str, PointWords],
    ) -> None:
        """Whether the three files speak of the same situations."""
        names = [situation.id for situation in situations]
        for situation in situations:
            if cues and situation.id not in cues and situation.id != SOMEBODY:
                value.problem(f'"{situation.id}" has no cues in {CUES_FILE}', situation.line)
        for name, groups in cues.items():
            if names and name not in names:
                groups.problem(f'unknown situation "{name}"{did_you_mean(name, names)}')
        for name in points:
            if names and name not in names:
                value.problem(f'{POINTS_FILE} has an unknown situation "{name}"{did_you_mean(name, names)}')

    def _groups(self, value: Value) -> tuple[CueGroup, ...]:
        """The groups of a situation, the loudest first."""
        groups: list[CueGroup] = []
        for entry in value.sequence():
            part = entry.fields("loudness", "who", optional=LANGUAGES)
            loudness, who = _loudness(part["loudness"]), part["who"].text()
            if who not in WHO:
                part["who"].problem(f'"who" should be self or other, not "{who}"')
            cues = tuple(cue for language in LANGUAGES for cue in read_cues(part[language], self.grammar))
            groups.append(CueGroup(loudness, "self" if who == "self" else "other", cues))
        return tuple(sorted(groups, key=lambda group: LOUDNESS.index(group.loudness)))


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


def _classes_of(cues: Sequence[Cue]) -> frozenset[int]:
    return frozenset(cls for cue in cues for part in cue.parts for step in part for cls in step.classes)


def _inside(value: Value) -> tuple[Inside, ...]:
    found = []
    for text, line in value.texts():
        contact = next((one for one in INSIDE if one == text), None)
        if contact is None:
            value.problem(f'unknown contact "{text}"{did_you_mean(text, INSIDE)}', line)
        else:
            found.append(contact)
    return tuple(found)


def _loudness(value: Value) -> Loudness:
    loudness = value.text()
    if loudness not in LOUDNESS:
        value.problem(f'"{value.name}" should be stop or aside, not "{loudness}"')
    return "aside" if loudness == "aside" else "stop"
