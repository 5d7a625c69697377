"""Words that the detectors go by: titles, roles, particles, verbs of which a person is the subject, endings
of streets. The words are in `word_groups.yaml`, folded.
"""

from __future__ import annotations

from pathlib import Path

import yaml

_WORDS: dict[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8")).items()
}

TITLES = _WORDS["titles"]
EMPLOYEES = _WORDS["employees"]
FORMAL_TITLES = TITLES - EMPLOYEES
PARENTS = _WORDS["parents"]
PUPILS = _WORDS["pupils"]
ROLES = EMPLOYEES | PARENTS | PUPILS | _WORDS["others"]
RELATIONS = PARENTS | PUPILS | _WORDS["others"]
LINKING = frozenset(("van", "of"))
CALLED = _WORDS["called"]
PARTICLES = _WORDS["particles"]
NAME_PARTICLES = _WORDS["name_particles"]
ARTICLES = _WORDS["articles"]
RELATIVES = RELATIONS | _WORDS["belongings"]
VERBS = _WORDS["verbs"]
FUNCTION_WORDS = _WORDS["function_words"]
SCHOOLS = _WORDS["schools"]
ENDINGS = tuple(sorted(_WORDS["thing_endings"]))
GROUP = _WORDS["group"]
PLACING = _WORDS["placing"]
SINGLE_LETTERS = _WORDS["single_letters"]
SHORTENED = _WORDS["shortened"]
ARABIC_PARTICLES = _WORDS["arabic_particles"]
POSSESSIVES = _WORDS["possessives"]
FROM = _WORDS["from"]
AND = _WORDS["and"]
MONTHS = _WORDS["months"]
ABBREVIATIONS = _WORDS["abbreviations"]
STREETS = tuple(sorted(_WORDS["streets"]))
LIKELY_STREETS = (*STREETS, *sorted(_WORDS["likely_streets"]))
NO_STREETS = _WORDS["no_streets"]
LIVES = _WORDS["lives"]
FILE_ENDINGS = _WORDS["file_endings"]
INFLECTIONS = tuple(sorted(_WORDS["inflections"]))
PERSON_VERBS = _WORDS["person_verbs"]
PERSON_FOLLOWS = _WORDS["person_follows"]
SURE_PARTICLES = _WORDS["sure_particles"]
AT_SCHOOL = _WORDS["at_school"]
FROM_SCHOOL = _WORDS["from_school"]
SCHOOL_ARTICLES = _WORDS["school_articles"]
SCHOOL_ENDINGS = tuple(sorted(_WORDS["school_endings"]))
FAMILIES = _WORDS["families"]
BODIES = _WORDS["bodies"]
DETERMINERS = _WORDS["determiners"]
DOTTED = _WORDS["dotted"]
NO_NOUNS = _WORDS["no_nouns"]
NAMING = _WORDS["naming"]
NAMED = _WORDS["named"]
NICKNAMES = _WORDS["nicknames"]
BEING = _WORDS["being"]
GREETINGS = _WORDS["greetings"]
