"""How the teller knows, and who else knows of it: read from the clauses in which somebody tells somebody."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.intake.story_clauses import Clause, is_english_participle, is_participle
from knowledge.intake.story_mention import PersonMention, is_denied
from knowledge.intake.story_prose import Prose
from knowledge.intake.story_words import StoryWords

Finding = tuple[str, tuple[int, int]]
"""An option, and the first and last word that it rests on."""
MERE_CALL = 4
"""Words of a clause that says no more than that somebody called."""
OWN = ("mijn", "my", "onze", "our")
TO_TELLER = ("mij", "me", "ons", "us")


class SourceReader:
    """Reads how it is known and who was told."""

    def __init__(
        self, prose: Prose, clauses: Sequence[Clause], mentions: Sequence[PersonMention], words: StoryWords
    ) -> None:
        self.prose = prose
        self.clauses = clauses
        self.mentions = mentions
        self.words = words.words
        self.word = [token.word for token in prose.tokens]
        media = (hit for hit in words.people.find(prose.tokens) if hit.label.startswith("medium"))
        self.media = {place for hit in media for place in range(hit.first, hit.last + 1)}
        shown = (clause for clause in clauses if clause.has("known schermafbeelding"))
        self.posted = {clause.number for clause in shown if self._is_posted(clause)}
        """Clauses in which screenshots are posted, or made by the teller."""
        self.tells = {clause.number for clause in clauses if self._tells(clause)}
        """Clauses in which somebody tells it to the teller."""
        self.others_told = {clause.number for clause in clauses if self._tells_others(clause)}
        """Clauses in which others hear or know of it."""

    def known(self) -> list[Finding]:
        found: list[Finding] = []
        for clause in self.clauses:
            span = clause.span
            shown = clause.has("known schermafbeelding") and clause.number not in self.posted
            if shown and not clause.has("negation"):
                found.append(("schermafbeelding", span))
            elif clause.has("known toegegeven"):
                pass
            elif clause.number in self.tells or clause.is_hearsay:
                found.append(("verteld", span))
            if clause.has("known gezien") and not shown and not clause.has("negation") and self._sees(clause):
                found.append(("gezien", span))
            if clause.has("known toegegeven") and not clause.has("negation", "doubt"):
                found.append(("toegegeven", span))
        if self.prose.is_letter and any(m.determiner in OWN and m.role == "leerling" for m in self.mentions):
            found.append(("verteld", (0, 0)))
        if any(option == "schermafbeelding" for option, _ in found):
            found = [one for one in found if one[0] != "gezien" or self._says_self(one[1])]
        return found

    def told(self, hurt_pupil: bool) -> list[Finding]:
        """`hurt_pupil`: whether a pupil was hurt, whose parents may be meant."""
        found: list[Finding] = []
        nobody: list[Finding] = []
        for clause in self.clauses:
            span = clause.span
            if clause.has("told nobody") and not clause.has("told nobody_not"):
                nobody.append(("niemand", span))
                continue
            if self._reports_to_police(clause):
                found.append(("politie", span))
                found += [
                    (option, span) for option in self._knowers(clause, hurt_pupil) if option == "ouders"
                ]
            if clause.has("known toegegeven") and not clause.has("negation"):
                found += [
                    ("leerkracht", (m.first, m.last))
                    for m in self.mentions
                    if m.clause == clause.number
                    and m.role == "medewerker"
                    and m.preposition in ("aan", "bij", "to", "tegen")
                ]
            told = self.others_told | self.tells
            elliptic = self.word[clause.last] in ("wel", "ook") and clause.number - 1 in told
            if clause.number in told or elliptic:  # "het bestuur weet het niet, het team wel"
                denied = clause.has("negation") or clause.has("told not_yet")
                if not denied:
                    found += [(option, span) for option in self._knowers(clause, hurt_pupil)]
        found += self._addressees()
        return found or nobody

    def _knowers(self, clause: Clause, hurt_pupil: bool) -> list[str]:
        here = self._here(clause)
        bare = [m for m in here if m.is_bare and m.kind != "pronoun"]
        to = [
            m
            for m in here
            if m.preposition in ("aan", "met", "bij", "tegen", "naar", "to", "with") and m.modifies is None
        ]
        by = [m for m in here if m.preposition in self.words["by"]]
        if clause.number in self.tells:
            who = [m for m in [*bare[:1], *by[:1]] if m.role != "teller"] or bare
            who += [m for m in to if m.role != "teller"]
        else:
            who = bare + to
        return [option for m in who if (option := self._option(m, hurt_pupil))]

    def _here(self, clause: Clause) -> list[PersonMention]:
        """The mentions in a clause; with the subject of the one before, if it goes on with that."""
        here = [m for m in self.mentions if m.clause == clause.number and not m.quoted]
        if clause.opener == "relative" and clause.word in ("die", "who"):
            before = [
                m for m in self.mentions if m.last < clause.first and m.kind != "pronoun" and not m.quoted
            ]
            return [*before[-1:], *here]
        goes_on = clause.opener == "join" and not any(m.is_bare and m.word not in TO_TELLER for m in here)
        if goes_on and clause.number:
            before = [
                m for m in self.mentions if m.clause == clause.number - 1 and not m.quoted and m.is_bare
            ]
            here = [*before[:1], *here]
        return here

    def _option(self, mention: PersonMention, hurt_pupil: bool) -> str | None:
        """What somebody who knows counts as."""
        if is_denied(mention, self.prose):
            return None
        if mention.kind == "body":
            return mention.role
        if mention.role == "medewerker":
            return "leerkracht" if mention.word not in self.words["not_team"] else None
        if mention.role == "ouder" and self._is_own_parent(mention, hurt_pupil):
            return "ouders"
        return None

    def _is_own_parent(self, mention: PersonMention, hurt_pupil: bool) -> bool:
        """Whether it is a parent of a pupil of the story, not just any parent."""
        if self._speaks_of_own_child(mention):
            return True
        if mention.determiner in self.words["vague"] or mention.determiner in ("alle", "all"):
            return False
        plural = mention.word in ("ouders", "parents")
        if mention.word in ("ouder", "parent"):
            return False
        earlier = [
            m
            for m in self.mentions
            if m.head < mention.head
            and m.role == "ouder"
            and m.determiner in self.words["vague"]
            and m.word == mention.word
        ]
        if earlier and mention.determiner not in self.words["possessives"]:
            return False
        return plural or hurt_pupil or mention.determiner in self.words["possessives"]

    def _speaks_of_own_child(self, mention: PersonMention) -> bool:
        """ "een moeder vertelde dat haar zoon ...": the child is the one of the story."""
        following = [
            m
            for m in self.mentions
            if m.head > mention.head
            and m.role == "leerling"
            and (m.determiner in self.words["possessives"] or not m.determiner)
            and m.word in ("zoon", "dochter", "zoontje", "dochtertje", "kind", "son", "daughter", "child")
            and m.clause <= mention.clause + 2
        ]
        return bool(following) and mention.clause in self.tells

    def _addressees(self) -> list[Finding]:
        """ "Mail aan bestuur": whom the story was sent to knows of it."""
        first = self.clauses[0] if self.clauses else None
        if first is None or not first.has("things message") or first.has("finite"):
            return []
        return [
            (m.role, (m.first, m.last))
            for m in self.mentions
            if m.clause == first.number and m.kind == "body" and m.preposition in ("aan", "to") and m.role
        ]

    def _reports_to_police(self, clause: Clause) -> bool:
        return clause.has("told report_to_police") and not clause.has("negation", "told not_yet")

    def _is_posted(self, clause: Clause) -> bool:
        """Whether a screenshot is not what it is known by, but what was posted, or what the teller made."""
        words = {self.word[place] for place in clause.tokens}
        if words & self.words["stores"]:
            return True
        to_teller = any(word in words for word in TO_TELLER)
        return (
            clause.has("deeds put", "deeds post") and not to_teller and bool(self.media & set(clause.tokens))
        )

    def _tells(self, clause: Clause) -> bool:
        here = self._here(clause)
        if clause.has("negation"):
            return False
        to_teller = any(self.word[place] in TO_TELLER for place in clause.tokens)
        first = [self.word[place] for place in clause.tokens]
        if self._testifies(clause, here):
            return True
        others = [m for m in here if m.role != "teller"]
        if clause.has("known schermafbeelding"):
            return bool(others) and to_teller
        if clause.has("tell to_me") and to_teller and others:
            return True
        callers = [m for m in here if m.is_bare and m.role in ("ouder", "medewerker", "leerling", "outside")]
        mere = len(clause.tokens) <= MERE_CALL and len(callers) == 1 and not clause.has("passive")
        if mere and {*first} & self.words["calls"]:
            return True  # "Fay's moeder belde."
        we = any(word in ("ik", "wij", "we", "i") for word in first)
        by = any(m.preposition in self.words["by"] for m in others)
        if we and by and clause.has("tell to_me") and clause.has("passive"):
            return True
        if not clause.has("tell by_itself"):
            return False
        away = [m for m in here if m.preposition in ("aan", "tegen", "to") and m.role in ("ouder", "outside")]
        if away and not to_teller:
            return False
        teller_did = bool(here) and here[0].role == "teller" and here[0].word not in TO_TELLER and not by
        heard = any(
            word
            in (
                "hoorde",
                "hoorden",
                "gehoord",
                "vernam",
                "vernomen",
                "heard",
                "kreeg",
                "kregen",
                "gekregen",
                "gehad",
                "ontvangen",
            )
            for word in first
        )
        return heard or not teller_did

    def _testifies(self, clause: Clause, here: list[PersonMention]) -> bool:
        """ "een leerling zegt dat ...", and not on any medium."""
        child = any(
            (other.parent == clause.number and other.word in ("dat", "that"))
            or (other.number == clause.number + 1 and other.opener == ":")
            for other in self.clauses
        )
        says = clause.has("deeds say") or bool({self.word[p] for p in clause.tokens} & self.words["testify"])
        by_other = any(m.is_bare and m.role not in ("teller", None) for m in here)
        return says and child and by_other and not any(place in self.media for place in clause.tokens)

    def _tells_others(self, clause: Clause) -> bool:
        if clause.has("told know"):
            return True
        if clause.has("told found_out") and not clause.has("tell to_me"):
            return self._finds_out(clause)
        if not clause.has("told inform"):
            return False
        here = self._here(clause)
        to = ("aan", "met", "bij", "tegen", "naar", "to", "with")
        can_know = [
            m
            for m in here
            if (m.kind == "body" or m.role in ("ouder", "medewerker")) and (m.is_bare or m.preposition in to)
        ]
        if not can_know:
            return False
        attacks = clause.has("deeds attack", "deeds send") and not clause.has("passive")
        by_teller = any(self.word[place] in ("ik", "wij", "we", "i") for place in clause.tokens)
        if attacks and not by_teller and not any(m.kind == "body" for m in can_know):
            return False
        informed = [self.word[place] for places in clause.places("told inform") for place in places]
        by = [m for m in here if m.preposition in self.words["by"] and m.role != "teller"]
        if set(informed) == {"called"} and by:
            return False  # "was called a liar by a mother"
        passive = clause.has("passive") or any(self.word[p] == "been" for p in clause.tokens)
        participle = any(is_participle(word) or is_english_participle(word) for word in informed)
        if participle and passive:
            return True
        if by_teller or any(m.preposition or m.kind == "body" for m in can_know):
            return True
        return len(here) > 1 or bool({"gemeld", "meldde", "meldden", "reported"} & set(informed))

    def _finds_out(self, clause: Clause) -> bool:
        """Whether somebody of those who count as told found it out: "haar moeder heeft het gelezen"."""
        if clause.has("deeds receive") and clause.has("things message", "things picture"):
            return False
        here = [m for m in self._here(clause) if m.is_bare]
        known = bool(here) and (here[0].kind == "body" or here[0].role in ("ouder", "medewerker"))
        return known and not clause.has("negation")

    def _sees(self, clause: Clause) -> bool:
        here = [m for m in self.mentions if m.clause == clause.number and m.is_bare and not m.quoted]
        others = [m for m in here if m.role != "teller" and m.kind != "pronoun"]
        return any(m.role == "teller" for m in here) or not others

    def _says_self(self, span: tuple[int, int]) -> bool:
        return any(self.word[place] in ("zelf", "myself", "eyes") for place in range(span[0], span[1] + 1))
