"""A board's pack: everything particular to it, read from one folder, with all problems reported at once.

pack.yaml        the board's name, whom to ask, how small talk is told
protocol.yaml    sections and rules, verbatim          source.txt   the document they came from
topics.yaml      what people ask and the protocol is silent on
lexicon.yaml     concepts and the words for them, beside those that all boards share
phrasings/*.LANGUAGE.yaml     how people ask, by rule or topic and by voice
flows/*.yaml     guided talks: checks, and the incident report
steps.yaml       what must happen after an incident
things.yaml, first_lines.yaml, explain.yaml     how an answer begins and goes on; optional
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from knowledge.files.problems import PackError, Problem, did_you_mean
from knowledge.files.yaml_file import Value, missing_text, read
from knowledge.language.lexicon import parse_form
from knowledge.language.words import LANGUAGES, Language, split
from knowledge.pack import contract, flow_reader, policy_check, policy_reader, protocol_reader
from knowledge.pack.contract import CONTACTS
from knowledge.pack.flow import Flow
from knowledge.pack.identity import board_id
from knowledge.pack.policy import NO_POLICY, Policy
from knowledge.pack.protocol import Protocol, RuleId, Text
from knowledge.talk import explanations, first_lines, situations, things
from knowledge.talk.explanations import Explanation
from knowledge.talk.first_lines import FirstLines
from knowledge.talk.situations import Situation
from knowledge.talk.things import ThingReader

SHARED_LEXICON = Path(__file__).parent.parent / "common" / "lexicon.yaml"
OTHER_LABELS = ("incident", "smalltalk")
"""What a phrasing can mean besides a rule or a topic."""
Smalltalk = Literal["thanks", "self", "greeting"]
"""thanks: thanks and goodbyes; self: who or what the assistant is."""
SMALLTALK: tuple[Smalltalk, ...] = ("thanks", "self", "greeting")


@dataclass(frozen=True, slots=True)
class Topic:
    """Something people ask that the protocol does not answer."""

    id: str
    kind: Literal["near", "far"]
    title: Text
    silent: Text
    """What is not in the protocol and, where useful, what is."""
    nearest: RuleId | None
    ask: str
    """Whom to ask: a name from the pack's contacts."""
    line: int

    @property
    def label(self) -> str:
        return f"{self.kind}/{self.id}"


@dataclass(frozen=True, slots=True)
class Phrasing:
    """One way in which people ask for a rule or touch on a topic."""

    text: str
    label: str
    """A rule id, `near/…`, `far/…`, `incident` or `smalltalk`."""
    language: Language
    voice: str
    """Who talks like this; whole voices are left out to measure honestly."""
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Talk:
    """What the conversation has to know about the pack beside its rules."""

    ask: str
    """Whom to ask where no topic says so: a name from the contacts."""
    recording: RuleId | None
    """The rule that is shown to who wants to report something."""
    smalltalk: Mapping[str, Smalltalk]
    """Concept of the lexicon → the small talk that it shows."""
    alternatives: tuple[tuple[str, ...], ...] = ()
    """Groups of concepts of which one takes another's place in "en op de website?"."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How to reach a contact."""

    phone: str
    hours: Text | None
    """When the telephone is answered, if that is known."""


NO_THINGS = ThingReader({}, {}, {}, ())
NO_FIRST_LINES = FirstLines({})


