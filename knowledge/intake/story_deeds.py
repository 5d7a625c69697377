"""Who did it and who was hurt: read from the clauses in which somebody does something to somebody."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from knowledge.intake.story_clauses import Clause
from knowledge.intake.story_mention import PersonMention, is_denied
from knowledge.intake.story_prose import Prose
from knowledge.intake.story_subjects import SubjectReader
from knowledge.intake.story_verbs import DEEDS, THINGS, VerbReader
from knowledge.intake.story_words import StoryWords

CULPRITS = ("leerling", "ouder", "medewerker")
HURT = ("leerling", "ouder", "medewerker", "school")
_NO_OWNERS = frozenset("klas groep app class group ouders school account".split())  # noqa: SIM905
"""What is somebody's, but not so that the owner is hurt when it is."""


@dataclass(frozen=True, slots=True)
class Part:
    """A person's part in what happened."""

    mention: PersonMention
    role: str | None
    did_it: bool
    """Whether the person did it; else it was done to them."""
    doubted: bool = False
    weak: bool = False
    """Whether it counts only if nothing else tells."""
    always: bool = False
    """Whether it counts though the same person did it: to themselves."""


@dataclass(frozen=True, slots=True)
class _Scene:
    """A clause with the persons in it."""

    clause: Clause
    here: list[PersonMention]
    bare: list[PersonMention]
    subject: list[PersonMention]
    by: list[PersonMention]
    deeds: set[str]

    def led_by(self, *prepositions: str) -> list[PersonMention]:
        return [m for m in self.here if m.preposition in prepositions and m.modifies is None]


