"""`bot run`: every configured channel in one process, from a readable start to a clean stop."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from types import FrameType
from typing import TYPE_CHECKING, Protocol

from rich.console import Console
from starlette.routing import BaseRoute
from uvicorn import Config, Server

from bot import logs
from bot.clock import utc_now
from bot.delivery.sender import Sender
from bot.http.address import Site, listen, site
from bot.http.protocol import TimedProtocol
from bot.ports.outbox import MakeAttachment, Transport
from bot.ports.store import StoreUnavailableError
from bot.runtime.http_app import make_app
from bot.service import Service
from bot.settings import Settings, SettingsError
from handlers import texts
from handlers.conversation.router import Conversation
from handlers.privacy import name_lists
from handlers.reply import DocumentOrder
from knowledge.matching.matcher import Matcher

if TYPE_CHECKING:
    from bot.channels.web.page import Page
    from bot.storage.encryption import Cipher
    from bot.storage.sql_store import SqlStore

log = logging.getLogger(__name__)

STOPPING = 10
"""Seconds that requests under way get to end."""
KEEP_ALIVE = 75
"""Seconds that an idle connection stays open: longer than a load balancer's 60, so that it never sends into
one that is being closed.
"""
INTERRUPTED = 130
COLLECTED = (20_000, 20, 20)
"""How many objects may be made before the collector looks for garbage, and how often it looks further: a turn
makes some thousands, and none that it does not free by itself. Looking as often as Python does by default
took a twentieth of the time."""


class Channel(Protocol):
    """One channel as it runs here, from start to close."""

    @property
    def transport(self) -> Transport: ...

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """What it answers over HTTP; these guard themselves."""

    def describe(self) -> str:
        """What is on and where, for the lines at the start."""

    async def start(self) -> None:
        """Begin to receive. The HTTP server answers by now."""

    async def stop(self) -> None:
        """Receive no more, and finish what was begun; the transport still works."""

    async def close(self) -> None: ...


@dataclass(frozen=True)
class Running:
    """What a started assistant tells about itself."""

    address: str
    """Of its HTTP server: "http://127.0.0.1:8080/"."""
    page: str
    """Of its web page; empty where there is none."""
    lines: tuple[str, ...]
    """What is on, where, and what is missing to switch on the rest."""


def run(settings: Settings, matcher: Matcher, console: Console) -> None:
    """Run until SIGINT or SIGTERM. Raises `SettingsError` and `bot.storage.open_store.StorageError` where it
    cannot start.
    """
    logs.configure(
        settings.log_level,
        {"json": True, "console": False, None: None}[settings.log_format],
        settings.secrets,
    )

    def started(running: Running) -> None:
        gc.freeze()  # all that stays is here: the collector need not look at it again
        gc.set_threshold(*COLLECTED)
        gc.enable()
        _started(running, settings, matcher, console)

    async def until_stopped() -> None:
        stop = asyncio.Event()
        with _signals(stop, console):
            await serve(settings, matcher, stop, started)

    asyncio.run(until_stopped())


async def serve(
    settings: Settings,
    matcher: Matcher,
    stop: asyncio.Event,
    started: Callable[[Running], None],
    now: Callable[[], datetime] = utc_now,
) -> None:
    """Run until `stop` is set; then end what is under way, and return. `now` is the web page's clock."""
    from bot.channels.web.demo import only_asks
    from bot.storage.open_store import open_store
    from bot.storage.people_repository import role_of
    from bot.storage.retention import retention_running
    from bot.storage.single_process import only_process

    where = site(settings)
    check_channels(settings)
    listening = listen(where)
    try:
        store = open_store(settings, role_of if where.local else only_asks, now)
    except BaseException:
        listening.close()
        raise
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(store.close)
        stack.callback(listening.close)
        stack.enter_context(only_process(store.database, utc_now()))
        await stack.enter_async_context(retention_running(store.delete_expired))
        where = replace(where, port=listening.getsockname()[1])
        name_lists.lists()  # read now: else everybody waits for it when the first person writes
        conversation = Conversation(matcher, texts.load(), takes_away=settings.telegram_delete_answers)
        service = Service(conversation, store)
        make = _making(store, conversation, now)
        removed = await _without_demonstration(settings, where, store)
        page = _page(settings, where, conversation, service, store, make, now)
        channels, off = _channels(settings, where, page, conversation, service, store, make)
        for channel in channels:
            stack.push_async_callback(channel.close)
            await stack.enter_async_context(_sending(Sender(store, channel.transport)))
        routes = [route for channel in channels for route in channel.routes]
        server = await stack.enter_async_context(
            http_server(make_app(store.check, routes, page, where), listening, settings.proxies)
        )
        for channel in channels:
            stack.push_async_callback(channel.stop)
            await channel.start()
        await stack.enter_async_context(_reminding(store, now))
        await stack.enter_async_context(_following(settings, conversation))
        if page and page.tried:
            stack.push_async_callback(page.tried.stop)
        lines = (
            *(channel.describe() for channel in channels),
            *off,
            *removed,
            f"database: {store.database.name}",
        )
        started(Running(where.address, where.page_address if page else "", lines))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({stopped, server}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()


def _making(store: SqlStore, conversation: Conversation, now: Callable[[], datetime]) -> MakeAttachment:
    async def make(order: DocumentOrder) -> bytes:
        # slow to import, and most processes make no document
        from bot.documents.maker import Maker

        return await Maker(store, conversation.matcher.pack, now)(order)

    return make


async def _without_demonstration(settings: Settings, where: Site, store: SqlStore) -> list[str]:
    """Remove what a demonstration left among real cases and, in production, the demonstration itself; a line
    for each that was there.
    """
    from bot.channels.web import demo
    from bot.storage.demonstration import remove_leftovers

    lines: list[str] = []
    roles = cases = 0
    with contextlib.suppress(StoreUnavailableError):  # `/readyz` and every turn tell of it
        roles, cases = await store.call_audited(lambda connection: remove_leftovers(connection, utc_now()))
    if roles or cases:
        lines.append(f"demonstration: {roles} tried roles and {cases} of their cases were removed")
    if not where.local and demo.remove(settings):
        lines.append(f"demonstration: {settings.data_dir / demo.FILE} was removed")
    return lines


def _page(
    settings: Settings,
    where: Site,
    conversation: Conversation,
    service: Service,
    store: SqlStore,
    make: MakeAttachment,
    now: Callable[[], datetime],
) -> Page | None:
    if not where.page:
        return None
    from bot.channels.web.address_limits import turns_rate
    from bot.channels.web.channel import Web
    from bot.channels.web.demo import Demonstration
    from bot.channels.web.page import Page
    from bot.channels.web.visitor import Cookie, signing_keys
    from bot.storage.chat_history import SqlHistory

    web = Web(SqlHistory(store.database, store.cipher), now)
    tried = (
        Demonstration(settings, conversation, lambda own: _making(own, conversation, now), now)
        if where.local
        else None
    )
    return Page(
        service,
        web,
        texts.load(),
        now,
        Cookie(where.secure, lasting=where.local, keys=signing_keys(_current_first(store.cipher))),
        tried,
        make,
        turns_rate(now),
    )


def _current_first(cipher: Cipher) -> list[bytes]:
    return [
        cipher.keys[cipher.current],
        *(key for name, key in cipher.keys.items() if name != cipher.current),
    ]


def _channels(
    settings: Settings,
    where: Site,
    page: Page | None,
    conversation: Conversation,
    service: Service,
    store: SqlStore,
    make: MakeAttachment,
) -> tuple[list[Channel], list[str]]:
    """What is configured, and a line for each that is not."""
    channels: list[Channel] = []
    off: list[str] = []
    if page:
        from bot.channels.web.channel import WebChannel

        channels.append(WebChannel(page.web, where.page_address))
    else:
        off.append("web page: off; WEB_PAGE=1 switches it on")
    if settings.telegram_token:
        from bot.channels.telegram.channel import TelegramChannel

        channels.append(TelegramChannel(settings, conversation, service, make))
    else:
        off.append("Telegram: off; TELEGRAM_TOKEN switches it on")
    if settings.teams_client_id or settings.teams_local:
        from bot.channels.teams.channel import TeamsChannel
        from bot.channels.teams.settings import credentials
        from bot.storage.teams_state import SqlKeep

        keep = SqlKeep(store.database, store.cipher)
        channels.append(
            TeamsChannel(service, credentials(settings), keep, make, texts.load(), settings.public_url or "")
        )
    else:
        off.append("Teams: off; docs/teams.md tells how to switch it on")
    return channels, off


def faults(settings: Settings) -> list[str]:
    """What is wrong with the settings of the channels, in words for whoever filled them in; nobody outside is
    asked.
    """
    found: list[str] = []
    if settings.telegram_token or settings.telegram_webhook_secret or settings.telegram_base_url:
        from bot.channels.telegram.settings import problems

        found += problems(settings)
    if (
        settings.teams_client_id
        or settings.teams_client_secret
        or settings.teams_tenant_id
        or settings.teams_local
    ):
        from bot.channels.teams import settings as teams

        found += teams.problems(settings)
    return found


def check_channels(settings: Settings) -> None:
    """Raises `SettingsError` with all that is wrong with the settings of the channels."""
    found = faults(settings)
    if settings.bot_profile == "production" and not (
        found or settings.telegram_token or settings.teams_client_id or settings.web_page
    ):
        found = [
            "Nothing to start: in production at least one of Telegram (TELEGRAM_TOKEN), Teams "
            "(TEAMS_CLIENT_ID) and the web page (WEB_PAGE=1) has to be switched on."
        ]
    if found:
        raise SettingsError("\n".join(found))


@asynccontextmanager
async def _reminding(store: SqlStore, now: Callable[[], datetime]) -> AsyncIterator[None]:
    from bot.runtime.reminders import remind_for_ever

    task = asyncio.create_task(remind_for_ever(store, now))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def _following(settings: Settings, conversation: Conversation) -> AsyncIterator[None]:
    """While this is entered, a change of the pack is learnt beside the answering and then taken up."""
    from bot.runtime.live_pack import LivePack

    def take_up(matcher: Matcher) -> None:
        conversation.matcher = matcher  # a turn that is under way goes on with the one it began with

    task = asyncio.create_task(LivePack(settings, conversation.matcher, take_up).follow())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def http_server(
    app: object, listening: socket.socket, proxies: Sequence[str] = ()
) -> AsyncIterator[asyncio.Task[None]]:
    """The HTTP server, which answers when this is entered and has ended its requests when it is left."""
    config = Config(
        app,  # type: ignore[arg-type]
        log_config=None,  # our own handler, which shows kinds of errors and never their text
        log_level="warning",
        access_log=False,
        server_header=False,
        http=TimedProtocol,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        lifespan="off",
        ws="none",
    )
    config.timeout_graceful_shutdown = STOPPING
    config.timeout_keep_alive = KEEP_ALIVE
    server = _Server(config)
    task = asyncio.create_task(server.serve([listening]))
    try:
        while not server.started and not task.done():
            await asyncio.sleep(0.005)
        yield task
    finally:
        server.should_exit = True
        await task


class _Server(Server):
    """Leaves the signals to us: besides the requests there are other channels to end."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def _sending(sender: Sender) -> AsyncIterator[None]:
    """Sends until it is left; what is being sent then is finished."""
    task = asyncio.create_task(sender.run())
    try:
        yield
    finally:
        await sender.stop()
        await task


@contextlib.contextmanager
def _signals(stop: asyncio.Event, console: Console) -> Iterator[None]:
    """The first signal ends what is under way; the second ends at once."""
    loop = asyncio.get_running_loop()

    heard_once = False

    def stopping() -> None:
        console.print("Stopping; once more to stop at once ...")
        stop.set()

    def heard(number: int, frame: FrameType | None) -> None:
        nonlocal heard_once
        if heard_once:
            os._exit(INTERRUPTED)
        heard_once = True
        loop.call_soon_threadsafe(stopping)

    before = {number: signal.signal(number, heard) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _started(running: Running, settings: Settings, matcher: Matcher, console: Console) -> None:
    title = f"{matcher.pack.name}: {matcher.pack.protocol.title}"
    for line in (
        title,
        *(f"  {line}" for line in running.lines),
        f"  profile: {settings.bot_profile}",
        "Ctrl-C stops it.",
    ):
        console.print(line, markup=False, soft_wrap=True)
    if running.page and settings.bot_profile == "local" and has_desktop():
        import webbrowser

        webbrowser.open(running.page)


def has_desktop() -> bool:
    """Whether there is a screen on which a browser can be opened."""
    if os.environ.get("BROWSER") == "none" or "SSH_CONNECTION" in os.environ:
        return False
    return sys.platform in ("darwin", "win32") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
