"""The arrows between the folders run one way: knowledge ← handlers ← bot."""

import ast

import pytest

from tests.conftest import ROOT

MAY_IMPORT = {
    "knowledge": {"knowledge"},
    "handlers": {"handlers", "knowledge"},
    "bot": {"bot", "handlers", "knowledge"},
}
OURS = set(MAY_IMPORT) | {"tests"}
OUTSIDE_WORLD = {
    "socket",
    "ssl",
    "sqlite3",
    "asyncio",
    "urllib",
    "http",
    "time",
    "subprocess",
    "requests",
    "httpx",
    "sqlalchemy",
}


def imports_of(folder: str) -> list[tuple[str, str]]:
    found = []
    for file in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found += [(str(file.relative_to(ROOT)), alias.name.split(".")[0]) for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.append((str(file.relative_to(ROOT)), node.module.split(".")[0]))
    return found


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_a_folder_imports_only_what_lies_below_it(folder: str) -> None:
    imports = imports_of(folder)
    assert imports
    assert [(file, name) for file, name in imports if name in OURS and name not in MAY_IMPORT[folder]] == []


@pytest.mark.parametrize("folder", ["knowledge", "handlers"])
def test_knowledge_and_handlers_use_no_network_database_or_clock(folder: str) -> None:
    assert [(file, name) for file, name in imports_of(folder) if name in OUTSIDE_WORLD] == []


@pytest.mark.parametrize("folder", ["knowledge", "handlers"])
def test_knowledge_and_handlers_are_told_what_time_it_is(folder: str) -> None:
    """They may calculate with dates but never look at a clock."""
    looks = [
        f"{file.name}:{node.lineno}"
        for file in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("now", "utcnow", "today")
    ]
    assert looks == []
