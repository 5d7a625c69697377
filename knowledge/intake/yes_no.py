"""Questions whose options mean yes and no: the word that opens the answer, and what speaks for either."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge.intake.marked_text import MarkedText
from knowledge.intake.mention import Mention
from knowledge.intake.negation import PARTICLES
from knowledge.pack.flow import Step

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


def judge(step: Step, pair: Pair, marked: MarkedText, found: Sequence[Mention]) -> Verdict:
    """What an answer comes to."""
    mentions = [mention for mention in found if not mention.besides]
    particle = _particle(mentions, marked)
    facts = _facts(mentions, pair, particle, marked)
    facts = [(option, m) for option, m in facts if not _within_another(option, m, facts)]
    sure = [(option, m) for option, m in facts if not m.hint] or facts
    now = [(option, m) for option, m in sure if not _other_time(m, marked)] or sure
    if not particle and any(mention.group == "in_between" for mention in mentions):
        return Verdict(pair)
    if particle:
        return _with_particle(step, pair, particle, now, marked)
    if marked.has("unknown") and not _after_unknown(now, marked):
        return Verdict(unknown=True)
    said = {option for option, _ in now} | _contrasted(pair, now, marked)
    return _of_facts(step, said, now, pair) if said else _bare(pair, marked)


def _particle(mentions: Sequence[Mention], marked: MarkedText) -> Mention | None:
    """The yes or no that the answer says outright: the first, or the last of those in a row ("ja nee")."""
    found: Mention | None = None
    for mention in mentions:
        if mention.group not in PARTICLES:
            continue
        if found is None or mention.first <= found.last + 1:
            found = mention
    return found


def _with_particle(
    step: Step, pair: Pair, particle: Mention, facts: Sequence[tuple[str, Mention]], marked: MarkedText
) -> Verdict:
    said = particle.option
    other = pair[1] if said == pair[0] else pair[0]
    meant = {option for option, _ in facts}
    if _unknown_beside(particle, marked):
        return Verdict(unknown=True)
    third = meant - {said, other}
    if third:
        return Verdict(tuple(third))
    if other in meant and said not in meant:
        return Verdict((said, other))
    doubtful = particle.doubtful or marked.has("maybe")
    if doubtful and said not in meant and not _hedged(step, said):
        same = any(marked.clauses[places[0]] == particle.clause for places in marked.where("maybe"))
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


def _contrasted(pair: Pair, facts: Sequence[tuple[str, Mention]], marked: MarkedText) -> set[str]:
    """What a clause after "maar" says, with what the one before it left: "het bericht is weg maar de reacties
    nog niet", "fysiek niet maar ze zit er wel doorheen".
    """
    said: set[str] = set()
    for place, *_ in marked.where("contrast"):
        clause = marked.clauses[place]
        if any(mention.clause == clause for _, mention in facts):
            continue
        denied, affirmed = marked.in_clause("negation", clause), marked.in_clause("affirmation", clause)
        before = [option for option, mention in facts if mention.clause < clause]
        if not before and marked.in_clause("negation", clause - 1):
            before = [pair[1]]
        if before and before[-1] in pair and denied != affirmed:
            said |= {before[-1], pair[0] if before[-1] == pair[1] else pair[1]}
    return said


def _bare(pair: Pair, marked: MarkedText) -> Verdict:
    """An answer that names nothing: "op dit moment niet", "zeker wel"."""
    if marked.has("unknown"):
        return Verdict(unknown=True)
    if any(_ends_clause(places, marked) for places in marked.where("bare_no")):
        return Verdict((pair[1],))
    if marked.has("maybe"):
        return Verdict(pair, doubtful=True)
    if marked.has("affirmation"):
        return Verdict((pair[0],))
    return Verdict()


def _within_another(option: str, mention: Mention, facts: Sequence[tuple[str, Mention]]) -> bool:
    """Whether its words stand within a longer turn of phrase that means the opposite, or overlap with one
    that begins earlier: "naar huis" in "durft niet naar huis", "zorgen om" after "geen".
    """
    first, last = mention.first, mention.last
    for meant, other in facts:
        begins, ends = other.tokens[0], other.tokens[-1]
        if meant == option or other.hint > mention.hint:
            continue
        within = begins <= first and last <= ends and ends - begins > last - first
        if within or (begins < first <= ends and set(other.tokens) & set(mention.tokens)):
            return True
    return False


def _ends_clause(places: tuple[int, ...], marked: MarkedText) -> bool:
    """Whether a "niet" ends its clause, or nearly: "op dit moment niet", "not right now"."""
    last = places[-1]
    after = [n for n in range(last + 1, len(marked.tokens)) if marked.clauses[n] == marked.clauses[last]]
    return len(after) <= BARE_REST and (not after or len(marked.tokens) <= BARE_LENGTH)


def _facts(
    mentions: Sequence[Mention], pair: Pair, particle: Mention | None, marked: MarkedText
) -> list[tuple[str, Mention]]:
    """The option that each fact speaks for, besides the yes or no that is said outright."""
    facts = [mention for mention in mentions if mention.group not in PARTICLES]
    hints_of = [{m.tokens for m in facts if m.hint and m.option == option} for option in pair]
    either = hints_of[0] & hints_of[1]
    found = []
    for mention in facts:
        denied = mention.negated or _follows_no(mention, particle, marked)
        meant = _meant(mention, pair, denied and mention.tokens not in either)
        if meant:
            found.append((meant, mention))
    return found


def _follows_no(mention: Mention, particle: Mention | None, marked: MarkedText) -> bool:
    """Whether the "no" that opens the answer is said of it: "no danger"."""
    if particle is None or particle.group != "no" or mention.first != particle.last + 1:
        return False
    return not marked.tokens[mention.first].breaks


def _meant(mention: Mention, pair: Pair, denied: bool) -> str:
    """The option that a fact speaks for. Denied, what speaks for yes speaks for no; what speaks for no ("only
    rude") then speaks for nothing, and what says yes ("niet veilig") is a form of its own.
    """
    if not denied or mention.option not in pair:
        return mention.option
    return pair[1] if mention.option == pair[0] else ""


def _hedged(step: Step, option_id: str) -> bool:
    """Whether the option itself says "perhaps"."""
    option = step.option(option_id)
    return option is not None and option.hedged


def _other_time(mention: Mention, marked: MarkedText) -> bool:
    """Whether a fact is told of another time: "gisteren stond het er nog", "hij gaat het verwijderen"."""
    return any(
        marked.clauses[places[0]] == mention.clause and not set(places) & set(mention.tokens)
        for marker in ("past", "future")
        for places in marked.where(marker)
    )


def _after_unknown(facts: Iterable[tuple[str, Mention]], marked: MarkedText) -> bool:
    """Whether a fact is told in spite of "weet ik niet": before it, or after a "maar"."""
    first = min(places[0] for places in marked.where("unknown"))
    against = [places[0] for places in marked.where("contrast")]
    return any(
        mention.last < first
        or any(first < place < mention.first for place in against)
        or marked.in_clause("likely", mention.clause)
        for _, mention in facts
    )


def _unknown_beside(particle: Mention, marked: MarkedText) -> bool:
    """Whether "nee" only opens "nee, weet ik niet"."""
    return any(
        0 < places[0] - particle.last <= 2
        and not any(particle.last < p[0] < places[0] for p in marked.where("contrast"))
        for places in marked.where("unknown")
    )
