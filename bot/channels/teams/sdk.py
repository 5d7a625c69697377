"""The Teams SDK with the guards that it needs: research/teams.md tells how each was seen failing.

1. no meters per message    2. key fetches off the event loop    3. a timeout on what goes out
4. refusals of the connector are told apart, and no repeat is left to chance (transport.py)    5. an exception
  is never a 500 (channel.py)
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import time
import warnings
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol, cast

import jwt

if TYPE_CHECKING:
    from microsoft_teams.apps import App

log = logging.getLogger(__name__)

OUTGOING_TIMEOUT = 10.0
"""Seconds."""
KEYS_FRESH = timedelta(hours=1)
"""How long the connector's keys are used before they are fetched anew,"""
KEYS_HOLD = timedelta(days=1)
"""and how long they hold while that fails."""
KEYS_TIMEOUT = 5.0
"""Seconds."""
SERVICE_ISSUER = "https://api.botframework.com"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Of the bot's registration in Entra."""

    client_id: str
    client_secret: str
    tenant_id: str
    """The one tenant whose people are answered."""


Route = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


class Adapter:
    """The SDK's way into a web server that is ours: it only hands its route over."""

    def __init__(self) -> None:
        self.handle: Route | None = None

    def register_route(self, method: str, path: str, handler: Route) -> None:
        self.handle = handler

    def serve_static(self, path: str, directory: str) -> None:
        """Nothing of the SDK's is served."""

    async def start(self, port: int) -> None:
        raise NotImplementedError("the web server is started by bot run")

    async def stop(self) -> None:
        """Stopped with the web server."""


class Validator(Protocol):
    async def validate_token(self, raw_token: str, service_url: str | None = None) -> dict[str, Any]: ...


class OffTheLoop:
    """Guard 2: validates in a thread, since it may fetch keys and would hold up every other chat meanwhile.

    Takes the connector's own tokens only; the serviceUrl must be in the activity and in the token, and equal.
    """

    def __init__(self, inner: Validator) -> None:
        self._inner = inner

    async def validate_token(self, raw_token: str, service_url: str | None = None) -> dict[str, Any]:
        """The token's claims. Raises `jwt.InvalidTokenError`."""
        if not service_url:
            raise jwt.InvalidTokenError("the activity has no serviceUrl")
        try:
            return await asyncio.to_thread(
                lambda: asyncio.run(self._inner.validate_token(raw_token, service_url))
            )
        except jwt.PyJWTError:
            raise
        except Exception as error:
            raise jwt.InvalidTokenError(type(error).__name__) from None


class KnownKeys(jwt.PyJWKClient):
    """The connector's keys: fetched anew every hour and for an unknown key id; while the key server is away,
    those that were fetched in the last day hold.
    """

    def __init__(self, address: str) -> None:
        super().__init__(address, lifespan=KEYS_FRESH.total_seconds(), timeout=KEYS_TIMEOUT)
        self._known: Any = None
        self._known_since = 0.0

    def fetch_data(self) -> Any:
        """The keys as JSON. Raises `jwt.PyJWKClientConnectionError` where none are known."""
        try:
            self._known = super().fetch_data()
        except jwt.PyJWKClientConnectionError:
            age = time.monotonic() - self._known_since
            if self._known is None or age > KEYS_HOLD.total_seconds():
                raise
            log.warning("the key server of Teams is away; the keys known from before are used")
            return self._known
        self._known_since = time.monotonic()
        return self._known


def make_app(credentials: Credentials | None) -> App:
    """The SDK's app, not yet open. Without credentials anybody is believed: for trying out."""
    no_meters()
    logging.getLogger("microsoft_teams.common.http.client").setLevel(
        logging.WARNING
    )  # each of its clients gives httpx, which logs addresses, this level
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # the SDK warns of its own experiments, and uses what it calls deprecated itself
        from microsoft_teams.apps import App
        from microsoft_teams.common import ClientOptions

        options: dict[str, Any] = {
            "http_server_adapter": Adapter(),
            "client": ClientOptions(timeout=OUTGOING_TIMEOUT),
        }  # guard 3
        if credentials:
            options |= {
                "client_id": credentials.client_id,
                "client_secret": credentials.client_secret,
                "tenant_id": credentials.tenant_id,
            }
        else:
            options |= {
                "client_id": "local",
                "tenant_id": "local",
                "token": _local_token,
                "dangerously_allow_unauthenticated_requests": True,
            }
        return App(**options)


async def open_app(
    app: App,
    credentials: Credentials | None,
    receive: Callable[[Any], Awaitable[Any]],
    keys: str | None = None,
) -> Route:
    """The route that checks a request's token and hands its activity to `receive`.

    `keys` is the address of the connector's keys where it is not the public one (tests).
    """
    await app.initialize()
    if credentials:
        from microsoft_teams.apps.auth.token_validator import TokenValidator

        validator = TokenValidator.for_service(credentials.client_id)
        validator._jwks_client = KnownKeys(keys or validator._jwks_client.uri)
        app.server._token_validator = cast(Any, OffTheLoop(validator))
    app.server.on_request = receive
    adapter = app.server.adapter
    if not isinstance(adapter, Adapter) or adapter.handle is None:
        raise RuntimeError("this version of microsoft-teams-apps registers no route; pin 2.1.1")
    return adapter.handle


def no_meters() -> None:
    """Guard 1: the SDK makes five meters per message, and OpenTelemetry keeps them for ever unless a provider
    is set.
    """
    from opentelemetry import metrics

    if not isinstance(metrics.get_meter_provider(), metrics.NoOpMeterProvider):
        metrics.set_meter_provider(metrics.NoOpMeterProvider())


def _local_token(scope: Any, tenant: Any) -> str:
    """Something shaped like a token: without credentials nobody checks it."""

    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none'})}.{part({'exp': 4102444800, 'appid': 'local'})}.eA"
