"""Starting and stopping the assistant, in a process of its own, as a person or a supervisor does."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from bot.http.address import listen, site
from bot.runtime.serve import has_desktop, serve
from bot.settings import Settings, SettingsError
from bot.storage import StorageError
from knowledge.matching import index
from knowledge.matching.matcher import Matcher
from tests.conftest import MINI
from tests.web.site import Visitor, words

Start = Callable[..., "Bot"]
WAIT = 60


class Bot:
    """`bot run`, with what it printed so far."""

    def __init__(self, data: Path, **settings: str) -> None:
        environment = {
            **os.environ,
            "PROTOCOL": str(MINI),
            "DATA_DIR": str(data),
            "BROWSER": "none",
            "PYTHONUTF8": "1",
            "PYTHONUNBUFFERED": "1",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**environment, **settings},
        )
        self.lines: list[str] = []
        self._killer = threading.Timer(WAIT, self.process.kill)
        self._killer.start()

    def until(self, text: str) -> str:
        """Read until a line that has this in it."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line)
            if text in line:
                return line
        raise AssertionError(f"{text!r} was not printed: {self.lines}")

    @property
    def page(self) -> str:
        return self.until("web page:").split()[-1]

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self) -> tuple[int, str, str]:
        """Exit code, and what was still printed."""
        out, err = self.process.communicate()
        self._killer.cancel()
        return self.process.returncode, out, err


@pytest.fixture
def start(mini: Matcher, tmp_path: Path) -> Iterator[Start]:
    index.save(mini.index, index.index_file(tmp_path, mini.pack.fingerprint))
    made: list[Bot] = []

    def start(**settings: str) -> Bot:
        made.append(Bot(tmp_path, **{"WEB_PORT": str(free_port()), **settings}))
        return made[-1]

    yield start
    for bot in made:
        if bot.process.poll() is None:
            bot.process.kill()
        if bot.process.stdout and not bot.process.stdout.closed:
            bot.end()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_it_says_what_is_on_answers_and_ends_cleanly_on_sigterm(start: Start) -> None:
    bot = start()
    visitor = Visitor(bot.page)
    bot.until("Ctrl-C stops it.")
    assert bot.lines[0] == "Stichting Proef: Proefprotocol\n"
    assert "  Telegram: off; TELEGRAM_TOKEN switches it on\n" in bot.lines
    assert "  database: sqlite\n" in bot.lines
    with closing(visitor.http):
        assert words(visitor.ask("mag ik deze foto plaatsen")).startswith("Vraag eerst toestemming.")
        lines = visitor.lines()
        visitor.post("said", text="hallo daar")
        next(lines)
        bot.signal(signal.SIGTERM)
        list(lines)
    code, out, err = bot.end()
    assert (code, out, err) == (0, "Stopping; once more to stop at once ...\n", "")


def test_sigterm_finishes_what_is_under_way(start: Start) -> None:
    bot = start()
    visitor = Visitor(bot.page)
    bot.until("Ctrl-C stops it.")
    body = json.dumps(
        {"kind": "said", "delivery": "d", "as": "", "text": "mag ik deze foto plaatsen"}
    ).encode()
    port = visitor.http.base_url.port or 0
    head = (
        f"POST /turns HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        f"Cookie: visitor={visitor.http.cookies['visitor']}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port)) as slow:
        slow.sendall(head.encode() + body[:20])  # a question of which half has come
        assert visitor.http.get("healthz").status_code == 200
        bot.signal(signal.SIGTERM)
        bot.until("Stopping")
        slow.sendall(body[20:])
        assert slow.makefile("rb").readline() == b"HTTP/1.1 200 OK\r\n"
    assert bot.end()[::2] == (0, "")
    again = start(WEB_PORT=str(port))
    again.until("Ctrl-C stops it.")
    with closing(visitor.http):
        assert words(visitor.hear()).startswith("Vraag eerst toestemming.")


