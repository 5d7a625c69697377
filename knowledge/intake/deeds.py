"""Who did it and who was hurt: read from the clauses in which somebody does something to somebody."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from knowledge.intake.clauses import Clause, is_english_participle, is_participle
from knowledge.intake.people import Mention, is_denied
from knowledge.intake.prose import Prose
from knowledge.intake.story_words import StoryWords

DEEDS = tuple(f"deeds {name}" for name in ("attack", "about", "post", "put", "say", "origin", "send", "receive", "join"))
CULPRITS = ("leerling", "ouder", "medewerker")
HURT = ("leerling", "ouder", "medewerker", "school")


@dataclass(frozen=True, slots=True)
class Part:
    """A person's part in what happened."""

    mention: Mention
    role: str | None
    did_it: bool
    """Whether the person did it; else it was done to them."""
    doubted: bool = False
    weak: bool = False
    """Whether it counts only if nothing else tells."""
    always: bool = False
    """Whether it counts though the same person did it: to themselves."""


class DeedReader:
    """Reads the parts that persons have in what happened."""

    def __init__(
        self,
        prose: Prose,
        clauses: Sequence[Clause],
        mentions: Sequence[Mention],
        words: StoryWords,
        skipped: Collection[int],
        teller: str = "medewerker",
    ) -> None:
        """`skipped`: clauses that tell of something else than what happened. `teller`: what "ik" is."""
        self.prose = prose
        self.clauses = clauses
        self.mentions = mentions
        self.words = words.words
        self.word = [token.word for token in prose.tokens]
        self.skipped = skipped
        self.media = {
            place
            for hit in words.people.find(prose.tokens)
            if hit.label.startswith("medium")
            for place in range(hit.first, hit.last + 1)
        }
        self.teller = teller
        self.inside = {place for m in mentions for place in range(m.first, m.last + 1) if m.kind != "pronoun"}
        """Words that belong to a person's, so that "zijn" is no verb there."""
        self.parts: list[Part] = []
        self.subjects: dict[int, list[Mention]] = {}
        """The subject of each clause that has one."""
        self.own_fault = any(clause.has("own_fault") for clause in clauses)

    def read(self) -> list[Part]:
        for clause in self.clauses:
            here = [m for m in self.mentions if m.clause == clause.number and not m.quoted]
            bare = [m for m in here if m.is_bare and not is_denied(m, self.prose)]
            subject = self._subject(clause, bare)
            self.subjects[clause.number] = subject
            self._phrases(clause, here)
            if clause.number not in self.skipped:
                self._clause(clause, here, bare, subject)
            elif clause.has("deeds confess"):
                self._add(clause, subject, did_it=True)
        self._quotes()
        return self._settled()

    # one clause

    def _clause(self, clause: Clause, here: list[Mention], bare: list[Mention], subject: list[Mention]) -> None:
        deeds = {name for name in DEEDS if self._does(clause, name)}
        if clause.has("self_harm"):
            self._harms_self(clause, subject)
            return
        if clause.has("deeds suffer", "victim") and bare:
            self._add(clause, [m for m in bare if m.kind != "pronoun"][:1] or subject, did_it=False)
        if clause.has("victim") and not bare and clause.has("pupil_marks"):
            self._mark(clause, "victim")
        if clause.has("impersonate"):
            self._add(clause, [m for m in here if m.preposition in ("als", "as", "van", "of")], did_it=False)
        if clause.has("in_picture") and bare and any(place in self.media for place in clause.tokens):
            self._add(clause, [m for m in bare if m.kind != "pronoun"][:1], did_it=False)
            return
        if clause.has("culprit") and clause.has("passive"):
            self._add(clause, bare, did_it=True)
            return
        if clause.has("deeds confess") and not clause.has("negation"):
            self._add(clause, subject, did_it=True)
            return
        if self._tells_content(clause):
            self._content(clause, here, bare, subject, deeds)
        elif deeds:
            self._deed(clause, here, bare, subject, deeds)
        if clause.has("each_other") and subject:
            self._add(clause, subject, did_it=True)
            self._add(clause, subject, did_it=False)

    def _harms_self(self, clause: Clause, subject: list[Mention]) -> None:
        for mention in subject:
            found = self._resolve(mention, did_it=True) if mention.kind == "pronoun" and not mention.role else mention
            if found:
                self.parts.append(Part(found, found.role, did_it=False, always=True))

    def _deed(
        self, clause: Clause, here: list[Mention], bare: list[Mention], subject: list[Mention], deeds: set[str]
    ) -> None:
        by = [m for m in here if m.preposition in self.words["by"]]
        objects = [m for m in bare if m not in subject]
        toward = [m for m in here if m.preposition in self.words["toward"] and not m.modifies]
        toward = [m for m in toward if m.role != "school" and self._is_receiver(m)]
        if "deeds origin" in deeds:
            self._add(clause, [m for m in here if m.preposition in self.words["of"] and not m.modifies], did_it=True)
        elif self._is_passive(clause, deeds, by):
            self._add(clause, by, did_it=True)
            if "deeds attack" in deeds:
                self._add(clause, [m for m in bare or subject if self._can_suffer(m, clause)], did_it=False)
            if deeds & {"deeds send", "deeds about"}:
                self._add(clause, toward, did_it=False)
        elif "deeds receive" in deeds:
            if not clause.has("things message", "things picture"):
                return
            self._add(clause, subject, did_it=False)
            self._add(clause, [m for m in here if m.preposition in self.words["of"] and not m.modifies], did_it=True)
        else:
            self._add(clause, subject, did_it=True)
            if deeds & {"deeds attack", "deeds send"}:
                self._add(clause, [m for m in objects if self._can_suffer(m, clause)], did_it=False)
            if "deeds attack" in deeds and not objects:
                self._add(clause, [m for m in here if self._is_owner(m)], did_it=False)
            if deeds & {"deeds attack", "deeds send", "deeds about"}:
                self._add(clause, toward, did_it=False)
            if clause.has("reflexive") and clause.has("things picture"):
                for mention in subject:
                    self.parts.append(Part(mention, mention.role, did_it=False, always=True))

    def _can_suffer(self, mention: Mention, clause: Clause) -> bool:
        """Whether a mention can be an object: "ik" and "we" only in a passive ("ik word bedreigd")."""
        if mention.role != "teller" or mention.word in self.words["objects"]:
            return True
        return any(self.word[place] in self.words["becomes"] for place in clause.tokens)

    def _is_owner(self, mention: Mention) -> bool:
        """ "de presentatie van juf Kim": what is hers is filmed, so she is."""
        if mention.preposition not in self.words["of"] or mention.modifies or mention.governor is None:
            return False
        return self.word[mention.governor] not in ("klas", "groep", "app", "class", "group", "ouders", "school", "account")

    def _content(
        self, clause: Clause, here: list[Mention], bare: list[Mention], subject: list[Mention], deeds: set[str]
    ) -> None:
        """What is said, written or shown: the person that it is about is hurt by it."""
        by = [m for m in here if m.preposition in self.words["by"]]
        attack = "deeds attack" in deeds or "deeds send" in deeds
        if attack and self._is_passive(clause, deeds, by):
            self._add(clause, by, did_it=True)
            self._add(clause, bare, did_it=False)
            return
        people = [m for m in bare if not (m.kind == "pronoun" and m in subject)]
        if attack and subject and len(people) > 1:
            self._add(clause, subject, did_it=True)
            people = [m for m in people if m not in subject]
        elif attack and subject and subject[0].kind == "pronoun":
            self._add(clause, subject, did_it=True)
        elif people:
            people = [m for m in people if m is people[0] or m.joined_to in people]
        self._add(clause, people, did_it=False)

    def _tells_content(self, clause: Clause) -> bool:
        if clause.parent is None:
            return False
        parent = self.clauses[clause.parent]
        if clause.opener == "content":
            return parent.has("things picture", "things message", "things account", *DEEDS)
        if clause.opener != "relative" or clause.word not in ("dat", "that"):
            return False
        told = ("deeds about", "deeds post", "deeds put", "deeds say", "deeds send", "deeds attack")
        said = any(self._does(parent, name) for name in told)
        if self._is_thing(clause.first - 1, parent) and clause.has("deeds post", "deeds put", "deeds send"):
            return False  # "een bericht dat een leerling heeft gezet"
        return parent.number not in self.skipped and (said or parent.has("things message", "things account"))

    def _does(self, clause: Clause, deed: str) -> bool:
        places = [found for found in clause.places(deed) if not self._is_denied_verb(clause, found)]
        if not places:
            return False
        if deed not in ("deeds put", "deeds say"):
            return True
        said = {self.word[place] for place in clause.tokens}
        online = bool(said & {"online", "live", "internet"}) or any(p in self.media for p in clause.tokens)
        if deed == "deeds say":
            return online or any(self.word[place] in self.words["over"] - {"of", "rond"} for place in clause.tokens)
        if clause.opener == "relative" and clause.parent is not None:
            if self._is_thing(clause.first - 1, self.clauses[clause.parent]):
                return True
        child = any(other.parent == clause.number and other.word in ("dat", "that") for other in self.clauses)
        goes_on = clause.opener in ("join", ",") and clause.number and self.clauses[clause.number - 1].has(*DEEDS)
        return bool(online or child or goes_on or clause.has("things picture", "things message", "things account", "shown"))

    def _is_thing(self, place: int, clause: Clause) -> bool:
        names = ("things picture", "things message", "things account")
        return any(place in places for places in clause.places(*names))

    def _is_denied_verb(self, clause: Clause, places: tuple[int, ...]) -> bool:
        return any(found[-1] == places[0] - 1 for found in clause.places("negation"))

    def _is_passive(self, clause: Clause, deeds: set[str], by: list[Mention]) -> bool:
        places = [place for name in deeds for found in clause.places(name) for place in found]
        dutch = any(is_participle(self.word[place]) for place in places)
        said = {self.word[place] for place in clause.tokens if place not in self.inside}
        becomes = bool(said & self.words["becomes"])
        perfect = bool(said & self.words["perfect"])
        if dutch:
            return becomes or (not perfect and (bool(by) or bool(said & self.words["passive"])))
        english = any(is_english_participle(self.word[place]) for place in places)
        auxiliary = any(
            self.word[before] in self.words["passive"] or self.word[before] in ("been", "being")
            for place in places
            for before in range(max(clause.first, place - 2), place)
        )
        return english and (auxiliary or (bool(by) and not perfect))

    def _is_receiver(self, mention: Mention) -> bool:
        """Whether "met", "aan" or "op" leads to whom it is directed at, not to a place or company."""
        return mention.preposition not in ("op", "voor", "for", "bij") or mention.kind != "body"

    # subjects and references

    def _subject(self, clause: Clause, bare: list[Mention]) -> list[Mention]:
        can_be = [m for m in bare if not (m.kind == "pronoun" and self._is_object(m))]
        joins = clause.opener == "join" or (clause.opener == "other" and clause.word in ("maar", "but"))
        first = clause.tokens[1] if joins and len(clause.tokens) > 1 else clause.first
        verb_first = first not in self.inside and any(first in places for places in clause.places("finite", "passive", "perfect", *DEEDS))
        if clause.opener == "relative" and clause.word not in ("dat", "that", "wie") or self._is_relative_dat(clause):
            before = [m for m in self.mentions if m.last < clause.first and m.kind != "pronoun" and not m.quoted]
            if before:
                return self._joint(before[-1].modifies or before[-1])
        if can_be and not (verb_first and (joins or clause.opener == ",")):
            return [m for m in bare if m is can_be[0] or self._joined(m, can_be[0])]
        if verb_first and clause.opener in ("join", "other", ",") and clause.number:
            return self.subjects.get(clause.number - 1, [])
        return []

    def _is_relative_dat(self, clause: Clause) -> bool:
        """Whether "dat" tells of the person right before it ("een meisje dat gepest wordt")."""
        return (
            clause.opener == "relative"
            and clause.word in ("dat", "that")
            and any(m.last == clause.first - 1 and m.kind == "person" for m in self.mentions)
            and not self._tells_content(clause)
        )

    def _is_object(self, mention: Mention) -> bool:
        return mention.word in self.words["objects"]

    def _joined(self, mention: Mention, to: Mention) -> bool:
        while mention.joined_to:
            mention = mention.joined_to
            if mention is to:
                return True
        return False

    def _joint(self, mention: Mention) -> list[Mention]:
        found = [mention]
        while found[-1].joined_to:
            found.append(found[-1].joined_to)
        return found

    def _resolve(self, mention: Mention, did_it: bool) -> Mention | None:
        """Whom a pronoun means: of those named before, the last that fits."""
        known = [part.mention for part in self.parts if part.did_it and part.mention.kind != "pronoun"]
        if did_it and known:
            return next((m for m in reversed(known) if self._fits(mention, m)), None)
        before = [
            m
            for m in self.mentions
            if m.last < mention.first and m.kind in ("person", "name") and not m.quoted and m.modifies is None
            and m.role != "school"
        ]
        if not did_it:
            before = [m for m in before if m not in known]
        return next((m for m in reversed(before) if self._fits(mention, m)), None)

    def _fits(self, pronoun: Mention, mention: Mention) -> bool:
        feminine, masculine = self.words["feminine"], self.words["masculine"]
        female, male = mention.word in feminine, mention.word in masculine
        if pronoun.word in ("hij", "hem", "he", "him"):
            return not female
        if pronoun.word in ("haar", "she", "her", "shes"):
            return not male
        return True

    # what a clause's phrases tell by themselves

    def _phrases(self, clause: Clause, here: list[Mention]) -> None:
        """ "een foto van een leerling", "appjes van een juf", "een bericht over de school"."""
        said = any(clause.has(name) for name in DEEDS)
        verbless = not clause.has("finite", "passive", "perfect")
        for mention in here:
            governor = mention.governor
            if governor is None or mention.modifies or mention.kind == "body":
                continue
            thing = self._thing(clause, governor)
            skipped = clause.number in self.skipped
            if mention.preposition in self.words["of"]:
                screenshot = any(governor in places for places in clause.places("known schermafbeelding"))
                if thing == "picture" and not screenshot:
                    self._add(clause, [mention], did_it=False)
                elif thing == "message" and not (skipped and self._addressed_to_teller(here)):
                    self._add(clause, [mention], did_it=True)
                elif thing == "account" and mention.role == "school":
                    self._add(clause, [mention], did_it=False)
            elif mention.preposition in self.words["over"] and mention.preposition not in ("of", "rond"):
                if not skipped and (thing or said or verbless):
                    self._add(clause, [mention], did_it=False)
            elif mention.preposition in ("aan", "to", "naar", "tegen") and not skipped:
                if thing == "message" or (verbless and clause.has("things message")) or self._sends_to(clause):
                    self._add(clause, [mention], did_it=False)
            elif mention.preposition in ("met", "with") and clause.has("shown") and clause.has("things picture"):
                self._add(clause, [mention], did_it=False)

    def _sends_to(self, clause: Clause) -> bool:
        return clause.has("things message") and clause.has("passive") and not clause.has("deeds post")

    def _addressed_to_teller(self, here: list[Mention]) -> bool:
        return any(m.role == "teller" for m in here)

    def _thing(self, clause: Clause, governor: int) -> str:
        """What a word before a preposition is: picture, message or account; also if an adverb stands between."""
        names = ("picture", "message", "account")
        for name in names:
            if any(governor in places for places in clause.places(f"things {name}")):
                return name
        if any(governor in places for places in clause.places(*DEEDS)):  # "een foto gezet van kinderen"
            return next((name for name in names if clause.has(f"things {name}")), "")
        return ""

    def _quotes(self) -> None:
        """Whom literal words name, if nothing else tells who is hurt."""
        for mention in self.mentions:
            if mention.quoted and mention.kind != "pronoun" and mention.is_bare:
                self.parts.append(Part(mention, mention.role, did_it=False, weak=True))

    def _mark(self, clause: Clause, cue: str) -> None:
        place = clause.places(cue)[0]
        mention = Mention(place[0], place[-1], place[0], "person", "leerling", "slachtoffer", clause=clause.number)
        self.parts.append(Part(mention, "leerling", did_it=False))

    # putting together

    def _add(self, clause: Clause, mentions: Iterable[Mention], did_it: bool) -> None:
        for mention in mentions:
            if is_denied(mention, self.prose):
                continue
            found = self._resolve(mention, did_it) if mention.kind == "pronoun" and mention.role is None else mention
            if found is None or found.kind == "body":
                continue
            role = found.role
            if role == "group":
                if not did_it and found.preposition and found.preposition not in self.words["of"] | {"over", "about"}:
                    continue
                role = "leerling"
            if role == "teller":
                if did_it and not self.own_fault:
                    continue
                role = self.teller
            if clause.has("forced") and not did_it:
                continue
            doubted = self._is_doubted(clause) or clause.has("forced") or (
                found is not mention and any(p.doubted and p.mention is found for p in self.parts)
            )
            self.parts.append(Part(found, role, did_it, doubted))

    def _is_doubted(self, clause: Clause) -> bool:
        chain = [clause]
        while chain[-1].parent is not None and chain[-1].opener != "other":
            chain.append(self.clauses[chain[-1].parent])
        return any(one.has("doubt") or self._is_hearsay(one) for one in chain)

    def _is_hearsay(self, clause: Clause) -> bool:
        return clause.has("hearsay") and not clause.has("hearsay_not")

    def _settled(self) -> list[Part]:
        """The parts, with doubt that is said afterwards, and without those of one who cannot have both."""
        back = [clause for clause in self.clauses if clause.has("back_doubt")]
        found = []
        for part in self.parts:
            sentence = self.prose.sentences[part.mention.head]
            late = any(
                part.did_it and clause.sentence - 1 <= sentence <= clause.sentence and clause.first > part.mention.head
                for clause in back
            )
            found.append(
                Part(part.mention, part.role, part.did_it, part.doubted or late, part.weak, part.always)
            )
        return list(_without_repeats(found))


def _without_repeats(parts: Sequence[Part]) -> Iterator[Part]:
    seen: set[tuple[int, bool]] = set()
    for part in parts:
        key = (part.mention.head, part.did_it)
        if key not in seen:
            seen.add(key)
            yield part
