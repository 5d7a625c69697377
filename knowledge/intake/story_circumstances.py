"""Where it happened, who could see it, whether it is still there, and what it may be in law: read clause by
clause.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from knowledge.intake.story_clauses import Clause
from knowledge.intake.story_prose import Prose
from knowledge.intake.story_sources import Finding
from knowledge.intake.story_words import StoryWords

REACH = 4
"""Words between a negation and what it denies, at most."""


class CircumstanceReader:
    def __init__(
        self,
        prose: Prose,
        clauses: Sequence[Clause],
        words: StoryWords,
        tells: Collection[int],
        told: Collection[int],
    ) -> None:
        """`tells`, `told`: clauses in which it is told to the teller and to others."""
        self.prose = prose
        self.clauses = clauses
        self.words = words
        self.word = [token.word for token in prose.tokens]
        self.tells = tells
        hits = words.people.find(prose.tokens)
        media = (hit for hit in hits if hit.label.startswith("medium ") and hit.label != "medium whatsapp")
        self.media = {place for hit in media for place in range(hit.first, hit.last + 1)}
        self.told = told

    def medium(self) -> list[Finding]:
        """The media that are named, without those that are denied or served to tell of it."""
        hits = [hit for hit in self.words.people.find(self.prose.tokens) if hit.label.startswith("medium ")]
        hits.sort(key=lambda hit: (hit.first - hit.last, hit.first))
        found: list[tuple[Finding, int]] = []
        taken: set[int] = set()
        for hit in hits:
            places = set(range(hit.first, hit.last + 1))
            if places & taken or self.prose.quoted[hit.first]:
                continue
            taken |= places
            clause = self._clause_of(hit.first)
            if (
                clause is None
                or self._is_denied(clause, hit.first, hit.last)
                or clause.has("doubt", "threatened")
            ):
                continue
            if clause.number in self.told or (
                clause.number in self.tells and self._carries_news(clause, hit.first)
            ):
                continue
            found.append(((hit.label.removeprefix("medium "), (hit.first, hit.last)), hit.first))
        found.sort(key=lambda one: one[1])
        findings = [finding for finding, _ in found if not self._is_weak(finding[1])] or [f for f, _ in found]
        names = {option for option, _ in findings}
        if names > {"whatsapp"} and names != {"whatsapp"}:
            # "de app" beside a name is that app, or another one that is named
            findings = [one for one in findings if one[0] != "whatsapp" or self._names_whatsapp(one[1])]
        return findings

    def _is_weak(self, span: tuple[int, int]) -> bool:
        """Whether a medium is meant only if no other is named ("groepschat")."""
        clause = self._clause_of(span[0])
        weak = clause.places("medium_weak") if clause else []
        return any(places[0] <= span[0] and span[1] <= places[-1] for places in weak)

    def _names_whatsapp(self, span: tuple[int, int]) -> bool:
        said = " ".join(self.word[place] for place in range(span[0], span[1] + 1))
        return said not in (
            "via de app",
            "in de app",
            "op de app",
            "per app",
            "de app",
            "een app",
            "berichtjes",
        )

    def _carries_news(self, clause: Clause, place: int) -> bool:
        """Whether a medium is what it was told by: "een moeder appte mij", "stuurde me via whatsapp"."""
        told_by = {place for places in clause.places("tell to_me", "deeds send") for place in places}
        before = self.word[max(0, place - 1) : place]
        return place in told_by or before[-1:] in (["via"], ["per"], ["by"]) or clause.has("deeds receive")

    def audience(self) -> list[Finding]:
        """What is said of who could see it: one option, [] if two are named."""
        found: list[Finding] = []
        for clause in self.clauses:
            if clause.number in self.tells and not clause.has("audience openbaar"):
                continue
            for option in ("openbaar", "besloten", "een"):
                for places in clause.places(f"audience {option}"):
                    if clause.has("doubt"):
                        continue
                    if self._is_denied(clause, places[0], places[-1]):
                        continue
                    found.append((option, (places[0], places[-1])))
        found = self._without_shorter(found)
        if not found:
            found = [*self._weak_audience("besloten"), *self._weak_audience("een")]
        return found if len({option for option, _ in found}) == 1 else []

    def _weak_audience(self, option: str) -> list[Finding]:
        """What counts only if nothing else is said: the parents' app, or "privé", if that is no account's."""
        return [
            (option, (places[0], places[-1]))
            for clause in self.clauses
            for places in clause.places(f"audience {option}_weak")
            if clause.number not in self.tells
            and (option != "een" or places[-1] + 1 not in self.media)
            and not self._is_denied(clause, places[0], places[-1])
        ]

    def _without_shorter(self, found: list[Finding]) -> list[Finding]:
        """Without a finding whose words are part of another's ("prive" in "prive account")."""
        return [
            one
            for one in found
            if not any(
                other[0] != one[0]
                and other[1][0] <= one[1][0]
                and one[1][1] <= other[1][1]
                and other[1] != one[1]
                for other in found
            )
        ]

    def online(self) -> list[Finding]:
        there: list[Finding] = []
        gone: list[Finding] = []
        part: list[Finding] = []
        for clause in self.clauses:
            span = clause.span
            if clause.has("doubt"):
                continue
            is_there = clause.has("online there")
            is_gone = clause.has("online gone") and not clause.has("online gone_not") and not is_there
            if is_gone and clause.has("negation") and self._denies_gone(clause):
                is_gone, is_there = False, True
            if clause.has("online part") and (is_there or is_gone):
                part.append(("deels", span))
            elif is_there:
                there.append(("ja", span))
            elif is_gone:
                gone.append(("nee", span))
        if part or (there and gone and self._at_once(there[-1][1], gone[-1][1])):
            return part or [("deels", span) for _, span in [*there, *gone]]
        if there and gone:
            return max(there[-1:], gone[-1:], key=lambda one: one[0][1])
        return there or gone

    def _at_once(self, one: tuple[int, int], other: tuple[int, int]) -> bool:
        """Whether both are said in one sentence or in neighbouring ones."""
        return abs(self.prose.sentences[one[0]] - self.prose.sentences[other[0]]) <= 1

    def _denies_gone(self, clause: Clause) -> bool:
        gone = {place for places in clause.places("online gone") for place in places}
        return any(not set(places) & gone for places in clause.places("negation"))

    def danger(self) -> list[Finding]:
        for clause in self.clauses:
            if clause.has("danger nee") and not any(
                self.word[p] == "niet" and self.word[p + 1 : p + 2] == ["veilig"] for p in clause.tokens
            ):
                return [("nee", clause.span)]
        for clause in self.clauses:
            if (
                clause.has("danger_strong")
                and not self._denies(clause, "danger_strong")
                and not clause.has("doubt")
            ):
                return [("ja", clause.span)]
        return []

    def criminal(self) -> list[Finding]:
        text = self._cues_of_whole_text()
        for name, option in (("criminal nee", "nee"), ("criminal ja", "ja"), ("criminal police", "ja")):
            for places in text.get(name, ()):
                clause = self._clause_of(places[0])
                if clause and option == "ja" and self._is_denied(clause, places[0], places[-1]):
                    continue
                if clause and name == "criminal police" and clause.has("told not_yet"):
                    continue
                return [(option, (places[0], places[-1]))]
        return []

    def sexual(self) -> list[Finding]:
        text = self._cues_of_whole_text()
        if text.get("sexual_not"):
            return []
        return [("ja", (places[0], places[-1])) for places in text.get("sexual", ())][:1]

    def _cues_of_whole_text(self) -> dict[str, list[tuple[int, ...]]]:
        """Cue → places, in quotations too: a threat is mostly quoted."""
        found: dict[str, list[tuple[int, ...]]] = {}
        tokens = [
            token._replace(sentence=number)
            for token, number in zip(self.prose.tokens, self.prose.sentences, strict=True)
        ]
        for hit in self.words.cues.find(tokens):
            found.setdefault(hit.label, []).append(hit.tokens)
        return found

    def _clause_of(self, place: int) -> Clause | None:
        return next((clause for clause in self.clauses if place in clause.tokens), None)

    def _denies(self, clause: Clause, cue: str) -> bool:
        return any(self._is_denied(clause, places[0], places[-1]) for places in clause.places(cue))

    def _is_denied(self, clause: Clause, first: int, last: int) -> bool:
        """Whether a negation stands right before these words, or after them at the end of the clause."""
        for places in clause.places("negation"):
            if clause.has("negation_not"):
                continue
            if first <= places[0] <= last:
                continue
            between = [place for place in clause.tokens if places[-1] < place < first]
            parted = any(self.prose.breaks[place] for place in range(places[-1] + 1, first + 1))
            if (
                places[-1] < first
                and not parted
                and len(between) <= REACH
                and not self._has_person_or_verb(between, clause)
            ):
                return True
        return False

    def _has_person_or_verb(self, places: Sequence[int], clause: Clause) -> bool:
        verbs = {place for found in clause.places("finite") for place in found}
        return any(place in verbs for place in places)
