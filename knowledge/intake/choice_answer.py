"""Understanding one typed answer to one question with options: deterministic, from the forms beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.intake.mentions import Mention, Reading, read_options
from knowledge.language.words import Language
from knowledge.pack.flow import Step

ASKED_BETWEEN = 3
"""Options that are asked back between, at most."""


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
    if is_question(reading):
        return Understood(is_question=True)
    if step.kind == "choice":
        return _one(step, reading)
    return _several(step, reading)


def is_question(reading: Reading) -> bool:
    """Whether the text asks something of the assistant: not for a tag ("toch?"), nor for an answer with doubt
    in its tone ("de juf?").
    """
    text = reading.text.rstrip()
    not_knowing = {places[0] for places in reading.places("unknown")} if text[-1:] != "?" else set()
    openings = [places[0] for places in reading.places("question") if places[0] not in not_knowing]
    if any(place == 0 or reading.tokens[place].breaks for place in openings):
        return True
    if not text.endswith("?") or not reading.tokens:
        return False
    last = reading.tokens[-1]
    tags = [places for places in reading.places("tag") if places[-1] == len(reading.tokens) - 1]
    if tags:
        return False
    sentence = [n for n, token in enumerate(reading.tokens) if token.sentence == last.sentence]
    named = any(set(mention.tokens) & set(sentence) for mention in reading.mentions)
    return not (named or reading.has("maybe") or reading.has("likely") or reading.has("unknown"))


def _several(step: Step, reading: Reading) -> Understood:
    """A question with one or more options."""
    counted = [mention for mention in reading.mentions if mention.counts]
    sure = [mention for mention in counted if not mention.hint]
    taken = _in_order(step, (mention.option for mention in sure))
    if len(taken) > 1:
        taken = tuple(one for one in taken if not _is_alone(step, one))
    if taken:
        return Understood(
            taken,
            doubtful=all(mention.doubtful for mention in sure),
            evidence=_evidence(reading, sure),
        )
    if reading.has("unknown"):
        return Understood(unknown=True)
    return _from_hints(step, reading, counted)


def _from_hints(step: Step, reading: Reading, counted: list[Mention]) -> Understood:
    """What hints say where no word was sure: one option is taken, several are asked between."""
    options = _in_order(step, (mention.option for mention in counted))
    evidence = _evidence(reading, counted)
    if len(options) == 1:
        return Understood(options, evidence=evidence)
    return Understood(ask=options[:ASKED_BETWEEN], evidence=evidence)


def _one(step: Step, reading: Reading) -> Understood:
    """A question with one option to choose."""
    if opposites(step):
        return _yes_or_no(step, reading)
    counted = [mention for mention in reading.mentions if mention.counts]
    sure = [mention for mention in counted if not mention.hint]
    options = _in_order(step, (mention.option for mention in sure))
    if len(options) == 1:
        return Understood(options, doubtful=sure[0].doubtful, evidence=_evidence(reading, sure))
    if options:
        return Understood(ask=options[:ASKED_BETWEEN], evidence=_evidence(reading, sure))
    if reading.has("unknown"):
        return Understood(unknown=True)
    return _from_hints(step, reading, counted)


def opposites(step: Step) -> tuple[str, str] | None:
    """The options that mean yes and no; None for a question that is no yes or no."""
    yes = next((option.id for option in step.options if "yes" in option.means), None)
    no = next((option.id for option in step.options if "no" in option.means), None)
    return (yes, no) if yes and no else None


def _yes_or_no(step: Step, reading: Reading) -> Understood:
    """A yes or no: the word that opens the answer, and what else speaks for either."""
    pair = opposites(step)
    assert pair  # noqa: S101
    other = {pair[0]: pair[1], pair[1]: pair[0]}
    mentions = [mention for mention in reading.mentions if not mention.besides]
    said = [(other.get(m.option, m.option) if m.negated else m.option, m) for m in mentions]
    sure = [(option, mention) for option, mention in said if not mention.hint] or said
    options = _in_order(step, (option for option, _ in sure))
    evidence = _evidence(reading, [mention for _, mention in sure])
    doubtful = any(mention.doubtful for _, mention in sure)
    if len(options) == 1:
        if reading.has("unknown") and all(m.hint for _, m in sure):
            return Understood(unknown=True)
        return Understood(options, doubtful=doubtful, evidence=evidence)
    if options:
        return Understood(ask=options[:ASKED_BETWEEN], evidence=evidence)
    return Understood(unknown=reading.has("unknown"))


def _in_order(step: Step, options: Iterable[str]) -> tuple[str, ...]:
    named = set(options)
    return tuple(option.id for option in step.options if option.id in named)


def _is_alone(step: Step, option_id: str) -> bool:
    option = step.option(option_id)
    return option is not None and option.alone


def _evidence(reading: Reading, mentions: Iterable[Mention]) -> tuple[Evidence, ...]:
    return tuple(Evidence(mention.option, reading.text[mention.start : mention.end]) for mention in mentions)
