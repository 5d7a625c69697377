"""Understanding one typed answer to one question with options: deterministic, from the forms beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from knowledge.intake import yes_no
from knowledge.intake.dialogue_act import is_question
from knowledge.intake.mention import Mention
from knowledge.intake.mentions import Reading, read_options
from knowledge.language.words import Language
from knowledge.pack.flow import Option, Step

ASKED_BETWEEN = 3
"""Options that are asked back between, at most."""
NO_OPTIONS = Step("none", "choices", {}, None, (), False, {}, None, 0)
AGREEMENT = Step(
    id="agreement",
    kind="choice",
    ask={},
    aside=None,
    options=(
        Option("yes", {}, None, means=("yes", "ready")),
        Option("no", {}, None, means=("no",)),
    ),
    required=True,
    when={},
    goes=None,
    line=0,
)
"""A question with no options, and one that is only agreed to."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that an option was understood from."""

    option: str
    text: str


@dataclass(frozen=True, slots=True)
class Understood:
    """What an answer was understood as. All empty: it names nothing that can be chosen."""

    taken: tuple[str, ...] = ()
    """The options it means."""
    ask: tuple[str, ...] = ()
    """Two or three options that it may mean; the person is asked between them."""
    unknown: bool = False
    """Whether it says "weet ik niet"."""
    is_question: bool = False
    """Whether it asks the assistant something instead."""
    doubtful: bool = False
    """Whether what is taken was called no more than possible."""
    evidence: tuple[Evidence, ...] = ()


def understand_answer(step: Step, text: str, language: Language = "nl") -> Understood:
    """What a typed answer to this question means. `language`: that of a text whose words do not tell."""
    reading = read_options(step, text, language)
    if is_question(reading.marked, reading.mentions):
        return Understood(is_question=True)
    if step.kind == "choices":
        return _several(step, reading)
    if pair := yes_no.options(step):
        return _yes_or_no(step, pair, reading)
    return _one(step, reading)


UNKNOWN_REST = 4
"""Words besides "weet ik niet" up to which a text says nothing else."""


def says_unknown(text: str, language: Language = "nl") -> bool:
    """Whether a text to a question without options only says "weet ik niet"."""
    reading = read_options(NO_OPTIONS, text, language).marked
    said = {place for places in reading.where("unknown") for place in places}
    return bool(said) and len(reading.tokens) - len(said) <= UNKNOWN_REST


def is_agreement(text: str) -> bool:
    """Whether a text says yes to what was just asked, and no more: "ja hoor", "klopt", "klaar"."""
    understood = understand_answer(AGREEMENT, text)
    return understood.taken == ("yes",) and len(text.split()) <= UNKNOWN_REST


def _several(step: Step, reading: Reading) -> Understood:
    """A question with one or more options."""
    counted = [
        mention
        for mention in reading.mentions
        if mention.counts and (step.role or not _after_unknown(mention, reading))
    ]
    sure = [mention for mention in counted if not mention.hint]
    taken = _in_order(step, (mention.option for mention in sure))
    if len(taken) > 1:
        taken = tuple(one for one in taken if not _is_alone(step, one))
    between = _between(step, sure, reading)
    if between:
        return Understood(ask=between, evidence=_evidence(reading, sure))
    if taken:
        return _take(taken, reading, sure)
    return _unsure(step, reading, counted)


def _one(step: Step, reading: Reading) -> Understood:
    """A question with one option to choose: what was so before ("eerst besloten, nu openbaar") gives way."""
    counted = [
        mention for mention in reading.mentions if mention.counts and not _after_unknown(mention, reading)
    ]
    sure = [mention for mention in counted if not mention.hint]
    sure = [mention for mention in sure if not reading.marked.in_clause("past", mention.clause)] or sure
    options = _between(step, sure, reading) or _in_order(step, (mention.option for mention in sure))
    if len(options) == 1:
        return _take(options, reading, sure)
    if options:
        return Understood(ask=options[:ASKED_BETWEEN], evidence=_evidence(reading, sure))
    return _unsure(step, reading, counted)


def _after_unknown(mention: Mention, reading: Reading) -> bool:
    """Whether it only says what is not known: "geen idee wie dat in de groep kon zien"."""
    return any(
        reading.marked.clauses[places[0]] == mention.clause and places[-1] < mention.first
        for places in reading.marked.where("unknown")
    )


def _between(step: Step, sure: list[Mention], reading: Reading) -> tuple[str, ...]:
    """The options that a text leaves open: "insta of facebook", "of zij het was, weet ik niet"; else ()."""
    asked = [mention for mention in reading.mentions if mention.besides == "asked"]
    options = _in_order(step, (mention.option for mention in (*sure, *asked)))
    if asked and sure and 1 < len(options) <= ASKED_BETWEEN:
        return options
    if step.takes_doubt or not 1 < len(options) <= ASKED_BETWEEN:
        return ()
    left_open = all(
        one.option == other.option or reading.marked.within("alternative", one.last, other.first)
        for one, other in pairwise(sure)
    )
    return options if left_open else ()


def _unsure(step: Step, reading: Reading, counted: list[Mention]) -> Understood:
    """What is left if no word was sure: "weet ik niet", or hints."""
    if reading.marked.has("unknown"):
        return Understood(unknown=True)
    return _from_hints(step, reading, counted)


def _yes_or_no(step: Step, pair: tuple[str, str], reading: Reading) -> Understood:
    verdict = yes_no.judge(step, pair, reading.marked, reading.mentions)
    evidence = _evidence(reading, (m for m in reading.mentions if not m.besides))
    if verdict.unknown:
        return Understood(unknown=True)
    options = _in_order(step, verdict.options)
    if len(options) == 1:
        return Understood(options, doubtful=verdict.doubtful, evidence=evidence)
    return Understood(ask=options[:ASKED_BETWEEN], evidence=evidence)


def _from_hints(step: Step, reading: Reading, counted: list[Mention]) -> Understood:
    """What hints say if no word was sure: one option is taken, several are asked between."""
    options = _in_order(step, (mention.option for mention in counted))
    if len(options) == 1:
        return _take(options, reading, counted)
    return Understood(ask=options[:ASKED_BETWEEN], evidence=_evidence(reading, counted))


def _take(options: tuple[str, ...], reading: Reading, mentions: list[Mention]) -> Understood:
    doubtful = all(mention.doubtful for mention in mentions)
    return Understood(options, doubtful=doubtful, evidence=_evidence(reading, mentions))


def _in_order(step: Step, options: Iterable[str]) -> tuple[str, ...]:
    named = set(options)
    return tuple(option.id for option in step.options if option.id in named)


def _is_alone(step: Step, option_id: str) -> bool:
    option = step.option(option_id)
    return option is not None and option.alone


def _evidence(reading: Reading, mentions: Iterable[Mention]) -> tuple[Evidence, ...]:
    return tuple(Evidence(mention.option, reading.words_of(mention)) for mention in mentions)
