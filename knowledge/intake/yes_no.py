"""Questions whose options mean yes and no: the word that opens the answer, and what else speaks for either."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge.intake.mentions import Mention, Reading
from knowledge.pack.flow import Step

PARTICLES = ("yes", "no")
"""The groups of `answers.yaml` that say yes and no by themselves."""
BARE_LENGTH = 4
BARE_REST = 2
"""Words of an answer with nothing but a "niet", and how many of them may follow it."""
Pair = tuple[str, str]
"""The options that mean yes and no."""


@dataclass(frozen=True, slots=True)
class Verdict:
    options: tuple[str, ...] = ()
    """One is the answer; of more the person is asked; none says nothing."""
    unknown: bool = False
    doubtful: bool = False


def options(step: Step) -> Pair | None:
    """The options that mean yes and no; None if the question has no such two."""
    yes, no = (next((o.id for o in step.options if group in o.means), "") for group in PARTICLES)
    return (yes, no) if yes and no else None


def judge(step: Step, pair: Pair, reading: Reading) -> Verdict:
    """What an answer comes to."""
    mentions = [mention for mention in reading.mentions if not mention.besides]
    particle = _particle(mentions, reading)
    facts = [(_meant(m, pair), m) for m in mentions if m.group not in PARTICLES]
    sure = [(option, m) for option, m in facts if not m.hint] or facts
    now = [(option, m) for option, m in sure if not _other_time(m, reading)] or sure
    if particle:
        return _with_particle(step, pair, particle, now, reading)
    if reading.has("unknown") and not _after_unknown(now, reading):
        return Verdict(unknown=True)
    said = {option for option, _ in now} | _contrasted(pair, now, reading)
    return _of_facts(step, said, now, pair) if said else _bare(pair, reading)


def _particle(mentions: Sequence[Mention], reading: Reading) -> Mention | None:
    """The yes or no that the answer says outright: the first, or the last of those in a row ("ja nee")."""
    found: Mention | None = None
    for mention in mentions:
        if mention.group not in PARTICLES:
            continue
        if found is None or mention.tokens[0] <= found.tokens[-1] + 1:
            found = mention
    return found


def _with_particle(
    step: Step, pair: Pair, particle: Mention, facts: Sequence[tuple[str, Mention]], reading: Reading
) -> Verdict:
    said = particle.option
    other = pair[1] if said == pair[0] else pair[0]
    meant = {option for option, _ in facts}
    if _unknown_beside(particle, reading):
        return Verdict(unknown=True)
    third = meant - {said, other}
    if third:
        return Verdict(tuple(third))
    if other in meant and said not in meant:
        return Verdict((said, other))
    doubtful = particle.doubtful or reading.has("maybe")
    if doubtful and said not in meant and not _hedged(step, said):
        same = any(reading.clauses[places[0]] == particle.clause for places in reading.places("maybe"))
        if same and said == pair[0]:
            return Verdict((said, other))
    return Verdict((said,), doubtful=doubtful)


def _of_facts(step: Step, said: set[str], facts: Sequence[tuple[str, Mention]], pair: Pair) -> Verdict:
    if third := said - set(pair):
        return Verdict(tuple(third))
    if len(said) == 2:
        mixed = next((option.id for option in step.options if option.mixed), "")
        return Verdict((mixed,) if mixed else pair)
    (option,) = said
    doubtful = bool(facts) and all(mention.doubtful for _, mention in facts)
    if doubtful and not _hedged(step, option):
        return Verdict(pair, doubtful=True)
    return Verdict((option,), doubtful=doubtful)


def _contrasted(pair: Pair, facts: Sequence[tuple[str, Mention]], reading: Reading) -> set[str]:
    """What a clause after "maar" says of itself, with what the one before it left: "het bericht is weg maar de
    reacties nog niet", "fysiek niet maar ze zit er wel doorheen".
    """
    said: set[str] = set()
    for place, *_ in reading.places("contrast"):
        clause = reading.clauses[place]
        if any(mention.clause == clause for _, mention in facts):
            continue
        denied, affirmed = reading.in_clause("negation", clause), reading.in_clause("affirmation", clause)
        before = [option for option, mention in facts if mention.clause < clause]
        if not before and reading.in_clause("negation", clause - 1):
            before = [pair[1]]
        if before and before[-1] in pair and denied != affirmed:
            said |= {before[-1], pair[0] if before[-1] == pair[1] else pair[1]}
    return said


def _bare(pair: Pair, reading: Reading) -> Verdict:
    """An answer that names nothing: "op dit moment niet", "zeker wel"."""
    if reading.has("unknown"):
        return Verdict(unknown=True)
    if any(_ends_clause(places, reading) for places in reading.places("negation")):
        return Verdict((pair[1],))
    if reading.has("maybe"):
        return Verdict(pair, doubtful=True)
    if reading.has("affirmation"):
        return Verdict((pair[0],))
    return Verdict()


def _ends_clause(places: tuple[int, ...], reading: Reading) -> bool:
    """Whether a "niet" ends its clause, or nearly: "op dit moment niet", "not right now"."""
    last = places[-1]
    after = [n for n in range(last + 1, len(reading.tokens)) if reading.clauses[n] == reading.clauses[last]]
    return len(after) <= BARE_REST and (not after or len(reading.tokens) <= BARE_LENGTH)


def _meant(mention: Mention, pair: Pair) -> str:
    """The option that a fact speaks for: denied, the other one."""
    if not mention.negated or mention.hint or mention.option not in pair:
        return mention.option
    return pair[1] if mention.option == pair[0] else pair[0]


def _hedged(step: Step, option_id: str) -> bool:
    """Whether the option itself says "perhaps"."""
    option = step.option(option_id)
    return option is not None and option.hedged


def _other_time(mention: Mention, reading: Reading) -> bool:
    """Whether a fact is told of another time: "gisteren stond het er nog", "hij gaat het verwijderen"."""
    return any(
        reading.clauses[places[0]] == mention.clause and not set(places) & set(mention.tokens)
        for marker in ("past", "future")
        for places in reading.places(marker)  # type: ignore[arg-type]
    )


def _after_unknown(facts: Iterable[tuple[str, Mention]], reading: Reading) -> bool:
    """Whether a fact is told in spite of "weet ik niet": before it, or after a "maar"."""
    first = min(places[0] for places in reading.places("unknown"))
    against = [places[0] for places in reading.places("contrast")]
    return any(
        mention.tokens[-1] < first or any(first < place < mention.tokens[0] for place in against)
        for _, mention in facts
    )


def _unknown_beside(particle: Mention, reading: Reading) -> bool:
    """Whether "nee" only opens "nee, weet ik niet"."""
    return any(
        0 < places[0] - particle.tokens[-1] <= 2
        and not any(particle.tokens[-1] < p[0] < places[0] for p in reading.places("contrast"))
        for places in reading.places("unknown")
    )
