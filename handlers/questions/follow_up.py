"""Questions that lean on the one before: "en op insta?", "what about parents?". Told by their form; read
together with the last question, and only if that is better justified than what they say by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.language.words import split
from knowledge.matching.matcher import Matcher, Outcome
from knowledge.talk import acts

SHORT = 4
"""Words up to which a question without such a beginning may lean on the last one."""
POINTING = 10
"""The same for a question with a word that points back ("daar", "it")."""
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
SWAP_SHARE = 0.25
"""The same for a fragment that names another of the same kind ("en op insta?"), and then any certainty of the
two together will do.
"""
SHORT_OWN_PROBABILITY = 0.45
"""The same, for a question that is only short."""
CONDITIONS = ("als", "if")
"""Words at the end of a beginning that belong to what is asked."""
LEAST_PROBABILITY = 0.3
"""Least probability of an answer or a topic that is taken from the two together."""


def understand(text: str, before: str | None, matcher: Matcher) -> Outcome:
    """What the pack makes of a text after the question `before`; its `question` says as what it was read."""
    words = split(text)
    own = matcher.ask_words(words, text)
    lead = _lead(words)
    if before is None or not leans_back(text):
        return own
    if own.status == "incident" or own.foreign or (own.status == "smalltalk" and not lead):
        return own
    if not lead and own.topic and own.confidence >= OWN_PROBABILITY:
        return own
    fragment = lead > 0 and len(words) - lead <= FRAGMENT
    fragment = fragment or (not lead and _names_nothing(words, matcher))
    short = lead > 0 or len(words) <= SHORT
    replaced = _replaced(words[lead:], split(before), matcher)
    swaps = fragment and bool(replaced)
    certain = _justified(own) * (SWAP_SHARE if swaps else FRAGMENT_SHARE if fragment else 1.0)
    if own.status == "choose" and len(words) - lead > SHORT:  # a whole question, if not a clear one
        certain = own.confidence
    if certain >= (OWN_PROBABILITY if lead else SHORT_OWN_PROBABILITY) and not (short and replaced):
        return own
    joined = together(text, before, matcher)
    both = matcher.ask_words(split(joined), joined)
    if both.status == "incident":
        return own
    least = 0.0 if swaps else LEAST_PROBABILITY
    return both if _justified(both) >= max(certain, least) else own


def together(text: str, before: str, matcher: Matcher, without: str = "") -> str:
    """The two questions as one: what the new one names in place of its like if there is such, else behind the
    last one. `without`: what of the last one is not meant.
    """
    words, last = split(text), split(before)
    rest = words[_lead(words) :]
    things = matcher.pack.things
    dropped = set(things.read(without).things)
    named = things.read_words(last)
    places = {place for name in dropped & set(named.things) for place in named.places[name]}
    replaced = _replaced(rest, last, matcher) | {last[place] for place in places} | set(split(without))
    joined = [*(word for word in last if word not in replaced), *rest]
    return " ".join(word for place, word in enumerate(joined) if place == 0 or word != joined[place - 1])


def leans_back(text: str) -> bool:
    """Whether a text is worded as going on from the one before."""
    words = split(text)
    if not words or len(words) > LONG:
        return False
    pointing = len(words) <= POINTING and points_back(text)
    return _lead(words) > 0 or len(words) <= SHORT or pointing


def points_back(text: str) -> bool:
    """Whether a text has a word that points back, such as "dat" or "them"."""
    return not acts.load().points_back.isdisjoint(split(text))


def goes_on(text: str) -> bool:
    """Whether a text begins as one that goes on from the one before, or says too little to stand alone."""
    words = split(text)
    return leans_back(text) and (_lead(words) > 0 or len(words) <= SHORT)


def is_fragment(text: str, most: int = FRAGMENT) -> bool:
    """Whether so few words stand behind a beginning like "en" that they say little by themselves."""
    words = split(text)
    lead = _lead(words)
    return lead > 0 and len(words) - lead <= most


def without_lead(text: str) -> str:
    """The person's own words without a beginning like "en" or "geldt dat ook voor" and the question mark
    behind.
    """
    typed = text.strip().rstrip("?!. ").split()
    words = split(text)
    lead = _lead(words)
    if lead and words[lead - 1] in CONDITIONS:  # "en als ze weigert" is given back as "als ze weigert"
        lead -= 1
    if lead and len(split(" ".join(typed[:lead]))) == lead:
        typed = typed[lead:]
    while len(typed) > 1 and acts.load().is_joint(typed[0]):
        typed = typed[1:]
    return " ".join(typed)


def behind_lead(text: str) -> str:
    """The words behind a beginning like "en" or "what about"."""
    words = split(text)
    return " ".join(words[_lead(words) :])


def _names_nothing(words: Sequence[str], matcher: Matcher) -> bool:
    """Whether a text says only what is done, and neither with what nor where: "moet ik dat dan eerst
    vragen".
    """
    return all(thing.stays for thing in matcher.pack.things.read_words(words).things.values())


def _replaced(rest: Sequence[str], last: Sequence[str], matcher: Matcher) -> set[str]:
    """The words of the last question that the new one names others for: another medium, another kind of
    person.
    """
    reader = matcher.index.reader
    new = {concept for word in reader.repair(rest) for concept in reader.lexicon.of_word(word)}
    found = _replaced_things(rest, last, matcher)
    for group in matcher.pack.talk.alternatives:
        if new.intersection(group):
            alike = (word for word in last if word not in rest)
            found.update(word for word in alike if not set(reader.lexicon.of_word(word)).isdisjoint(group))
    return found


def _replaced_things(rest: Sequence[str], last: Sequence[str], matcher: Matcher) -> set[str]:
    """The same by the pack's things."""
    things = matcher.pack.things
    new, earlier = things.read_words(rest), things.read_words(last)
    families = {things.family(thing) for thing in new.things.values() if not thing.stays}
    return {
        last[place]
        for name, thing in earlier.things.items()
        if things.family(thing) in families and name not in new.things
        for place in earlier.places[name]
        if last[place] not in rest
    }


def _lead(words: Sequence[str]) -> int:
    """How many words of a beginning like "en als" there are."""
    return max(
        (
            len(lead)
            for lead in acts.load().goes_on
            if tuple(words[: len(lead)]) == lead and len(words) > len(lead)
        ),
        default=0,
    )


def _justified(outcome: Outcome) -> float:
    """How sure the outcome is of what it says, 0 to 1; a choice and a plain "not in there" say little."""
    if outcome.status == "answer":
        return outcome.confidence
    if outcome.status == "decline":
        return outcome.confidence if outcome.topic and outcome.topic.startswith("near/") else 0.0
    return outcome.confidence / 2 if outcome.status == "choose" else outcome.confidence