@dataclass(frozen=True, slots=True)
class Pack:
    folder: Path
    name: str
    contacts: Mapping[str, Text]
    protocol: Protocol
    source: str
    topics: tuple[Topic, ...]
    concepts: Mapping[str, tuple[str, ...]]
    concept_lines: Mapping[str, Mapping[str, int]]
    """Concept → form → line, of the forms that the pack's own lexicon.yaml adds."""
    phrasings: tuple[Phrasing, ...]
    fingerprint: str
    """The hash of the files that the index hangs on: the same hash, the same index."""
    talk: Talk
    flows: tuple[Flow, ...]
    """The guided talks, of one name the highest version first."""
    things: ThingReader = NO_THINGS
    first_lines: FirstLines = NO_FIRST_LINES
    explanations: Mapping[str, Explanation] = field(default_factory=dict)
    """Rule → what can be said of it besides its answer."""
    situations: tuple[Situation, ...] = ()
    """Delicate situations, the most telling first."""
    board: str = ""
    """The board's id: whose cases a database holds goes by it."""
    policy: Policy = NO_POLICY
    """What must happen after an incident."""
    reach: Mapping[str, Reach] = field(default_factory=dict)
    """Contact → how to reach them, where the board has filled that in."""
    languages: tuple[Language, ...] = LANGUAGES
    """In which the pack was written; what is not there in another is shown in the first of all."""
    proposed: bool = False
    """Whether nobody has written phrasings yet: then the provisions' own words say what to choose from."""

    def topic(self, label: str) -> Topic:
        """The topic with this label ("near/foto-maken"). Raises `KeyError`."""
        for topic in self.topics:
            if topic.label == label:
                return topic
        raise KeyError(label)

    @property
    def reports(self) -> bool:
        """Whether an incident can be reported: the pack has the talk for it."""
        return any(flow.id == contract.REPORT for flow in self.flows)

    @property
    def checks(self) -> tuple[Flow, ...]:
        """The guided talks that are asked in one go, each as it is now."""
        return tuple(flow for flow in self.flows if flow.is_check and flow is self.flow(flow.id))

    def flow(self, name: str, version: int | None = None) -> Flow:
        """The guided talk of this name, by default as it is now. Raises `KeyError`."""
        for flow in self.flows:
            if flow.id == name and version in (None, flow.version):
                return flow
        raise KeyError(name)


def files(folder: Path) -> list[Path]:
    """The files that the index is learnt from or checked against, in a fixed order. Neither pack.yaml nor the
    flows are among them: a changed telephone number or question is no reason to learn anew."""
    fixed = [folder / name for name in ("protocol.yaml", "source.txt", "topics.yaml", "lexicon.yaml")]
    return [*fixed, SHARED_LEXICON, *sorted((folder / "phrasings").glob("*.yaml"))]


def fingerprint(folder: Path) -> str:
    """A hash over the names and bytes of `files`."""
    digest = hashlib.sha256()
    for file in files(folder):
        digest.update(file.name.encode())
        if file.is_file():
            content = file.read_bytes()
            digest.update(len(content).to_bytes(8, "big"))
            digest.update(content)
    return digest.hexdigest()


def load(folder: Path, learnable: bool = True) -> Pack:
    """Read a pack, with or without what is only needed to learn it: phrasings and lexicon.

    Raises `PackError` with every error at once if there is any.
    """
    pack, problems = examine(folder, learnable)
    errors = [problem for problem in problems if not problem.advice]
    if errors:
        raise PackError(errors)
    return pack


def examine(folder: Path, learnable: bool = True) -> tuple[Pack, list[Problem]]:
    """What can be read of a pack, and everything wrong with it. Raises `PackError` only where there is no
    folder.
    """
    problems: list[Problem] = []
    pack = _Reader(folder, problems).read(learnable)
    silent = tuple(missing_text(language) for language in LANGUAGES if language not in pack.languages)
    return pack, [problem for problem in problems if not (silent and problem.message.endswith(silent))]


