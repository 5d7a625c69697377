"""What a question is about where the matcher alone cannot say: a few words after an answer ("en in het
weekend?"), or a search ("waar staat iets over foto's"). Told by the pack's things and first lines.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from handlers.questions.follow_up import FRAGMENT, behind_lead, goes_on, is_fragment, together, understand
from handlers.questions.opening import Before
from knowledge.language.words import split
from knowledge.matching.matcher import Matcher, Outcome
from knowledge.pack.loading import Pack
from knowledge.talk.things import Subject

ABOUT = frozenset(("over", "about", "rond", "omtrent"))
"""Words by which a text asks where something is read about."""
UNASKED = 6
"""Words behind "en" up to which a text that asks nothing itself is about the last question."""
ONLY_NAMED = 3
"""Words up to which "over …" only names a subject."""


@dataclass(frozen=True, slots=True)
class _FollowUp:
    """A follow-up read together with what was asked before it."""

    subject: Subject
    changed: tuple[str, ...]
    """Ids of the things that it asks anew."""
    asks_itself: bool
    """Whether it is a whole question, and not only "en op de website"."""


def after(question: str, before: Before, matcher: Matcher) -> Outcome:
    """What is made of a question that comes after another."""
    outcome = understand(question, before.question, matcher)
    if goes_on(question) and (not is_sure(outcome) or _names_change(question, before, outcome, matcher)):
        outcome = by_first_lines(question, before, outcome, matcher) or outcome
    return where_it_stands(question, outcome, matcher)


def where_it_stands(typed: str, outcome: Outcome, matcher: Matcher) -> Outcome:
    """For "waar staat iets over foto's": the rule or topic where the thing is read about, by the pack; the
    outcome itself if it is sure, or if no single thing is asked for.
    """
    subject = matcher.pack.things.read(typed)
    words = split(typed)
    only_named = 0 < len(words) <= ONLY_NAMED and words[0] in ABOUT
    searches = subject.asks in ("where", "what", "is") and not ABOUT.isdisjoint(words)
    if not only_named and (is_sure(outcome) or not searches):
        return outcome
    labels = {thing.found_in for thing in subject.things.values() if thing.found_in}
    return taken_for(labels.pop(), typed, outcome, matcher.pack) if len(labels) == 1 else outcome


def by_first_lines(typed: str, before: Before, outcome: Outcome, matcher: Matcher) -> Outcome | None:
    """The rule or topic near the last one that has a line for what is asked anew; the last one itself for
    words that ask nothing themselves. None if neither holds.
    """
    if before.label is None:
        return None
    pack, read = matcher.pack, _read(typed, before, matcher.pack)
    joined = together(typed, before.question, matcher)
    for label in _near_labels(before.label, pack) if read.changed else ():
        chosen = pack.first_lines.choose(label, read.subject, "nl", read.changed)
        if chosen and chosen.names_change and (chosen.named or label == before.label):
            return taken_for(chosen.instead or label, joined, outcome, pack)
    spoken_of = pack.first_lines.on_change(read.subject, "nl", read.changed) is not None
    return taken_for(before.label, joined, outcome, pack) if spoken_of or not read.asks_itself else None


def is_sure(outcome: Outcome) -> bool:
    """Whether one rule answers, or the protocol is known to be silent, or somebody wants to report."""
    silent = outcome.topic is not None and outcome.topic.startswith("near/")
    return silent or outcome.status in ("answer", "incident")


def taken_for(label: str, question: str, outcome: Outcome, pack: Pack) -> Outcome:
    """The outcome with this rule or topic as what the question is about."""
    if any(rule.id == label for rule in pack.protocol):
        choices = tuple(pack.protocol.rule(label).see_also)
        return replace(
            outcome, question=question, status="answer", rule=label, topic=None, choices=choices, nearest=()
        )
    near = pack.topic(label).nearest
    nearest = (near,) if near else ()
    return replace(
        outcome, question=question, status="decline", rule=None, topic=label, choices=(), nearest=nearest
    )


def _names_change(typed: str, before: Before, outcome: Outcome, matcher: Matcher) -> bool:
    """Whether the rule or topic of the last answer has a line of its own for what a few words ask anew; or
    the protocol as a whole, if these words by themselves are only taken for a subject that it is silent
    on.
    """
    pack, read = matcher.pack, _read(typed, before, matcher.pack)
    if before.label is None or not is_fragment(typed, FRAGMENT if read.asks_itself else UNASKED):
        return False
    chosen = pack.first_lines.choose(before.label, read.subject, "nl", read.changed)
    by_itself = outcome.topic is not None and outcome.question == typed
    if chosen and chosen.names_change and (chosen.named or by_itself):
        return True
    return by_itself and pack.first_lines.on_change(read.subject, "nl", read.changed) is not None


def _read(typed: str, before: Before, pack: Pack) -> _FollowUp:
    own, earlier = pack.things.read(behind_lead(typed)), pack.things.read(before.question)
    changed = tuple(name for name in own.things if name not in earlier.things)
    return _FollowUp(pack.things.going_on(own, earlier), changed, own.asks not in (None, "is"))


def _near_labels(label: str, pack: Pack) -> list[str]:
    """A rule or topic, and those that the pack names beside it. The rule nearest to a topic is no answer,
    so it is not among them.
    """
    topic = next((topic for topic in pack.topics if topic.label == label), None)
    rule = next((rule for rule in pack.protocol if rule.id == label), None)
    near = topic.nearest if topic else label
    beside = [other.label for other in pack.topics if near and other.nearest == near]
    return list(dict.fromkeys((label, *beside, *(rule.see_also if rule else ()))))
