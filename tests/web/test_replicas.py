"""Two processes on one PostgreSQL, as behind a load balancer: the page's line at one, what the person does at
the other.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.storage import encryption
from knowledge.matching import index
from knowledge.matching.matcher import Matcher
from tests.test_run import Bot, free_port
from tests.web.pages import PHOTO
from tests.web.site import Visitor, button, words

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def replicas(mini: Matcher, database_url: str, tmp_path: Path) -> Iterator[tuple[Visitor, Visitor]]:
    """One person's browser, at the first process and at the second; both have the same key file."""
    index.save(mini.index, index.index_file(tmp_path, mini.pack.fingerprint))
    encryption.create(tmp_path / "board.key")
    settings = {"DATABASE_URL": database_url, "BOT_KEY_FILE": str(tmp_path / "board.key")}
    bots = [Bot(tmp_path, WEB_PORT=str(free_port()), **settings) for _ in range(2)]
    first, second = (Visitor(bot.page) for bot in bots)
    second.http.cookies = first.http.cookies
    with closing(first.http), closing(second.http):
        yield first, second
    for bot in bots:
        bot.signal(signal.SIGTERM)
    assert [bot.end()[::2] for bot in bots] == [(0, ""), (0, "")]


def test_what_one_process_writes_comes_by_the_line_of_the_other(replicas: tuple[Visitor, Visitor]) -> None:
    here, there = replicas
    lines = here.lines()
    there.post("said", text="hallo daar")
    assert next(lines)["text"] == "hallo daar"
    next(lines)  # small talk
    there.post("said", text=PHOTO)
    assert next(lines)["text"] == PHOTO
    answer = next(line for line in lines if line["by"] == "assistant")
    assert words(answer).startswith("Vraag eerst toestemming.")
    there.post("pressed", button=button(answer, "Aanspreken"), message=answer["id"])
    chosen = next(line for line in lines if line["id"] == answer["id"])
    assert any(made.get("chosen") for made in chosen["buttons"])  # type: ignore[attr-defined]
    assert next(lines)["by"] == "assistant"
    there.post("said", text="/vergeet")
    question = next(line for line in lines if line["by"] == "assistant")
    there.post("pressed", button=button(question, "Ja, wis het"), message=question["id"])
    gone: set[object] = set()
    while not {answer["id"], question["id"]} <= gone:
        gone |= {line["id"] for line in [next(lines)] if line.get("gone")}


def test_a_press_at_one_process_of_what_the_other_asked_counts_once(
    replicas: tuple[Visitor, Visitor],
) -> None:
    here, there = replicas
    answer = here.ask(PHOTO)
    pressed = button(answer, "Aanspreken")
    assert there.post("pressed", button=pressed, message=answer["id"]).json()["messages"] == 1
    assert here.post("pressed", button=pressed, message=answer["id"]).json()["messages"] == 0
    assert there.history()[-1] == here.history()[-1]
