"""What a person teaches of a question, and how it changes the files of a pack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from knowledge.language.words import Language, split

VOICE = "geleerd"
"""The voice under which taught phrasings stand, in a file of the same name."""
TOPICS = "topics.yaml"


@dataclass(frozen=True, slots=True)
class Belongs:
    """This text asks for a rule, touches on a topic, or is small talk or an incident."""

    text: str
    language: Language
    label: str


@dataclass(frozen=True, slots=True)
class Silent:
    """This text asks about something on which the protocol is silent, of which no topic speaks yet."""

    text: str
    language: Language
    id: str
    title: str
    silent: str
    """What is not in the protocol, as a whole sentence."""
    ask: str
    """Whom to ask: a name from the pack's contacts."""
    nearest: str = ""
    """The rule nearest in subject, or ""."""

    @property
    def label(self) -> str:
        return f"near/{self.id}"


Lesson = Belongs | Silent


def phrasings_file(folder: Path, language: Language) -> Path:
    return folder / "phrasings" / f"{VOICE}.{language}.yaml"


def files_of(folder: Path, lessons: Sequence[Lesson]) -> list[Path]:
    """The files that these lessons change or make."""
    changed = {phrasings_file(folder, lesson.language) for lesson in lessons}
    if any(isinstance(lesson, Silent) for lesson in lessons):
        changed.add(folder / TOPICS)
    return sorted(changed)


def write(folder: Path, lessons: Sequence[Lesson]) -> None:
    """Write lessons into a pack's files, whose comments and order stay. A text that stands there already, by
    its words, is not written twice. Raises `OSError`.
    """
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    topics = folder / TOPICS
    for lesson in lessons:
        if isinstance(lesson, Silent):
            data = _read(yaml, topics)
            near = data.setdefault("near", CommentedSeq())
            if all(topic.get("id") != lesson.id for topic in near):
                near.append(_topic(lesson))
                _dump(yaml, data, topics)
        file = phrasings_file(folder, lesson.language)
        data = _read(yaml, file)
        voices = data.setdefault(lesson.label, CommentedMap())
        texts = voices.setdefault(VOICE, CommentedSeq())
        if split(lesson.text) not in [split(str(text)) for text in texts]:
            texts.append(lesson.text)
            _dump(yaml, data, file)


def _topic(lesson: Silent) -> CommentedMap:
    languages: Sequence[Language] = ("nl",) if lesson.language == "nl" else ("nl", lesson.language)
    title: Mapping[str, str] = dict.fromkeys(languages, lesson.title)
    silent: Mapping[str, str] = dict.fromkeys(languages, lesson.silent)
    topic = CommentedMap({"id": lesson.id, "title": CommentedMap(title), "silent": CommentedMap(silent)})
    if lesson.nearest:
        topic["nearest"] = lesson.nearest
    topic["ask"] = lesson.ask
    return topic


def _read(yaml: YAML, file: Path) -> CommentedMap:
    data = yaml.load(file.read_text(encoding="utf-8")) if file.exists() else None
    return CommentedMap() if data is None else data


def _dump(yaml: YAML, data: CommentedMap, file: Path) -> None:
    """Written beside it and put in its place, so that nobody reads half a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_suffix(".tmp")
    with temporary.open("w", encoding="utf-8") as stream:
        yaml.dump(data, stream)
    temporary.replace(file)
