"""`python -m tests.talk_eval FILE [--show]`: how many turns of written conversations are met.

Each line of FILE is one conversation: `{"id", "kind", "turns": [{"say", "must", "must_not"}]}`, where `must`
and `must_not` are regular expressions on the reply as `bot chat` prints it. A reply in a conversation that is
word for word an earlier one is flagged: a person who goes on asking has not been heard.
"""

from __future__ import annotations

import asyncio
import io
import json
import re
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console

from bot import settings
from bot.channels.terminal import chat
from bot.runtime.load_matcher import make_matcher
from bot.service import Service
from bot.storage.in_memory import InMemory
from handlers import texts
from handlers.conversation.router import Conversation
from handlers.turn import Act, Chat, Opened, Person, Said, Turn
from knowledge.matching.matcher import Matcher

BETWEEN_TURNS = timedelta(seconds=30)
WIDTH = 88


@dataclass(frozen=True, slots=True)
class Judged:
    """One turn and what became of it."""

    talk: str
    kind: str
    said: str
    heard: str
    missed: tuple[str, ...]
    """The expressions that should have matched and did not, or the other way about; empty: met."""
    identical: bool
    """Whether the same words were said earlier in this conversation."""


def judge(file: Path, matcher: Matcher) -> list[Judged]:
    """Every turn of every conversation in the file, each conversation with a person of its own."""
    conversation = Conversation(matcher, texts.load())
    talks = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    return asyncio.run(_judge_all(talks, conversation))


async def _judge_all(talks: list[dict[str, object]], conversation: Conversation) -> list[Judged]:
    found: list[Judged] = []
    for talk in talks:
        found += [judged async for judged in _judge_talk(talk, conversation)]
    return found


async def _judge_talk(talk: dict[str, object], conversation: Conversation):  # type: ignore[no-untyped-def]
    service = Service(conversation, InMemory())
    at = datetime(2026, 11, 26, 12, tzinfo=UTC)
    await _heard(service, Opened(), at)
    before: set[str] = set()
    turns = talk["turns"]
    assert isinstance(turns, list)
    for turn in turns:
        at += BETWEEN_TURNS
        heard = await _heard(service, Said(turn["say"]), at)
        missed = [
            *_missed(turn.get("must", ()), heard, True),
            *_missed(turn.get("must_not", ()), heard, False),
        ]
        yield Judged(
            str(talk["id"]), str(talk["kind"]), turn["say"], heard, tuple(missed), _words(heard) in before
        )
        before.add(_words(heard))


def _missed(expressions: list[str], heard: str, wanted: bool) -> Iterator[str]:
    for expression in expressions:
        if bool(re.search(expression, heard, re.IGNORECASE)) is not wanted:
            yield ("" if wanted else "not ") + expression


def _words(heard: str) -> str:
    return " ".join(heard.split())


async def _heard(service: Service, act: Act, at: datetime) -> str:
    turn = Turn(f"terminal:{at.isoformat()}", Person("terminal:you"), Chat("terminal:here"), act, at)
    handled = await service.handle(turn)
    out = io.StringIO()
    if handled.reply:
        chat.draw(handled.reply, Console(file=out, highlight=False, width=WIDTH))
    return out.getvalue().strip()


def show(judged: list[Judged], all_turns: bool) -> None:
    by_kind: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        by_kind[one.kind].append(one)
    if all_turns:
        for one in judged:
            if one.missed or one.identical:
                _show_turn(one)
    for kind, ones in by_kind.items():
        met = sum(not one.missed for one in ones)
        print(f"{kind:12} {met / len(ones):.2f}  {met}/{len(ones)}")
    met = sum(not one.missed for one in judged)
    print(f"{'all':12} {met / len(judged):.2f}  {met}/{len(judged)}")
    print(f"{'identical':12} {sum(one.identical for one in judged)}")


def _show_turn(one: Judged) -> None:
    print(f"== {one.talk} ({one.kind}){' IDENTICAL' if one.identical else ''}\n> {one.said}\n{one.heard}")
    for expression in one.missed:
        print(f"   missed: {expression}")
    print()


def main() -> None:
    parser = ArgumentParser(prog="python -m tests.talk_eval", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--show", action="store_true", help="Print the turns that are not met, with the reply."
    )
    given = parser.parse_args()
    matcher = make_matcher(settings.load(), Console(stderr=True))
    show(judge(given.file, matcher), given.show)


if __name__ == "__main__":
    main()
