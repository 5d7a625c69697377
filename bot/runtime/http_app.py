"""The one application for all HTTP: the page, the webhooks that other channels bring as routes, and the two
health checks.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence

from starlette.applications import Starlette
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router

from bot.channels.web.page import Page
from bot.http.address import Site
from bot.http.guard import Guard
from bot.ports.store import StoreUnavailableError

log = logging.getLogger(__name__)

Ready = Callable[[], Awaitable[None]]
"""Returns where all that is needed answers, and raises otherwise."""


def make_app(
    ready: Ready, routes: Sequence[BaseRoute] = (), page: Page | None = None, where: Site | None = None
) -> Starlette:
    """`routes` guard themselves (webhooks have their platform's secret); the page is guarded here and answers
    under the names of `where` only.
    """

    async def healthz(request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(request: Request) -> Response:
        try:
            await ready()
        except StoreUnavailableError as error:
            log.warning("not ready: %s", error)
            return PlainTextResponse(f"not ready: {error}\n", 503)
        except Exception as error:
            log.warning("not ready: %s", type(error).__name__)
            return PlainTextResponse("not ready\n", 503)
        return PlainTextResponse("ready\n")

    every: list[BaseRoute] = [Route("/healthz", healthz), Route("/readyz", readyz), *routes]
    if page and where:
        every.append(
            Mount(
                "/",
                app=Guard(
                    ExceptionMiddleware(Router(routes=page.routes()), {StoreUnavailableError: _unavailable}),
                    where.hosts,
                    where.secure,
                    direct=where.local,
                ),
            )
        )
    return Starlette(routes=every)


async def _unavailable(request: Request, error: Exception) -> Response:
    """The page tries again, and then says that nothing can be stored."""
    return PlainTextResponse(f"{error}\n", 503)
