"""What stands before the page: the right host, the same origin, headers that forbid everything the page does
not need, and limits.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
RAW_HEADERS = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
STRICT_TRANSPORT = "max-age=31536000"
FORWARDED = frozenset({"forwarded", "x-forwarded-for", "x-forwarded-host", "via"})
BODY_LIMIT = 32 * 1024
"""Bytes: a question of 4000 characters, every one of them escaped, and what goes with it."""
BODY_SECONDS = 10.0
"""Seconds in which a body has to arrive."""


class TooLargeError(Exception):
    """The body is over the limit."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets through what comes from the page itself under a name that is ours."""

    app: ASGIApp
    hosts: frozenset[str]
    """What may stand in the Host header ("127.0.0.1:8080"). Any other name was pointed at us by somebody else
    (DNS rebinding).
    """
    secure: bool = False
    direct: bool = False
    """Nothing may stand between: what a tunnel or proxy passes on came from another machine."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).setdefault("Cache-Control", "no-store")
                message["headers"].extend(RAW_HEADERS)
                if self.secure:
                    message["headers"].append((b"strict-transport-security", STRICT_TRANSPORT.encode()))
            await send(message)

        refused = self._refusal(scope)
        await (refused or self.app)(scope, receive, with_headers)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "").lower()
        if host not in self.hosts or (self.direct and not FORWARDED.isdisjoint(headers.keys())):
            return PlainTextResponse(
                "This is not the address of this page; see PUBLIC_URL in .env.example.\n", 421
            )
        reading = scope["method"] in ("GET", "HEAD")
        site = headers.get("sec-fetch-site")
        origin = headers.get("origin")
        if origin is not None:
            own = origin == f"{'https' if self.secure else 'http'}://{host}"
        elif site is not None:
            arriving = reading and headers.get("sec-fetch-mode") == "navigate" and scope["path"] == "/"
            own = site == "same-origin" or (reading and site == "none") or arriving
        else:
            own = reading
        return None if own else PlainTextResponse("Only the page itself may ask for this.\n", 403)


class TooSlowError(Exception):
    """The body did not arrive whole in time."""


async def body(request: Request, limit: int = BODY_LIMIT, seconds: float = BODY_SECONDS) -> bytes:
    """The request's body. Raises `TooLargeError` as soon as it is over the limit, whatever its headers
    say, and `TooSlowError` if it is not whole in time.
    """
    read = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                read += chunk
                if len(read) > limit:
                    raise TooLargeError
    except TimeoutError:
        raise TooSlowError from None
    return bytes(read)
