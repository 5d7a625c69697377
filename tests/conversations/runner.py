"""Playing a script on a channel: each step is done, and what comes of it is judged."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from handlers.turn import Media
from knowledge.pack.protocol import Protocol
from tests.conversations.driver import Driver, Heard, Place, Shown
from tests.conversations.scripts import Script, Step

ALBUM = 3
"""Photos in an album."""
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


async def play(script: Script, driver: Driver, protocol: Protocol) -> None:
    """Do the script. Raises `AssertionError` with the place and all that was said where something else is
    heard.
    """
    transcript: list[str] = []
    marked: dict[str, Shown] = {}
    await driver.begin(script.roles, script.language)
    try:
        for step in script.steps:
            transcript.append(f"> {step.doing}: {step.words}".rstrip(": "))
            try:
                heard = await _do(step, driver)
            except LookupError as error:
                raise AssertionError(_told(script, step, str(error), transcript)) from None
            transcript += _transcribed(heard)
            seen = Seen(heard, marked, protocol)
            for wrong in _wrong(step, seen, driver.takes_away):
                raise AssertionError(_told(script, step, wrong, transcript))
            if "mark" in step.expected:
                marked[step.expected["mark"]] = heard.messages[-1]
    finally:
        await driver.end()


async def _do(step: Step, driver: Driver) -> Heard:
    words = step.words
    doings: Mapping[str, Callable[[], Awaitable[Heard]]] = {
        "say": lambda: driver.say(words),
        "forward": lambda: driver.say(words, forwarded=True),
        "edit": lambda: driver.edit(words),
        "press": lambda: driver.press(words),
        "press again": lambda: driver.press(words, "same"),
        "press old": lambda: driver.press(words, "gone"),
        "open": driver.open,
        "as": lambda: driver.become(words),
        "album": lambda: driver.send("photo", words, ALBUM),
    }
    if step.doing == "wait":
        await driver.wait(_span(words))
        return Heard()
    if step.doing == "in":
        await driver.go(cast("Place", words))
        return Heard()
    if step.doing in doings:
        return await doings[step.doing]()
    return await driver.send(cast("Media", step.doing), words)


@dataclass(frozen=True)
class Seen:
    """What came of a step, with what is needed to judge it."""

    heard: Heard
    marked: Mapping[str, Shown]
    protocol: Protocol

    @property
    def text(self) -> str:
        return _plain("\n".join(message.text for message in self.heard.messages))

    @property
    def buttons(self) -> list[str]:
        return [label for message in self.heard.messages for label in message.buttons]

    @property
    def last(self) -> tuple[Shown, ...]:
        return self.heard.messages[-1:]


def _wrong(step: Step, seen: Seen, takes_away: bool) -> Iterator[str]:
    """What is not as the step expects."""
    for name, expected in step.expected.items():
        if name == "deletes" and not takes_away:
            continue
        yield from CHECKS[name](expected, seen)


def _hear(expected: str | list[str], seen: Seen) -> Iterator[str]:
    for fragment in _list(expected):
        if _plain(fragment) not in seen.text:
            yield f'did not hear "{fragment}"'


def _not(expected: str | list[str], seen: Seen) -> Iterator[str]:
    everything = _plain("\n".join([seen.text, *seen.buttons, seen.heard.toast]))
    for fragment in _list(expected):
        if _plain(fragment) in everything:
            yield f'heard "{fragment}"'


def _rule(expected: str | list[str], seen: Seen) -> Iterator[str]:
    quotations = [quotation for message in seen.heard.messages for quotation in message.quotations]
    if not expected and quotations:
        yield f'heard a quotation: "{quotations[0]}"'
    for rule in _list(expected):
        if seen.protocol.rule(rule).text not in quotations:
            yield f"{rule} is not quoted word for word"


def _buttons(expected: str | list[str], seen: Seen) -> Iterator[str]:
    if not expected and seen.buttons:
        yield f"saw buttons: {seen.buttons}"
    for label in _list(expected):
        if label not in seen.buttons:
            yield f'saw no button "{label}" but {seen.buttons}'


def _toast(expected: str, seen: Seen) -> Iterator[str]:
    if expected not in seen.heard.toast:
        yield f'the toast says "{seen.heard.toast}"'


def _edits(expected: bool, seen: Seen) -> Iterator[str]:
    if [message.edited for message in seen.last] != [expected]:
        yield f"the last message was {'sent anew' if expected else 'put in the place of an earlier one'}, or there was none"  # noqa: E501


def _language(expected: str, seen: Seen) -> Iterator[str]:
    if seen.heard.language not in (None, expected):
        yield f"the reply is in {seen.heard.language}"


def _messages(expected: int, seen: Seen) -> Iterator[str]:
    if len(seen.heard.messages) != expected:
        yield f"{len(seen.heard.messages)} messages came"


def _file(expected: str, seen: Seen) -> Iterator[str]:
    if not any(expected in message.file for message in seen.heard.messages):
        yield f"no file {expected} came"


def _deletes(expected: bool, seen: Seen) -> Iterator[str]:
    if bool(seen.heard.deleted) != expected:
        yield f"{seen.heard.deleted or 'nothing'} was taken away"


def _mark(expected: str, seen: Seen) -> Iterator[str]:
    if not seen.heard.messages:
        yield "no message came that could be marked"


def _repeats(expected: str, seen: Seen) -> Iterator[str]:
    before = seen.marked[expected]
    if [(m.text, m.quotations, m.buttons) for m in seen.last] != [
        (before.text, before.quotations, before.buttons)
    ]:
        yield f"the last message does not repeat: {before.text}\n{list(before.buttons)}"


CHECKS: Mapping[str, Callable[[Any, Seen], Iterator[str]]] = {
    "hear": _hear,
    "not": _not,
    "rule": _rule,
    "buttons": _buttons,
    "toast": _toast,
    "edits": _edits,
    "language": _language,
    "messages": _messages,
    "file": _file,
    "deletes": _deletes,
    "mark": _mark,
    "repeats": _repeats,
}


def _span(words: str) -> timedelta:
    form = re.fullmatch(r"(\d+)([smhd])", words)
    if form is None:
        raise ValueError(f'"{words}" is no span of time; write 16m, 2h or 3d')
    return timedelta(**{UNITS[form[2]]: int(form[1])})


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _plain(text: str) -> str:
    """Without layout: a channel may break lines where it likes."""
    return " ".join(text.split())


def _transcribed(heard: Heard) -> list[str]:
    lines = [
        f"  ({'edited' if message.edited else 'new'}) {message.text} {list(message.buttons) or ''}"
        for message in heard.messages
    ]
    return [*lines, f"  (toast) {heard.toast}"] if heard.toast else lines or ["  (nothing)"]


def _told(script: Script, step: Step, wrong: str, transcript: list[str]) -> str:
    return "\n".join([f"{script.path}:{step.line}: {script.name}: {wrong}", *transcript])
