"""Reading YAML that people edit: every value knows its line, every fault is collected and none stops the
reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from knowledge.files.problems import Problem, did_you_mean
from knowledge.language.words import LANGUAGES, Language

DEEPEST = 40
"""Levels of nesting; a pack has six."""
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def missing_text(language: Language) -> str:
    """How advice on a text that is not there in a language ends."""
    return f"has no {language} text; the {LANGUAGES[0]} one is shown"


class Value:
    """One value in a YAML file. The readers below return an empty value and note a problem where the type is
    wrong.
    """

    def __init__(
        self, node: yaml.Node | None, path: str, line: int, name: str, problems: list[Problem]
    ) -> None:
        self._node = node
        self.path = path
        self.line = line
        self.name = name
        self._problems = problems

    def problem(self, message: str, line: int | None = None) -> None:
        self._problems.append(Problem(self.path, self.line if line is None else line, message))

    @property
    def missing(self) -> bool:
        return self._node is None

    @property
    def is_list(self) -> bool:
        return isinstance(self._node, yaml.SequenceNode)

    @property
    def text_line(self) -> int:
        """Where a text's first line stands: below the `|` of a block, else where it begins."""
        block = isinstance(self._node, yaml.ScalarNode) and self._node.style in ("|", ">")
        own = self._node.start_mark.line + 1 if self._node else self.line
        return own + 1 if block else own

    def text(self, required: bool = True) -> str:
        """The value as one text; a number or a yes/no is refused, because YAML may have changed it."""
        node = self._node
        if node is None:
            if required:
                self.problem(f'"{self.name}" is missing')
            return ""
        if not isinstance(node, yaml.ScalarNode):
            self.problem(f'"{self.name}" should be text, but is a {_kind(node)}')
            return ""
        if node.tag != "tag:yaml.org,2002:str":
            self.problem(f'"{self.name}" should be text; put "{node.value}" between quotes')
            return str(node.value)
        if required and not node.value.strip():
            self.problem(f'"{self.name}" is empty')
        return str(node.value)

    def yes(self) -> bool:
        """A yes or no; false where it is missing."""
        node = self._node
        if node is None:
            return False
        if not isinstance(node, yaml.ScalarNode) or node.value not in ("true", "false"):
            self.problem(f'"{self.name}" should be true or false')
            return False
        return bool(node.value == "true")

    def number(self) -> int:
        """A whole number of at least 1; 1 where it is missing or wrong."""
        node = self._node
        if node is None:
            self.problem(f'"{self.name}" is missing')
        elif (
            not isinstance(node, yaml.ScalarNode)
            or not node.value.isascii()
            or not node.value.isdigit()
            or int(node.value) < 1
        ):
            self.problem(f'"{self.name}" should be a whole number, 1 or more')
        else:
            return int(node.value)
        return 1

    def translated(self) -> dict[Language, str]:
        """A text in every language. The first language is needed; where another is missing its text stands
        there too, which is advice to a pack that speaks it (`missing_text`).
        """
        if self.missing:
            self.text()
            return dict.fromkeys(LANGUAGES, "")
        first, *others = LANGUAGES
        fields = self.fields(first, optional=tuple(others))
        texts = {first: fields[first].text()}
        for language in others:
            if fields[language].missing:
                message = f'"{self.name}" {missing_text(language)}'
                self._problems.append(Problem(self.path, self.line, message, advice=True))
                texts[language] = texts[first]
            else:
                texts[language] = fields[language].text()
        return texts

    def items(self) -> list[tuple[str, Value]]:
        """The names and values of a mapping, in order; a name that occurs twice is a problem."""
        if self._node is None:
            return []
        if not isinstance(self._node, yaml.MappingNode):
            self.problem(f'"{self.name}" should hold "name: value" lines, but is a {_kind(self._node)}')
            return []
        seen: dict[str, Value] = {}
        for key, node in self._node.value:
            line = key.start_mark.line + 1
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            if name in seen:
                self.problem(f'"{name}" stands here twice (first on line {seen[name].line})', line)
                continue
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:str":
                self.problem(
                    f'the name "{name}" is read as something else than text; put it between quotes', line
                )
            seen[name] = Value(node, self.path, line, name, self._problems)
        return list(seen.items())

    def fields(self, *names: str, optional: tuple[str, ...] = ()) -> dict[str, Value]:
        """A mapping with these names only; what is absent comes back as a missing value."""
        found = dict(self.items())
        for name, value in found.items():
            if name not in names and name not in optional:
                value.problem(f'unknown name "{name}"{did_you_mean(name, (*names, *optional))}')
        absent = {
            name: Value(None, self.path, self.line, name, self._problems) for name in (*names, *optional)
        }
        return absent | found

    def sequence(self) -> Iterator[Value]:
        """The members of a list."""
        if self._node is None:
            return
        if not isinstance(self._node, yaml.SequenceNode):
            self.problem(f'"{self.name}" should be a list, but is a {_kind(self._node)}')
            return
        for node in self._node.value:
            yield Value(node, self.path, node.start_mark.line + 1, self.name, self._problems)

    def texts(self) -> list[tuple[str, int]]:
        """The members of a list of texts, each with its line."""
        return [(text, value.line) for value in self.sequence() if (text := value.text())]


def read(file: Path, path: str, problems: list[Problem]) -> Value:
    """The whole of a file; missing or broken files become problems and an empty value. `path` is what people
    see.
    """
    nothing = Value(None, path, 0, path, problems)
    try:
        content = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        problems.append(Problem(path, 0, "the file is missing"))
        return nothing
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        problems.append(Problem(path, line, "this is not UTF-8 text; save the file as UTF-8"))
        return nothing
    except OSError as error:
        problems.append(Problem(path, 0, f"cannot be read: {error.strerror}"))
        return nothing
    if line := _too_deep(content):
        problems.append(
            Problem(path, line, f"nested more than {DEEPEST} levels deep; is a bracket left open?")
        )
        return nothing
    try:
        node = yaml.compose(content, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problems.append(
            Problem(path, mark.line + 1 if mark else 1, f"not valid YAML: {error.problem or error.context}")
        )
        return nothing
    except yaml.YAMLError as error:
        problems.append(Problem(path, 1, f"not valid YAML: {' '.join(str(error).split())}"))
        return nothing
    if node is None:
        problems.append(Problem(path, 1, "the file is empty"))
        return nothing
    return Value(node, path, node.start_mark.line + 1, path, problems)


def _too_deep(content: str) -> int:
    """The line on which the nesting goes deeper than `DEEPEST`, 0 if none does: the parser recurses."""
    depth = 0
    for number, line in enumerate(content.split("\n"), 1):
        if len(line) - len(line.lstrip(" ")) > 8 * DEEPEST or line.count("- - ") > DEEPEST:
            return number
        depth += line.count("[") + line.count("{")
        if depth > DEEPEST:
            break
    else:
        return 0
    depth = 0
    try:
        for event in yaml.parse(content, Loader=_Loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                return event.start_mark.line + 1 if event.start_mark else 1
    except yaml.YAMLError:
        pass  # reported by whoever composes it
    return 0


def _kind(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "group of names"
    return "list" if isinstance(node, yaml.SequenceNode) else "single value"
