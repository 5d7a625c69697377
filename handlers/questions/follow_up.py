"""Questions that lean on the one before: "en op insta?", "what about parents?". Told by their form; read
together with the last question, and only where that is better justified than what they say by themselves."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.language.words import split
from knowledge.matching.matcher import Matcher, Outcome

LEADS = (
    *(
        ("en", "als"),
        ("en", "wat", "als"),
        ("maar", "als"),
        ("maar", "wat", "als"),
        ("en",),
        ("maar",),
        ("of",),
        ("en", "dan"),
        ("ook",),
    ),
    *(
        ("geldt", "dat", "ook"),
        ("geldt", "dit", "ook"),
        ("mag", "dat", "ook"),
        ("mag", "het", "ook"),
        ("hoe", "zit", "het", "dan", "met"),
    ),
    *(
        ("and", "if"),
        ("and", "what", "if"),
        ("but", "if"),
        ("but", "what", "if"),
        ("what", "about"),
        ("how", "about"),
        ("and", "what", "about"),
    ),
    *(
        ("and",),
        ("but",),
        ("or",),
        ("also",),
        ("does", "that", "also"),
        ("does", "this", "also"),
        ("is", "that", "also"),
        ("same", "for"),
    ),
    *(
        ("and", "how", "about"),
        ("is", "it", "the", "same"),
        ("can", "i", "also"),
        ("mag", "ik", "ook"),
        ("dat", "ook"),
        ("wat", "als"),
        ("what", "if"),
    ),
)
"""How a question begins that goes on from the last one."""
WHY = (
    *(
        ("waarom",),
        ("waarom", "dan"),
        ("waarom", "niet"),
        ("waarom", "is", "dat"),
        ("waarom", "mag", "dat", "niet"),
        ("hoezo",),
        ("hoezo", "dan"),
    ),
    *(
        ("en", "waarom"),
        ("maar", "waarom"),
        ("why",),
        ("why", "not"),
        ("why", "is", "that"),
        ("and", "why"),
        ("but", "why"),
        ("how", "come"),
        ("how", "so"),
    ),
)
"""Whole questions that ask for the reason of the last answer."""
SHORT = 4
"""Words up to which a question without such a beginning may lean on the last one."""
LONG = 12
"""Words from which a question is taken for one by itself, however it begins."""
OWN_PROBABILITY = 0.6
"""Probability from which a question's own outcome is kept, whatever it makes together with the last one."""
FRAGMENT = 3
"""Words behind such a beginning up to which they say too little to be judged by themselves: "en als ze nee
zeggen".
"""
FRAGMENT_SHARE = 0.5
"""How much of a fragment's own certainty counts."""
SHORT_OWN_PROBABILITY = 0.45
"""The same, for a question that is only short."""
LEAST_PROBABILITY = 0.3
"""Least probability of an answer or a topic that is taken from the two together."""


def asks_why(text: str) -> bool:
    """Whether the whole text asks for the reason of the last answer."""
    return tuple(split(text)) in WHY


def understand(text: str, before: str | None, matcher: Matcher) -> Outcome:
    """What the pack makes of a text after the question `before`; its `question` says as what it was read."""
    words = split(text)
    own = matcher.ask_words(words, text)
    lead = _lead(words)
    if before is None or not words or len(words) > LONG or not (lead or len(words) <= SHORT):
        return own
    if (
        own.status in ("smalltalk", "incident")
        or own.foreign
        or (not lead and own.topic and own.confidence >= OWN_PROBABILITY)
    ):
        return own
    fragment = lead > 0 and len(words) - lead <= FRAGMENT
    certain = _justified(own) * (FRAGMENT_SHARE if fragment else 1.0)
    rest, last = words[lead:], split(before)
    replaced = _replaced(rest, last, matcher)
    if certain >= (OWN_PROBABILITY if lead else SHORT_OWN_PROBABILITY) and not replaced:
        return own
    both = [*(word for word in last if word not in replaced), *rest]
    together = matcher.ask_words(both, " ".join(both))
    return together if _justified(together) >= max(certain, LEAST_PROBABILITY) else own


def _replaced(rest: Sequence[str], last: Sequence[str], matcher: Matcher) -> set[str]:
    """The words of the last question that the new one names others for: another medium, another kind of
    person.
    """
    reader = matcher.index.reader
    new = {concept for word in reader.repair(rest) for concept in reader.lexicon.of_word(word)}
    found: set[str] = set()
    for group in matcher.pack.talk.alternatives:
        if new.intersection(group):
            alike = (word for word in last if word not in rest)
            found.update(word for word in alike if not set(reader.lexicon.of_word(word)).isdisjoint(group))
    return found


def _lead(words: Sequence[str]) -> int:
    """How many words of a beginning like "en als" there are."""
    return max(
        (len(lead) for lead in LEADS if tuple(words[: len(lead)]) == lead and len(words) > len(lead)),
        default=0,
    )


def _justified(outcome: Outcome) -> float:
    """How sure the outcome is of what it says, 0 to 1; a choice and a plain "not in there" say little."""
    if outcome.status == "answer":
        return outcome.confidence
    if outcome.status == "decline":
        return outcome.confidence if outcome.topic and outcome.topic.startswith("near/") else 0.0
    return outcome.confidence / 2 if outcome.status == "choose" else outcome.confidence