class _Reader:
    def __init__(self, folder: Path, problems: list[Problem]) -> None:
        self.folder = folder
        self.problems = problems

    def read(self, learnable: bool) -> Pack:
        if not self.folder.is_dir():
            self.problems.append(
                Problem(
                    str(self.folder), 0, "there is no such pack folder; set PROTOCOL to the folder of a pack"
                )
            )
            raise PackError(self.problems)
        about = self._file("pack.yaml").fields(
            "name",
            "contacts",
            "ask",
            optional=(
                "board",
                "languages",
                "proposed",
                "recording",
                "smalltalk",
                "alternatives",
                "reach",
                "report",
            ),
        )
        self.languages = self._languages(about["languages"])
        contacts = {name: value.translated() for name, value in about["contacts"].items()}
        for name in CONTACTS:
            if contacts and name not in contacts:
                about["contacts"].problem(
                    f'there is no contact "{name}"; who wants to report an incident is sent there'
                )
        proposed = about["proposed"].yes()
        protocol, source = protocol_reader.load(self.folder, proposed, self.problems)
        topics = self._topics(protocol, contacts)
        concepts, concept_lines = self._lexicon() if learnable else ({}, {})
        phrasings = self._phrasings(protocol, topics) if learnable else ()
        talk = self._talk(about, protocol, contacts, concepts if learnable else None)
        rules = [rule.id for rule in protocol]
        labels = [*rules, *(topic.label for topic in topics)]
        reader = things.load(self.folder, self.problems)
        flows = flow_reader.load(self.folder, rules, list(contacts), self.problems)
        return Pack(
            folder=self.folder,
            name=about["name"].text(),
            board=board_id(about["board"], self.folder),
            languages=self.languages,
            proposed=proposed,
            contacts=contacts,
            protocol=protocol,
            source=source,
            topics=topics,
            concepts=concepts,
            concept_lines=concept_lines,
            phrasings=phrasings,
            fingerprint=fingerprint(self.folder),
            talk=talk,
            flows=flows,
            policy=self._policy(about["report"], flows, rules),
            things=reader,
            first_lines=first_lines.load(self.folder, reader, labels, self.problems),
            explanations=explanations.load(self.folder, rules, list(contacts), self.problems),
            situations=situations.load(self.folder, reader, rules, list(contacts), self.problems),
            reach=_reach(about["reach"], contacts),
        )

    def _languages(self, value: Value) -> tuple[Language, ...]:
        """The languages in which every rule must have phrasings; all of ours where the pack names none."""
        named = [text for text, _ in value.texts()] if not value.missing else []
        for name in named:
            if name not in LANGUAGES:
                value.problem(f'unknown language "{name}"{did_you_mean(name, LANGUAGES)}')
        return tuple(language for language in LANGUAGES if language in named) or LANGUAGES

    def _path(self, name: str) -> str:
        return str(self.folder / name)

    def _file(self, name: str) -> Value:
        return read(self.folder / name, self._path(name), self.problems)

    def _talk(
        self,
        about: Mapping[str, Value],
        protocol: Protocol,
        contacts: Mapping[str, Text],
        concepts: Mapping[str, object] | None,
    ) -> Talk:
        """`concepts` are None where the lexicon was not read."""
        ask = about["ask"].text()
        if ask and contacts and ask not in contacts:
            about["ask"].problem(f'unknown contact "{ask}"{did_you_mean(ask, contacts)}')
        recording = about["recording"].text(required=False)
        rules = [rule.id for rule in protocol]
        if recording and rules and recording not in rules:
            about["recording"].problem(f'unknown rule "{recording}"{did_you_mean(recording, rules)}')
        smalltalk: dict[str, Smalltalk] = {}
        for kind, value in about["smalltalk"].fields(optional=SMALLTALK).items():
            for name in _concepts(value, concepts):
                smalltalk[name] = next(known for known in SMALLTALK if known == kind)
        alternatives = tuple(_concepts(group, concepts) for group in about["alternatives"].sequence())
        return Talk(ask, RuleId(recording) if recording else None, smalltalk, alternatives)

    def _policy(self, reports: Value, flows: tuple[Flow, ...], rules: list[RuleId]) -> Policy:
        """The step plan; the talk of the report and steps.yaml come together, or are both left out."""
        path, talk = self._path(policy_reader.FILE), self._path(f"flows/{contract.REPORT}.yaml")
        told = [flow for flow in flows if flow.id == contract.REPORT]
        has_plan = (self.folder / policy_reader.FILE).is_file()
        if not told and (has_plan or reports.yes()):
            self.problems.append(
                Problem(talk, 0, "the file is missing; it is the talk in which an incident is reported")
            )
        if not has_plan:
            if told or reports.yes():
                self.problems.append(
                    Problem(path, 0, "the file is missing; it says what must happen after an incident")
                )
            return NO_POLICY
        slips: list[Problem] = []
        policy = policy_reader.load(self.folder, rules, told[0] if told else None, slips)
        wrong = [problem for flow in told for problem in contract.examine(flow, policy)]
        if wrong:  # conditions on a question of another name would only repeat it
            slips.clear()
            policy = policy_reader.load(self.folder, rules, None, slips)
        elif told and not slips:
            slips += policy_check.proof(policy, told[0], path)
        self.problems += (*wrong, *slips)
        return policy

    def _topics(self, protocol: Protocol, contacts: Mapping[str, Text]) -> tuple[Topic, ...]:
        rules = {rule.id for rule in protocol}
        topics: dict[str, Topic] = {}
        for kind, entries in self._file("topics.yaml").fields("near", "far").items():
            for entry in entries.sequence():
                part = entry.fields("id", "title", "silent", "ask", optional=("nearest",))
                nearest = part["nearest"].text() if not part["nearest"].missing else ""
                if nearest and rules and nearest not in rules:
                    part["nearest"].problem(f'unknown rule "{nearest}"{did_you_mean(nearest, rules)}')
                ask = part["ask"].text()
                if ask and ask not in contacts:
                    part["ask"].problem(
                        f'unknown contact "{ask}"{did_you_mean(ask, contacts)}; contacts stand in pack.yaml'
                    )
                topic = Topic(
                    id=part["id"].text(),
                    kind="near" if kind == "near" else "far",
                    title=part["title"].translated(),
                    silent=part["silent"].translated(),
                    nearest=RuleId(nearest) if nearest else None,
                    ask=ask,
                    line=entry.line,
                )
                if topic.label in topics:
                    entry.problem(
                        f'topic "{topic.id}" stands here twice (first on line {topics[topic.label].line})'
                    )
                topics[topic.label] = topic
        return tuple(topics.values())

    def _lexicon(self) -> tuple[dict[str, tuple[str, ...]], dict[str, dict[str, int]]]:
        """Concept → its forms, the shared ones first; and concept → own form → its line."""
        entries = dict(self._file("lexicon.yaml").items())
        shares = entries.pop("shares", None)
        shared = (
            _forms(read(SHARED_LEXICON, str(SHARED_LEXICON), self.problems))
            if shares and shares.yes()
            else {}
        )
        own = {name: _own_forms(name, value, shared.get(name, ())) for name, value in entries.items()}
        concepts = {name: (*shared.get(name, ()), *own.get(name, ())) for name in (shared | own)}
        return concepts, own

    def _phrasings(self, protocol: Protocol, topics: tuple[Topic, ...]) -> tuple[Phrasing, ...]:
        rules = [rule.id for rule in protocol]
        labels = [*rules, *(topic.label for topic in topics), *OTHER_LABELS]
        found: list[Phrasing] = []
        first: dict[tuple[str, ...], Phrasing] = {}
        files = sorted((self.folder / "phrasings").glob("*.yaml"))
        if not files:
            self.problems.append(
                Problem(
                    self._path("phrasings"),
                    0,
                    "there are no phrasings; expected files such as phrasings/profilering.nl.yaml",
                )
            )
        for file in files:
            path = self._path(f"phrasings/{file.name}")
            language = file.name.split(".")[-2]
            if language not in LANGUAGES:
                known = " or ".join(f".{name}.yaml" for name in LANGUAGES)
                self.problems.append(
                    Problem(path, 0, f'the name should end in {known}, not ".{language}.yaml"')
                )
                continue
            for label, voices in read(file, path, self.problems).items():
                if label not in labels:
                    voices.problem(f'unknown rule or topic "{label}"{did_you_mean(label, labels)}')
                for voice, texts in voices.items():
                    for text, line in texts.texts():
                        phrasing = Phrasing(
                            text, label, "en" if language == "en" else "nl", voice, path, line
                        )
                        self._note_duplicate(phrasing, first)
                        found.append(phrasing)
        self._note_labels_without_phrasings(protocol, topics, found)
        return tuple(found)

    def _note_duplicate(self, phrasing: Phrasing, first: dict[tuple[str, ...], Phrasing]) -> None:
        key = tuple(split(phrasing.text))
        other = first.setdefault(key, phrasing)
        if other is phrasing:
            return
        where = f"{other.path}:{other.line}"
        if other.label == phrasing.label:
            message = f'"{phrasing.text}" stands twice (first in {where})'
        else:
            message = (
                f'"{phrasing.text}" stands under {phrasing.label} and under {other.label} ({where}); '
                f"keep it where it belongs"
            )
        self.problems.append(Problem(phrasing.path, phrasing.line, message))

    def _note_labels_without_phrasings(
        self, protocol: Protocol, topics: tuple[Topic, ...], phrasings: list[Phrasing]
    ) -> None:
        if not phrasings:
            return
        present = {(phrasing.label, phrasing.language) for phrasing in phrasings}
        taught = {phrasing.label for phrasing in phrasings}
        where: list[tuple[str, str, int]] = [(rule.id, "protocol.yaml", rule.line) for rule in protocol]
        # a topic that was taught in one language is found in that one
        where += [(topic.label, "topics.yaml", topic.line) for topic in topics if topic.label not in taught]
        where += [(label, "phrasings", 0) for label in OTHER_LABELS]
        for label, file, line in where:
            for language in self.languages:
                if label and (label, language) not in present:
                    self.problems.append(
                        Problem(
                            self._path(file),
                            line,
                            f'"{label}" has no {language} phrasings: nobody can find it',
                        )
                    )


