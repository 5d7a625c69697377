"""The page: its files, the protocol beside it, the line by which messages come, and what the person does."""

from __future__ import annotations

import hashlib
import html
import json
import mimetypes
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from string import Template
from time import monotonic
from typing import Protocol
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.channels.web.address_limits import LINES_PER_ADDRESS, AddressLimits, network_address, turns_rate
from bot.channels.web.channel import Web
from bot.channels.web.visitor import ROLES, Cookie, Visitor
from bot.channels.web.wire_format import Did, Sought, Wanted, as_json, received, refused
from bot.clock import utc_now
from bot.delivery.rate_limit import RateLimit, RateLimiter
from bot.ports.chat_history import Heard, Own
from bot.ports.outbox import MakeAttachment
from bot.service import Service
from handlers.texts import Texts
from handlers.turn import Act, Opened, Pressed, Role, Said, Sent, Turn
from knowledge.language.words import LANGUAGES, Language
from knowledge.pack.loading import Pack

STATIC = Path(__file__).parent / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FOR_EVER = "public, max-age=31536000, immutable"
LANGUAGE_COOKIE = "taal"
LINES_PER_CHAT = 12
LINES = 2000
"""Open lines at most, of one chat and in all."""
RETRY = 1000
"""Milliseconds after which a browser opens a broken line again."""
FILE_LASTS = timedelta(hours=1)
"""How long after it was offered a document can be fetched; it is made at that moment and lies nowhere."""
FOUND = 4
"""Rules that a search finds by what is meant, beside those that hold the words themselves."""


class Talk(Protocol):
    """What a visitor's talk runs over."""

    @property
    def service(self) -> Service: ...

    @property
    def web(self) -> Web: ...

    @property
    def attachments(self) -> MakeAttachment | None: ...


class Tried(Talk, Protocol):
    """The talk of those who try a role: apart from all real cases."""

    async def bind(self, person: str, role: Role) -> None:
        """The person has this role from now on; once more changes nothing. Before it there is no talk."""

    async def stop(self) -> None: ...


