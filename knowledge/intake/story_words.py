"""The words of stories: `common/story.yaml`, loaded, checked and compiled.

Two indexes come of it: `people` finds persons and media anywhere in a story, `cues` finds the words of one
clause that say what is done, known, told or still online.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from knowledge.files.problems import PackError, Problem
from knowledge.files.yaml_file import Value, read
from knowledge.intake.answer_words import AnswerWords, each_form, load_answer_words
from knowledge.intake.word_forms import FormIndex, parse_form

FILE = Path(__file__).parent.parent / "common" / "story.yaml"

REPAIR_FROM = 7
"""Letters from which a misspelt word for a person or medium is repaired: shorter ones are too like others."""
PERSONS = ("leerling", "ouder", "medewerker", "school", "outside")
"""What a person is to the school; the first four are options of the report."""
BODIES = ("bestuur", "politie", "vertrouwenspersoon", "inspecteur")
_GROUPS: dict[str, tuple[str, ...]] = {
    name: tuple(kinds.split())
    for name, kinds in {
        "things": "message picture account",
        "deeds": "attack about post put say origin send receive join suffer confess",
        "openers": "content relative other",
        "known": "gezien schermafbeelding toegegeven",
        "tell": "to_me by_itself",
        "told": "know inform found_out report_to_police not_yet nobody nobody_not",
        "online": "there gone gone_not part",
        "audience": "openbaar besloten besloten_weak een_weak een",
        "danger": "ja nee",
        "criminal": "ja police nee",
        "asks": "who hurt when medium audience online known told danger criminal sexual",
        "pronouns": "teller single many",
    }.items()
}
_CUE_NAMES = """
finite passive becomes perfect doubt doubt_not hearsay hearsay_not back_doubt negation negation_not
danger_strong sexual sexual_not after now other_school pupil_marks age_marks teacher_marks set_yes
set_no adds corrects own_fault shown each_other culprit victim self_harm reflexive forced
impersonate in_picture medium_weak announcement question corrects_outright identity not_when
threatened
"""
_CUES = tuple(_CUE_NAMES.split())
"""Lists whose forms are cues under their own name."""
_WORD_NAMES = """
joins by over toward of prepositions determiners possessives vague objects feminine masculine
courtesy greetings ordinary testify abbreviations not_team times calls stores quantities articles
"""
_WORDS = tuple(_WORD_NAMES.split())
"""Lists of single words."""


class _PeopleIndex(FormIndex[str]):
    def repair(self, word: str) -> str:
        return super().repair(word) if len(word) >= REPAIR_FROM and not word.startswith("ge") else ""


class _CueIndex(FormIndex[str]):
    def repair(self, word: str) -> str:
        """No word is repaired: verbs are too like one another."""
        return ""


@dataclass(frozen=True, slots=True)
class StoryWords:
    people: FormIndex[str]
    """Labels: "person leerling", "body politie", "medium whatsapp"."""
    cues: FormIndex[str]
    """Labels: "deeds attack", "online gone", "negation"."""
    words: dict[str, frozenset[str]]
    """Name of a list → its single words, normalised; "opener content" and "pronoun teller" too."""
    titles: dict[str, str]
    """Title → whose it is: juf → medewerker."""


@lru_cache(maxsize=1)
def load_story_words() -> StoryWords:
    """The words of stories. Raises `PackError` with every problem."""
    words, problems = examine_story_words()
    if problems:
        raise PackError(problems)
    return words


@lru_cache(maxsize=4)
def examine_story_words(file: Path = FILE) -> tuple[StoryWords, tuple[Problem, ...]]:
    """What can be read of the words of stories, and everything wrong with them."""
    problems: list[Problem] = []
    answers = load_answer_words()
    part = read(file, str(file), problems).fields(
        "persons", "bodies", "group", "medium", "titles", *_GROUPS, *_CUES, *_WORDS
    )
    people: list[tuple[str, str]] = []
    for kind, name, known in (
        ("person", "persons", PERSONS),
        ("body", "bodies", BODIES),
        ("medium", "medium", ()),
    ):
        for option, value in part[name].fields(*known).items() if known else part[name].items():
            people += [(form, f"{kind} {option}") for form in _with_groups(value, answers)]
    people += [(form, "person group") for form in _forms(part["group"])]
    cues: list[tuple[str, str]] = []
    words = {name: frozenset(_plain(_forms(part[name]))) for name in _WORDS}
    for group, names in _GROUPS.items():
        for name, value in part[group].fields(*names).items():
            forms = list(_forms(value))
            words[f"{group} {name}"] = frozenset(_plain(forms))
            if group not in ("openers", "pronouns"):
                cues += [(form, f"{group} {name}") for form in forms]
    for name in _CUES:
        forms = list(_forms(part[name]))
        words[name] = frozenset(_plain(forms))
        cues += [(form, name) for form in forms]
    titles = {title: role for role, value in part["titles"].items() for title in _plain(_forms(value))}
    found = StoryWords(
        _PeopleIndex(people, answers.ordinary | words["ordinary"]), _CueIndex(cues), words, titles
    )
    return found, tuple(problems)


def _with_groups(value: Value, answers: AnswerWords) -> Iterator[str]:
    """The forms of the groups that an entry names, without its `but`, and those of its `more`."""
    part = value.fields(optional=("groups", "but", "more"))
    but = {form for form, _ in part["but"].texts()} if not part["but"].missing else set()
    single = {word for form in but for word in (form,) if " " not in word}
    names = part["groups"].texts() if not part["groups"].missing else []
    for name, line in names:
        if name not in answers.groups:
            value.problem(f'there is no group "{name}" in answers.yaml', line)
        for form in each_form(answers.groups.get(name, {})):
            words = _words_of(form)
            if form not in but and not words & single and not any(word.isdecimal() for word in words):
                yield form
    if not part["more"].missing:
        yield from _forms(part["more"])


def _forms(value: Value) -> Iterator[str]:
    for form, line in value.texts():
        if not parse_form(form):
            value.problem(f'form "{form}" can match nothing: it has no letters or digits', line)
        yield form


def _words_of(form: str) -> set[str]:
    return {word for piece in form.split() for word in piece.split("/")}


def _plain(forms: list[str] | Iterator[str]) -> Iterator[str]:
    """The single words among forms, as `tokenise` gives them."""
    for form in forms:
        slots = parse_form(form)
        if len(slots) == 1:
            yield from (pattern for pattern in slots[0].patterns if "*" not in pattern)