def _forms(file: Value) -> dict[str, tuple[str, ...]]:
    return {name: tuple(text for text, _ in value.texts()) for name, value in file.items()}


def _own_forms(name: str, value: Value, shared: Collection[str]) -> dict[str, int]:
    forms: dict[str, int] = {}
    for member in value.sequence():
        form = member.text()
        if form in forms:
            member.problem(f'form "{form}" stands twice in {name} (first on line {forms[form]})')
        elif form in shared:
            member.problem(f'form "{form}" of {name} is among the shared ones already')
        elif form and not parse_form(form):
            member.problem(f'form "{form}" of {name} can match nothing: it has no letters or digits')
        forms.setdefault(form, member.line)
    if not forms:
        value.problem(f"concept {name} has no forms")
    return forms


def _concepts(value: Value, known: Mapping[str, object] | None) -> tuple[str, ...]:
    """A list of concepts. `known` is None where the lexicon was not read."""
    names = []
    for entry in value.sequence():
        name = entry.text()
        if known and name and name not in known:
            entry.problem(
                f'unknown concept "{name}"{did_you_mean(name, known)}; concepts stand in lexicon.yaml'
            )
        names.append(name)
    return tuple(names)


def _reach(value: Value, contacts: Mapping[str, Text]) -> dict[str, Reach]:
    """Telephone and hours of contacts, as far as the board has filled them in."""
    found: dict[str, Reach] = {}
    for name, entry in value.items():
        if name not in contacts:
            entry.problem(f'unknown contact "{name}"{did_you_mean(name, contacts)}')
        fields = entry.fields("phone", optional=("hours",))
        hours = None if fields["hours"].missing else fields["hours"].translated()
        found[name] = Reach(fields["phone"].text(), hours)
    return found