@dataclass(frozen=True)
class Page:
    """The page's routes and what they work with."""

    service: Service
    web: Web
    texts: Mapping[Language, Texts]
    now: Callable[[], datetime]
    cookie: Cookie = field(default_factory=Cookie)
    tried: Tried | None = None
    """Set where roles may be tried: never in production."""
    attachments: MakeAttachment | None = None
    turns: RateLimiter = field(default_factory=lambda: turns_rate(utc_now))
    dangers: RateLimiter = field(default_factory=lambda: turns_rate(utc_now))
    opened: RateLimiter = field(default_factory=lambda: RateLimiter(RateLimit(1, 30), monotonic))
    met: RateLimiter = field(default_factory=lambda: RateLimiter(RateLimit(20, 500), monotonic))
    """New visitors, all together: a whole staff that opens the page at the same moment gets in."""
    addresses: AddressLimits = field(default_factory=AddressLimits)

    @property
    def pack(self) -> Pack:
        """As it is now: it may be taught while the page is open."""
        return self.service.pack

    def routes(self) -> list[Route]:
        return [
            Route("/", self.index),
            Route("/static/{stamp}/{name}", self.static),
            Route("/protocol.json", self.protocol),
            Route("/session", self.session, methods=["POST"]),
            Route("/stream", self.stream),
            Route("/turns", self.turn, methods=["POST"]),
            Route("/file", self.file, methods=["POST"]),
            Route("/find", self.find, methods=["POST"]),
        ]

    async def index(self, request: Request) -> Response:
        language = _language(request)
        role = self._role(request.query_params.get("als", ""))
        texts = self.texts[language]
        words = {name: text for name, text in texts.entries.items() if name.startswith("web_")}
        data = {"texts": words, "language": language, "as": role or ""}
        values = {
            **words,
            "lang": language,
            "other_lang": next(other for other in LANGUAGES if other != language),
            "as": f"&als={role}" if role else "",
            "board": self.pack.name,
            "protocol_title": self.pack.protocol.title,
            "static": f"static/{stamp()}",
            "data": json.dumps(data, ensure_ascii=False),
        }
        escaped = {name: html.escape(value) for name, value in values.items()}
        content = Template(_files()["page.html"].decode()).substitute(escaped, roles=self._roles(texts, role))
        response = Response(content, media_type="text/html")
        if "taal" in request.query_params:
            response.set_cookie(
                LANGUAGE_COOKIE,
                language,
                max_age=31536000,
                httponly=True,
                samesite="lax",
                secure=self.cookie.secure,
            )
        return response

    def _roles(self, texts: Texts, chosen: Role | None) -> str:
        """The bar on which a role can be tried, as HTML; empty where that cannot be."""
        if not self.tried:
            return ""

        def link(role: Role | None) -> str:
            current = ' aria-current="page"' if role == chosen else ""
            label = html.escape(texts(f"web_role_{role or 'medewerker'}"))
            return f'<li><a href="?als={role or ""}"{current}>{label}</a></li>'

        links = "".join(map(link, (None, *ROLES)))
        name, note = (html.escape(texts(text)) for text in ("web_demonstration", "web_demonstration_note"))
        return (
            f'<section class="roles" aria-label="{name}"><p><strong>{name}.</strong> '
            f"<span>{note}</span></p><ul>{links}</ul></section>"
        )

    async def static(self, request: Request) -> Response:
        name = request.path_params["name"]
        content = _files().get(name)
        if content is None or Path(name).suffix not in TYPES:
            return Response(status_code=404)
        fresh = request.path_params["stamp"] == stamp()
        return Response(
            content,
            media_type=TYPES[Path(name).suffix],
            headers={"Cache-Control": FOR_EVER if fresh else "no-store"},
        )

    async def protocol(self, request: Request) -> Response:
        language = _language(request)
        tag = f'"{self.pack.fingerprint[:20]}-{language}"'
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        sections = [
            {
                "place": " › ".join(section.path),
                "rules": [
                    {
                        "id": rule.id,
                        "heading": _heading(rule.number, section.numbered, rule.title[language]),
                        "text": rule.text,
                    }
                    for rule in section.rules
                ],
            }
            for section in self.pack.protocol.sections
        ]
        return JSONResponse({"sections": sections}, headers=headers)

    async def find(self, request: Request) -> Response:
        """The rules that are meant by a few words. Nothing of it is kept."""
        sought = await received(request, Sought)
        if isinstance(sought, Response):
            return sought
        if self.cookie.read(request) is None:
            return refused(401)
        if not self.addresses.searches.take(network_address(request)):
            return refused(429)
        return JSONResponse({"rules": self.service.search(sought.text, FOUND)})

    async def session(self, request: Request) -> Response:
        """Gives the cookie. Only a request of the page itself does: one that another site starts lacks the
        cookie (SameSite) and would replace it.
        """
        response = Response(status_code=204)
        key = self.cookie.read(request)
        if key is None and not (self.addresses.met.take(network_address(request)) and self.met.take("")):
            return refused(429)
        self.cookie.give(response, request.cookies[self.cookie.name] if key else None)
        return response

    async def stream(self, request: Request) -> Response:
        visitor = await self._visitor(request, request.query_params.get("as", ""))
        if visitor is None:
            return refused(401)
        address = network_address(request)
        if not (self.opened.take(visitor.key) and self.addresses.streams.get(address, 0) < LINES_PER_ADDRESS):
            return refused(429)
        web = self._talk(visitor).web
        hub = web.hub
        if hub.closed or hub.count(visitor.id) >= LINES_PER_CHAT or hub.count() >= LINES:
            return refused(503)
        seen = request.headers.get("last-event-id") or request.query_params.get("after", "")
        after = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 16 else 0
        events = self._events(web, visitor.id, after, address)
        return StreamingResponse(
            events,
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    async def _events(self, web: Web, chat: str, seen: int, address: str) -> AsyncIterator[str]:
        with self.addresses.streaming(address):
            yield f"retry: {RETRY}\n\n"
            ready = False
            async for line in web.lines(chat, seen):
                if line:
                    yield f"id: {line.changed}\ndata: {json.dumps(as_json(line), ensure_ascii=False)}\n\n"
                else:
                    yield ":\n\n" if ready else "event: ready\ndata:\n\n"
                    ready = True

    async def turn(self, request: Request) -> Response:
        """One thing that the person did. Sent again with the same delivery it has no second effect."""
        did = await received(request, Did)
        if isinstance(did, Response):
            return did
        visitor = await self._visitor(request, did.as_)
        if visitor is None:
            return refused(401)
        allowed = self.turns.take(visitor.key) and self.addresses.turns.take(network_address(request))
        # danger is heard at any speed, within a limit of its own
        if not allowed and not (self.service.hears_danger(did.text) and self.dangers.take(visitor.key)):
            return refused(429)
        talk = self._talk(visitor)
        act = await self._act(talk.web, visitor, did)
        if act is None:
            return refused(400)
        delivery = f"{visitor.id}:{did.delivery}"
        handled = await talk.service.handle(
            Turn(delivery, visitor.person(did.language), visitor.chat, act, self.now())
        )
        reply = handled.reply
        return JSONResponse(
            {"toast": reply.toast if reply else "", "messages": len(reply.messages) if reply else 0}
        )

    async def _act(self, web: Web, visitor: Visitor, did: Did) -> Act | None:
        """What was done; words of the person are put into the history. None where it makes no sense."""
        if did.kind == "opened":
            return Opened()
        if did.kind == "pressed":
            await web.choose(visitor.id, did.message, did.button)
            return Pressed(did.button, str(did.message)) if did.button else None
        media = did.media
        if (did.kind == "sent") is (media is None) or not (media or did.text.strip()):
            return None
        message = await web.say(visitor.id, Own(did.text, media), f"in-{did.delivery}")
        return Sent(media, did.text, message) if media else Said(did.text, message)

    async def file(self, request: Request) -> Response:
        """The document of a message, made now. There is no link to it that could be passed on."""
        wanted = await received(request, Wanted)
        if isinstance(wanted, Response):
            return wanted
        visitor = await self._visitor(request, wanted.as_)
        if visitor is None:
            return refused(401)
        if not (self.turns.take(visitor.key) and self.addresses.turns.take(network_address(request))):
            return refused(429)
        talk = self._talk(visitor)
        line = await talk.web.history.line(visitor.id, wanted.message)
        attachment = line.entry.message.attachment if line and isinstance(line.entry, Heard) else None
        if (
            not attachment
            or not talk.attachments
            or not line
            or not line.at
            or self.now() - line.at > FILE_LASTS
        ):
            return refused(410)
        try:
            content = await talk.attachments(attachment.document)
        except KeyError:
            return refused(410)
        kind = mimetypes.guess_type(attachment.name)[0] or "application/octet-stream"
        return Response(
            content,
            media_type=kind,
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(attachment.name)}"},
        )

    async def _visitor(self, request: Request, role: str) -> Visitor | None:
        key = self.cookie.read(request)
        if key is None:
            return None
        tried = self._role(role)
        if role and tried is None:
            return None
        visitor = Visitor(key, tried)
        if tried and self.tried:
            await self.tried.bind(visitor.id, tried)
        return visitor

    def _talk(self, visitor: Visitor) -> Talk:
        return self.tried if visitor.role and self.tried else self

    def _role(self, name: str) -> Role | None:
        return next((role for role in ROLES if self.tried and role == name), None)


def _heading(number: int, numbered: bool, title: str) -> str:
    return f"{number}. {title}" if numbered else title


def _language(request: Request) -> Language:
    """Asked for in the address, chosen before, or what the browser prefers of ours."""
    for wanted in (request.query_params.get("taal"), request.cookies.get(LANGUAGE_COOKIE)):
        for language in LANGUAGES:
            if wanted == language:
                return language
    preferred = [
        part.split(";")[0].strip().lower()[:2]
        for part in request.headers.get("accept-language", "").split(",")
    ]
    return next((language for part in preferred for language in LANGUAGES if part == language), "nl")


_read: dict[str, bytes] = {}


def _files() -> Mapping[str, bytes]:
    """The page's files, read once."""
    if not _read:
        _read.update({file.name: file.read_bytes() for file in sorted(STATIC.iterdir()) if file.is_file()})
    return _read


def stamp() -> str:
    """Changes when a file of the page changes, so that browsers may keep them for ever."""
    return hashlib.sha256(b"".join(_files().values())).hexdigest()[:12]
