"""`bot run`: every configured channel in one process, from a readable start to a clean stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import FrameType
from typing import TYPE_CHECKING, cast

from rich.console import Console
from starlette.routing import BaseRoute
from uvicorn import Config, Server

from bot.outbox import Transport
from bot.rates import NO_LIMITS, Rates
from bot.sender import Sender
from bot.service import Service
from bot.settings import Settings
from bot.web.address import Site, listen, site
from bot.web.app import make_app
from handlers import texts
from handlers.conversation import Conversation
from knowledge.matcher import Matcher

if TYPE_CHECKING:
    from bot.storage.store import SqlStore
    from bot.store import Store
    from bot.web.page import Page

log = logging.getLogger(__name__)

STOPPING = 10
"""Seconds that requests under way get to end."""
INTERRUPTED = 130


@dataclass(frozen=True)
class Channel:
    """One channel as it runs here."""

    name: str
    where: str
    """For the start-up lines: its address, or what is missing to switch it on."""
    transport: Transport | None = None
    """None where the channel is off."""
    rates: Rates = NO_LIMITS
    """How fast the platform lets messages go out."""
    routes: tuple[BaseRoute, ...] = ()
    """What it answers over HTTP; these guard themselves."""
    work: Callable[[], AbstractAsyncContextManager[None]] | None = None
    """What it does besides, from its start to its end: polling. Entered when the rest is ready; leaving it ends what is under way."""


@dataclass(frozen=True)
class Running:
    """What a started assistant tells about itself."""

    address: str
    """Of its HTTP server: "http://127.0.0.1:8080/"."""
    channels: tuple[Channel, ...]
    database: str


def run(settings: Settings, matcher: Matcher, console: Console) -> None:
    """Run until SIGINT or SIGTERM. Raises `SettingsError` and `bot.storage.opening.StorageError` where it cannot start."""

    async def until_stopped() -> None:
        stop = asyncio.Event()
        with _signals(stop, console):
            await serve(settings, matcher, stop, lambda running: _started(running, settings, matcher, console))

    asyncio.run(until_stopped())


async def serve(settings: Settings, matcher: Matcher, stop: asyncio.Event, started: Callable[[Running], None]) -> None:
    """Run until `stop` is set; then end what is under way, and return."""
    from bot.storage.opening import open_store

    where = site(settings)
    listening = listen(where)
    try:
        store = open_store(settings)
    except BaseException:
        listening.close()
        raise
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(store.close)
        stack.callback(listening.close)
        where = replace(where, port=listening.getsockname()[1])
        service = Service(Conversation(matcher, texts.load()), cast("Store", store))  # its people and cases are being built
        page, web = _page(where, matcher, service, store)
        channels = (web,)
        for channel in channels:
            if channel.transport:
                await stack.enter_async_context(_sending(Sender(store, channel.transport, channel.rates)))
        routes = [route for channel in channels for route in channel.routes]
        server = await stack.enter_async_context(_http(make_app(_ready(store), routes, page, where), listening, stop))
        for channel in channels:
            if channel.work:
                await stack.enter_async_context(channel.work())
        started(Running(where.address, channels, store.database.name))
        await asyncio.wait({asyncio.create_task(stop.wait()), server}, return_when=asyncio.FIRST_COMPLETED)
        if page:
            page.web.hub.close()


def _page(where: Site, matcher: Matcher, service: Service, store: SqlStore) -> tuple[Page | None, Channel]:
    if not where.page:
        return None, Channel("web page", "off; WEB_PAGE=1 switches it on")
    from bot.channels.web import Web
    from bot.storage.history import SqlHistory
    from bot.web.page import Page
    from bot.web.visitor import Cookie

    web = Web(SqlHistory(store.database, store.sealer), _now)
    page = Page(service, web, matcher.pack, texts.load(), _now, Cookie(where.secure, lasting=where.local))
    return page, Channel("web page", where.page_address, web, work=lambda: _task(web.watch()))


@asynccontextmanager
async def _http(app: object, listening: socket.socket, stop: asyncio.Event) -> AsyncIterator[asyncio.Task[None]]:
    """The HTTP server, which answers when this is entered and has ended its requests when it is left."""
    config = Config(app, log_level="warning", access_log=False, server_header=False, proxy_headers=False, lifespan="off", ws="none")  # type: ignore[arg-type]
    config.timeout_graceful_shutdown = STOPPING
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


@asynccontextmanager
async def _task(work: Awaitable[None]) -> AsyncIterator[None]:
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def _ready(store: SqlStore) -> Callable[[], Awaitable[None]]:
    async def ready() -> None:
        from sqlalchemy import text

        await store.call(lambda connection: connection.execute(text("SELECT 1")))

    return ready


@contextlib.contextmanager
def _signals(stop: asyncio.Event, console: Console) -> Iterator[None]:
    """The first signal ends what is under way; the second ends at once."""
    loop = asyncio.get_running_loop()

    def heard(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            os._exit(INTERRUPTED)
        loop.call_soon_threadsafe(stop.set)
        console.print("Stopping; once more to stop at once ...")

    before = {number: signal.signal(number, heard) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _started(running: Running, settings: Settings, matcher: Matcher, console: Console) -> None:
    console.print(f"{matcher.pack.name}: {matcher.pack.protocol.title}", markup=False)
    lines = [(channel.name, channel.where) for channel in running.channels]
    lines += [("database", settings.database if running.database == "sqlite" else running.database), ("profile", settings.bot_profile)]
    for name, where in lines:
        console.print(f"  {name:<10} {where}", markup=False, soft_wrap=True)
    console.print("Ctrl-C stops it.")
    page = next((channel.where for channel in running.channels if channel.name == "web page" and channel.transport), None)
    if page and settings.bot_profile == "local" and has_desktop():
        import webbrowser

        webbrowser.open(page)


def has_desktop() -> bool:
    """Whether there is a screen on which a browser can be opened."""
    if os.environ.get("BROWSER") == "none" or "SSH_CONNECTION" in os.environ:
        return False
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _now() -> datetime:
    return datetime.now(UTC)
