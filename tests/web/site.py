"""The assistant with its web page, running as `bot run` runs it, in a thread: it can be stopped and started
again on the same data.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path

import httpx

from bot.clock import utc_now
from bot.runtime.serve import Running, serve
from bot.settings import Settings
from knowledge.matching.matcher import Matcher

WAIT = 20
_deliveries = count()

JSON = dict[str, object]
SAYS = "> "


class Site:
    """One assistant on a data folder and a free port of 127.0.0.1."""

    def __init__(self, matcher: Matcher, folder: Path, **settings: object) -> None:
        self.matcher = matcher
        self.folder = folder
        self.settings = settings
        self.port = 0
        self.lines: tuple[str, ...] = ()
        self._thread: threading.Thread | None = None
        self._visitors: list[Visitor] = []
        self.ahead = timedelta()
        """How far the site's clock is ahead of the true one."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        """Returns when it answers; the second time on the same port as the first."""
        ready = threading.Event()
        failed: list[BaseException] = []

        def started(running: Running) -> None:
            self.lines = running.lines
            self.port = int(running.address.rstrip("/").rpartition(":")[2])
            ready.set()

        async def work() -> None:
            self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
            settings = Settings.model_validate(
                {"data_dir": self.folder, "web_port": self.port, **self.settings}
            )
            await serve(settings, self.matcher, self._stop, started, lambda: utc_now() + self.ahead)

        def run() -> None:
            try:
                asyncio.run(work())
            except BaseException as error:
                failed.append(error)
            finally:
                ready.set()

        self._thread = threading.Thread(target=run)
        self._thread.start()
        assert ready.wait(WAIT), "the site did not start"
        if failed:
            raise failed[0]

    def stop(self) -> None:
        """As SIGTERM does; returns when everything has ended."""
        if self._thread and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(WAIT)
            assert not self._thread.is_alive(), "the site did not stop"

    def visitor(self, role: str = "") -> Visitor:
        """A new one, with a cookie of its own."""
        visitor = Visitor(self.address, role)
        self._visitors.append(visitor)
        return visitor

    def close(self) -> None:
        self.stop()
        for visitor in self._visitors:
            visitor.http.close()


@contextmanager
def running(site: Site) -> Iterator[Site]:
    site.start()
    try:
        yield site
    finally:
        site.close()


@dataclass
class Visitor:
    """What a page does, at the level of HTTP."""

    address: str
    role: str = ""
    http: httpx.Client = field(init=False)
    seen: int = 0
    heard: dict[object, str] = field(default_factory=dict)
    _open: Iterator[JSON] | None = None
    _stands: dict[object, JSON] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.http = httpx.Client(
            base_url=self.address,
            headers={"Origin": self.address.rstrip("/"), "Sec-Fetch-Site": "same-origin"},
            timeout=WAIT,
        )
        assert self.http.post("session", json={}).status_code == 204

    @property
    def id(self) -> str:
        """The person that the assistant takes this visitor for."""
        random = self.http.cookies["visitor"].partition(".")[0]
        key = hashlib.sha256(random.encode()).hexdigest()[:40]
        return f"web:{key}:{self.role}" if self.role else f"web:{key}"

    def post(self, kind: str, **what: object) -> httpx.Response:
        body = {"kind": kind, "delivery": f"d{next(_deliveries)}", "as": self.role, **what}
        return self.http.post("turns", json=body)

    def ask(self, text: str) -> JSON:
        """Ask, and hear the one message that answers."""
        assert self.post("said", text=text).status_code == 200
        return self.hear()

    def do(self, does: str, sees: str) -> JSON:
        """Write what comes after "> ", or press the last button with this label; returns the message that
        then says or offers `sees`. One line serves all that is done this way."""
        if self._open is None:
            self.seen, self._open = 0, self.lines()
        if does.startswith(SAYS):
            assert self.post("said", text=does.removeprefix(SAYS)).status_code == 200
        else:
            line, made = next(
                (line, made)
                for line in reversed(self._stands.values())
                for made in offers(line)
                if made["label"] == does
            )
            assert self.post("pressed", button=made["id"], message=line["id"]).status_code == 200
        ends = time.monotonic() + WAIT
        for line in self._open:
            assert time.monotonic() < ends, f"{sees!r} did not come"
            self._stands.pop(line["id"], None)
            if not line.get("gone"):
                self._stands[line["id"]] = line
            if line.get("by") == "assistant" and sees in "\n".join(
                (words(line), *(str(made["label"]) for made in offers(line)))
            ):
                return line
        raise AssertionError(f"the stream ended before {sees!r}")

    def hear(self) -> JSON:
        """The next message of the assistant, a new one or one that says something else now."""
        for line in self.lines():
            if line.get("by") == "assistant" and self.heard.get(line["id"]) != words(line):
                self.heard[line["id"]] = words(line)
                return line
        raise AssertionError("the stream ended")

    def history(self) -> list[JSON]:
        """Everything that stands in the chat now."""
        return list(self._events(0, until_ready=True))

    def missed(self) -> list[JSON]:
        """What changed since the last look."""
        return list(self._events(self.seen, until_ready=True))

    def lines(self) -> Iterator[JSON]:
        """What was not seen before, as it comes; ends with the stream."""
        return self._events(self.seen, until_ready=False)

    def _events(self, after: int, until_ready: bool) -> Iterator[JSON]:
        with self.http.stream(
            "GET", "stream", params={"as": self.role}, headers={"Last-Event-ID": str(after)}
        ) as answer:
            assert answer.status_code == 200, answer.status_code
            for row in answer.iter_lines():
                if row.startswith("id: "):
                    self.seen = int(row[4:])
                elif row.startswith("data: "):
                    yield json.loads(row[6:])
                elif row == "event: ready" and until_ready:
                    return


def words(line: JSON) -> str:
    """All that a message says, a block per line."""
    blocks = line["blocks"]
    assert isinstance(blocks, list)
    return "\n".join(block.get("text") or "\n".join(block["items"]) for block in blocks)


def offers(line: JSON) -> list[JSON]:
    """A message's buttons."""
    buttons = line.get("buttons", [])
    assert isinstance(buttons, list)
    return buttons


def button(line: JSON, label: str) -> str:
    """The id of a message's button."""
    return str(next(made["id"] for made in offers(line) if made["label"] == label))
