"""Reading a pack's protocol.yaml, and comparing it with source.txt, the document it was made from."""

from __future__ import annotations

from pathlib import Path

from knowledge.files.problems import Problem, did_you_mean
from knowledge.files.yaml_file import Value, read
from knowledge.language.words import LANGUAGES
from knowledge.pack.protocol import Protocol, Rule, RuleId, Section, Text, differences

FILE, SOURCE = "protocol.yaml", "source.txt"
OURS = ("short", "silent", "concerns", "see_also")
"""What a person writes beside a rule; a pack of proposals may lack it: the rule's own text is the answer."""
CONCERNS = ("medewerker", "leerling", "ouder", "directie", "bestuur")


def load(folder: Path, proposed: bool, problems: list[Problem]) -> tuple[Protocol, str]:
    """The protocol and the document it came from. `proposed`: see `knowledge.pack.loading.Pack`."""
    reader = _Reader(folder, proposed, problems)
    protocol = reader.read()
    return protocol, reader.source(protocol)


class _Reader:
    def __init__(self, folder: Path, proposed: bool, problems: list[Problem]) -> None:
        self.folder = folder
        self.proposed = proposed
        self.problems = problems
        self.path = str(folder / FILE)

    def read(self) -> Protocol:
        file = read(self.folder / FILE, self.path, self.problems)
        if file.missing:
            return Protocol("", ())
        fields = file.fields("title", "sections")
        sections: list[Section] = []
        seen: dict[str, int] = {}
        references: list[tuple[str, Value]] = []
        for entry in fields["sections"].sequence():
            part = entry.fields("id", "place", "rules", optional=("heading", "numbered"))
            section_id = part["id"].text()
            path = tuple(text for text, _ in part["place"].texts())
            heading = part["heading"].text(required=False)
            numbered = part["numbered"].yes()
            members = list(part["rules"].sequence())
            rules: list[Rule] = []
            for number, member in enumerate(members, 1):
                rule = self._rule(
                    member, section_id, path, number, numbered, alone=len(members) == 1, references=references
                )
                if rule.id in seen:
                    member.problem(f'rule "{rule.id}" stands here twice (first on line {seen[rule.id]})')
                seen.setdefault(rule.id, rule.line)
                rules.append(rule)
            sections.append(Section(section_id, path, heading, numbered, tuple(rules)))
        for target, value in references:
            if target not in seen:
                value.problem(f'unknown rule "{target}"{did_you_mean(target, seen)}')
        return Protocol(fields["title"].text(), tuple(sections))

    def _rule(
        self,
        entry: Value,
        section: str,
        path: tuple[str, ...],
        number: int,
        numbered: bool,
        alone: bool,
        references: list[tuple[str, Value]],
    ) -> Rule:
        part = entry.fields(
            *("id", "title", "text"),
            *(() if self.proposed else OURS),
            optional=("offers_report", "citation", *(OURS if self.proposed else ())),
        )
        rule_id = part["id"].text()
        text = part["text"].text()
        citation = part["citation"].text(required=False)
        if rule_id and not citation and rule_id != f"{section}-{number}":
            part["id"].problem(
                f'rule "{rule_id}" is number {number} of section "{section}", so its id should be '
                f'"{section}-{number}"'
            )
        see_also = []
        for value in part["see_also"].sequence():
            target = value.text()
            references.append((target, value))
            see_also.append(RuleId(target))
        concerns = tuple(text for text, _ in part["concerns"].texts())
        for concerned in concerns:
            if concerned not in CONCERNS:
                part["concerns"].problem(f'unknown "{concerned}"{did_you_mean(concerned, CONCERNS)}')
        return Rule(
            id=RuleId(rule_id),
            text=text,
            title=part["title"].translated(),
            short=self._ours(part["short"], text),
            silent=self._ours(part["silent"], ""),
            concerns=concerns,
            see_also=tuple(see_also),
            offers_report=part["offers_report"].yes(),
            section=section,
            path=path,
            number=number,
            numbered=numbered,
            alone=alone,
            citation=citation,
            line=entry.line,
            text_line=part["text"].text_line,
        )

    def _ours(self, value: Value, otherwise: str) -> Text:
        """What a person wrote in every language, or what stands there as long as nobody did."""
        if self.proposed and value.missing:
            return dict.fromkeys(LANGUAGES, otherwise)
        return value.translated()

    def source(self, protocol: Protocol) -> str:
        """The document, and every place where the protocol is not it."""
        path = str(self.folder / SOURCE)
        try:
            source = (self.folder / SOURCE).read_text(encoding="utf-8")
        except FileNotFoundError:
            self.problems.append(
                Problem(
                    path, 0, "the file is missing; it holds the document that protocol.yaml was made from"
                )
            )
            return ""
        except UnicodeDecodeError:
            self.problems.append(Problem(path, 1, "this is not UTF-8 text; save the file as UTF-8"))
            return ""
        if protocol.sections:
            for ours, line, message in differences(protocol, source):
                if ours and ours.rule:
                    where = ours.rule.text_line + ours.offset
                    self.problems.append(
                        Problem(
                            self.path,
                            where,
                            f"{ours.rule.id} differs from {path}:{line}: {message}",
                        )
                    )
                else:
                    self.problems.append(Problem(path, line, message))
        return source