def test_the_second_ctrl_c_ends_at_once(start: Start) -> None:
    bot = start()
    address = bot.page
    bot.until("Ctrl-C stops it.")
    port = int(address.rstrip("/").rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as slow:
        host = f"127.0.0.1:{port}"  # a request under way that does not end by itself:
        slow.sendall(
            f"POST /turns HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nContent-Length: 10\r\n\r\n".encode()  # noqa: E501
        )
        assert httpx.get(f"{address}healthz").status_code == 200
        bot.signal(signal.SIGINT)
        bot.until("Stopping")
        bot.signal(signal.SIGINT)
        code, _, err = bot.end()
    assert (code, err) == (130, "")


def test_the_next_port_is_taken_where_one_is_in_use(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        bot = start(WEB_PORT=str(port))
        chosen = int(bot.page.rstrip("/").rpartition(":")[2])
    assert port < chosen <= port + 20
    bot.until("Ctrl-C stops it.")
    bot.signal(signal.SIGTERM)
    assert bot.end()[0] == 0


def test_what_is_wrong_is_said_without_a_traceback(start: Start) -> None:
    code, out, err = start(WEB_HOST="0.0.0.0").end()  # noqa: S104
    assert (code, out) == (1, "")
    assert err.startswith('WEB_HOST: "0.0.0.0" lets other machines in')
    assert "Traceback" not in err


def settings(**values: object) -> Settings:
    return Settings.model_validate({"_env_file": None, **values})


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"web_host": "0.0.0.0"}, "WEB_HOST"),  # noqa: S104
        ({"web_host": "192.168.1.4"}, "WEB_HOST"),
        (
            {"bot_profile": "production", "web_page": True},
            "PUBLIC_URL: the web page in production needs the https address",
        ),
        (
            {"bot_profile": "production", "web_page": True, "public_url": "http://bot.school.nl"},
            "PUBLIC_URL: the web page in production needs",
        ),
        ({"public_url": "bot.example.nl"}, "PUBLIC_URL: write the whole address"),
        ({"public_url": "https://bot.example.nl/x"}, "PUBLIC_URL: give the address without a path"),
        ({"bot_profile": "production", "telegram_token": "123456:" + "a" * 30}, "BOT_KEY_FILE"),
        ({"bot_profile": "production"}, "Nothing to start"),
        ({"telegram_token": "nonsense"}, "TELEGRAM_TOKEN is not a token"),
        ({"database_url": "mysql://x"}, "DATABASE_URL"),
    ],
)
async def test_what_is_unsafe_or_wrong_is_refused(
    mini: Matcher, tmp_path: Path, wrong: dict[str, object], said: str
) -> None:
    with pytest.raises((SettingsError, StorageError), match=said):
        await serve(
            settings(data_dir=tmp_path, web_port=free_port(), **wrong),
            mini,
            asyncio.Event(),
            lambda running: None,
        )


def test_in_production_there_is_no_page_unless_it_is_asked_for() -> None:
    assert not site(settings(bot_profile="production")).page
    asked = site(
        settings(bot_profile="production", web_page=True, public_url="https://bot.school.nl/", web_host="::")
    )
    assert (asked.page, asked.secure, asked.page_address, asked.hosts) == (
        True,
        True,
        "https://bot.school.nl/",
        frozenset({"bot.school.nl"}),
    )


def test_a_port_in_use_is_an_error_in_production() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = site(settings(bot_profile="production", web_port=taken.getsockname()[1]))
        with pytest.raises(SettingsError, match="cannot listen on"):
            listen(where)


@pytest.mark.parametrize(
    ("environment", "there"),
    [
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "w"}, True),
        ({}, False),
        ({"DISPLAY": ":0", "BROWSER": "none"}, False),
    ],
)
def test_a_browser_is_opened_only_where_there_is_a_desktop(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], there: bool
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert has_desktop() is there