class DeedReader:
    """Reads the parts that persons have in what happened."""

    def __init__(
        self,
        prose: Prose,
        clauses: Sequence[Clause],
        mentions: Sequence[PersonMention],
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
        self.teller = teller
        self.verbs = VerbReader(prose, clauses, mentions, words, skipped)
        self.subjects = SubjectReader(mentions, self.verbs)
        self.parts: list[Part] = []
        self.own_fault = any(clause.has("own_fault") for clause in clauses)

    def read(self) -> list[Part]:
        for clause in self.clauses:
            scene = self._scene(clause)
            for mention in scene.here:
                self._phrase(scene, mention)
            if clause.number not in self.skipped:
                self._clause(scene)
            elif clause.has("deeds confess"):
                self._add(clause, scene.subject, did_it=True)
        for mention in self.mentions:  # whom literal words name, if nothing else tells who is hurt
            if mention.quoted and mention.kind != "pronoun" and mention.is_bare:
                self.parts.append(Part(mention, mention.role, did_it=False, weak=True))
        return list(_without_repeats(self._with_later_doubt()))

    def _scene(self, clause: Clause) -> _Scene:
        here = [m for m in self.mentions if m.clause == clause.number and not m.quoted]
        bare = [m for m in here if m.is_bare and not is_denied(m, self.prose)]
        by = [m for m in here if m.preposition in self.words["by"]]
        return _Scene(clause, here, bare, self.subjects.read(clause, bare), by, self.verbs.deeds(clause))

    # one clause

    def _clause(self, scene: _Scene) -> None:
        clause = scene.clause
        if clause.has("self_harm"):
            self._harms_self(scene)
        elif clause.has("culprit") and clause.has("passive"):
            self._add(clause, scene.bare, did_it=True)
        elif clause.has("deeds confess") and not clause.has("negation"):
            self._add(clause, scene.subject, did_it=True)
        elif not self._suffers(scene):
            if self.verbs.tells_content(clause):
                self._content(scene)
            elif scene.deeds:
                self._deed(scene)
            if clause.has("each_other"):
                self._add(clause, scene.subject, did_it=True)
                self._add(clause, scene.subject, did_it=False)

    def _suffers(self, scene: _Scene) -> bool:
        """Adds whom a clause says that it happened to; whether that is all it tells."""
        clause = scene.clause
        named = [m for m in scene.bare if m.kind != "pronoun"][:1]
        if clause.has("deeds suffer", "victim") and scene.bare:
            self._add(clause, named or scene.subject, did_it=False)
        if clause.has("victim") and not scene.bare and clause.has("pupil_marks"):
            place = clause.places("victim")[0]
            victim = PersonMention(place[0], place[-1], place[0], "person", "leerling", self.word[place[0]])
            self._add(clause, [victim], did_it=False)
        if clause.has("impersonate"):
            self._add(clause, scene.led_by("als", "as", "van", "of"), did_it=False)
            self._add(clause, scene.subject, did_it=True)
        if clause.has("in_picture") and self.verbs.is_on_medium(clause):
            self._add(clause, named, did_it=False)
            return True
        return False

    def _harms_self(self, scene: _Scene) -> None:
        for mention in scene.subject:
            meant = self._meant(mention, did_it=True)
            if meant:
                self.parts.append(Part(meant, meant.role, did_it=False, always=True))

    def _deed(self, scene: _Scene) -> None:
        clause, deeds = scene.clause, scene.deeds
        aimed = any(self.word[place] == "gericht" for place in clause.tokens)
        toward = [m for m in scene.led_by(*self.words["toward"]) if m.role != "school" or aimed]
        if "deeds origin" in deeds:
            self._add(clause, scene.led_by(*self.words["of"]), did_it=True)
        elif self.verbs.is_passive(clause, deeds, scene.by):
            self._add(clause, scene.by, did_it=True)
            if "deeds attack" in deeds:
                self._add(clause, self._sufferers(clause, scene.bare or scene.subject), did_it=False)
            if deeds & {"deeds send", "deeds about"}:
                self._add(clause, toward, did_it=False)
        elif "deeds receive" in deeds:
            if clause.has("things message", "things picture"):
                self._add(clause, scene.subject, did_it=False)
                self._add(clause, scene.led_by(*self.words["of"]), did_it=True)
        else:
            self._add(clause, scene.subject, did_it=True)
            self._objects(scene, toward)

    def _objects(self, scene: _Scene, toward: list[PersonMention]) -> None:
        """Adds to whom an active verb is done."""
        clause, deeds = scene.clause, scene.deeds
        objects = [m for m in scene.bare if m not in scene.subject]
        if deeds & {"deeds attack", "deeds send"}:
            self._add(clause, self._sufferers(clause, objects), did_it=False)
        if "deeds attack" in deeds and not objects:
            owners = scene.led_by(*self.words["of"])
            self._add(clause, [m for m in owners if self._is_owner(m)], did_it=False)
        if deeds & {"deeds attack", "deeds send", "deeds about"}:
            self._add(clause, toward, did_it=False)
        if clause.has("reflexive") and clause.has("things picture"):
            self.parts += [Part(m, m.role, did_it=False, always=True) for m in scene.subject]

    def _sufferers(self, clause: Clause, mentions: list[PersonMention]) -> list[PersonMention]:
        """Those that can be objects: "ik" and "we" only in a passive ("ik word bedreigd")."""
        becomes = any(self.word[place] in self.words["becomes"] for place in clause.tokens)
        return [m for m in mentions if m.role != "teller" or m.word in self.words["objects"] or becomes]

    def _is_owner(self, mention: PersonMention) -> bool:
        """ "de presentatie van juf Kim": what is hers is filmed, so she is."""
        return mention.governor is not None and self.word[mention.governor] not in _NO_OWNERS

    def _content(self, scene: _Scene) -> None:
        """What is said, written or shown: the person that it is about is hurt by it, if not named before."""
        clause, subject = scene.clause, scene.subject
        if clause.opener == "relative" and any(
            not part.did_it and part.mention.clause == clause.parent and part.mention.preposition
            for part in self.parts
        ):
            return
        attack = bool(scene.deeds & {"deeds attack", "deeds send"})
        if attack and self.verbs.is_passive(clause, scene.deeds, scene.by):
            self._add(clause, scene.by, did_it=True)
            self._add(clause, scene.bare, did_it=False)
            return
        people = [m for m in scene.bare if m.kind != "pronoun" or m not in subject]
        accuses = clause.opener == "relative"
        if attack and subject and (subject[0].kind == "pronoun" or (len(people) > 1 and not accuses)):
            self._add(clause, subject, did_it=True)
            people = [m for m in people if m not in subject]
        elif people:
            people = [m for m in people if m is people[0] or m.joined_to in people]
        self._add(clause, people, did_it=False)
        if not people and not attack and subject and subject[0].kind == "pronoun":  # "dat ze een heks is"
            self._add(clause, subject, did_it=False, weak=True)

    # what a phrase tells by itself

    def _phrase(self, scene: _Scene, mention: PersonMention) -> None:
        """ "een foto van een leerling", "appjes van een juf", "een bericht over de school"."""
        if mention.governor is None or mention.modifies or mention.kind == "body":
            return
        if mention.preposition in self.words["of"]:
            did_it = self._part_of_owner(scene, mention, mention.governor)
            if did_it is not None:
                self._add(scene.clause, [mention], did_it)
        elif scene.clause.number not in self.skipped and self._is_hurt_phrase(
            scene, mention, mention.governor
        ):
            self._add(scene.clause, [mention], did_it=False)

    def _part_of_owner(self, scene: _Scene, mention: PersonMention, governor: int) -> bool | None:
        """Whether who something is "of" did it (messages) or is hurt by it (pictures); None if neither."""
        clause = scene.clause
        thing = self.verbs.thing(clause, governor)
        if thing == "picture":
            shown = any(governor in places for places in clause.places("known schermafbeelding"))
            return None if shown else False
        if thing == "message":
            to_teller = clause.number in self.skipped and any(m.role == "teller" for m in scene.here)
            return None if to_teller or self._is_below(governor) else True
        return False if thing == "account" and mention.role == "school" else None

    def _is_below(self, thing: int) -> bool:
        """Whether something was put below a message: "onder een bericht van juf Ans"."""
        before = [self.word[place] for place in range(max(0, thing - 3), thing)]
        return bool({"onder", "under", "below"} & set(before))

    def _is_hurt_phrase(self, scene: _Scene, mention: PersonMention, governor: int) -> bool:
        clause = scene.clause
        thing = self.verbs.thing(clause, governor)
        verbless = not clause.has("finite", "passive", "perfect")
        if mention.preposition in self.words["over"] - {"of", "rond"}:
            return bool(thing) or verbless or clause.has(*DEEDS, *THINGS)
        if mention.preposition in ("aan", "to", "naar", "tegen"):
            sent = verbless or (clause.has("passive") and not clause.has("deeds post", "deeds put"))
            return thing == "message" or (sent and clause.has("things message"))
        return mention.preposition in ("met", "with") and clause.has("shown") and clause.has("things picture")

    # putting together

    def _meant(self, mention: PersonMention, did_it: bool) -> PersonMention | None:
        if mention.kind != "pronoun" or mention.role:
            return mention
        culprits = [part.mention for part in self.parts if part.did_it and part.mention.kind != "pronoun"]
        return self.subjects.resolve(mention, culprits, did_it)

    def _add(
        self, clause: Clause, mentions: Iterable[PersonMention], did_it: bool, weak: bool = False
    ) -> None:
        forced = clause.has("forced")
        for mention in mentions:
            meant = self._meant(mention, did_it)
            if meant is None or meant.kind == "body" or is_denied(mention, self.prose):
                continue
            if (forced and not did_it) or (meant.role == "teller" and did_it and not self.own_fault):
                continue
            if meant.role == "group" and not did_it and self._is_place(meant):
                continue
            role = {"teller": self.teller, "group": "leerling"}.get(meant.role or "", meant.role)
            doubted = forced or self._is_doubted(clause)
            if meant is not mention:
                doubted = doubted or any(part.doubted and part.mention is meant for part in self.parts)
            self.parts.append(Part(meant, role, did_it, doubted, weak))

    def _is_place(self, group: PersonMention) -> bool:
        """Whether "de klas" is where something was sent, not who it is about."""
        about = self.words["of"] | {"over", "about"}
        return bool(group.preposition) and group.preposition not in about

    def _is_doubted(self, clause: Clause) -> bool:
        chain = [clause]
        while chain[-1].parent is not None and chain[-1].opener != "other":
            chain.append(self.clauses[chain[-1].parent])
        return any(one.has("doubt") or one.is_hearsay for one in chain)

    def _with_later_doubt(self) -> Iterator[Part]:
        """The parts, with the doubt that is said afterwards: "maar dat is niet bevestigd"."""
        doubts = [clause for clause in self.clauses if clause.has("back_doubt")]
        for part in self.parts:
            place = part.mention.head
            sentence = self.prose.sentences[place]
            late = any(
                clause.sentence - 1 <= sentence <= clause.sentence and clause.first > place
                for clause in doubts
            )
            yield replace(part, doubted=True) if late and part.did_it else part


def _without_repeats(parts: Iterable[Part]) -> Iterator[Part]:
    seen: set[tuple[int, bool]] = set()
    for part in parts:
        key = (part.mention.head, part.did_it)
        if key not in seen:
            seen.add(key)
            yield part
