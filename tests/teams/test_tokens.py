"""Who may post to /api/messages: tokens signed with keys of our own, served by a key server of our own."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.channels.teams import sdk
from bot.channels.teams.channel import TeamsChannel
from bot.ports.teams_state import KeepInMemory
from bot.storage.in_memory import InMemory
from handlers import texts
from handlers.conversation.router import Conversation
from knowledge.matching.matcher import Matcher
from tests.fakes.connector import TENANT, Connector, Member
from tests.fakes.serving import serving
from tests.teams.conftest import Direct, make

APP = "11111111-2222-3333-4444-555555555555"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)


@dataclass
class Keys:
    """A key server that can be slow."""

    delay: float = 0.0
    fetched: int = 0

    async def serve(self, request: Request) -> JSONResponse:
        self.fetched += 1
        await asyncio.sleep(self.delay)
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
        return JSONResponse(
            {"keys": [public | {"kid": "known", "use": "sig", "alg": "RS256", "endorsements": ["msteams"]}]}
        )


@dataclass
class Guarded:
    channel: TeamsChannel
    service: Direct
    member: Member
    keys: Keys
    sent: list[str] = field(default_factory=list)

    async def say(self, token: str | None, **over: Any) -> int:
        self.member.headers = {} if token is None else {"Authorization": f"Bearer {token}".strip()}
        return (await self.member.say("hallo", **over)).status_code

    def token(
        self,
        key: Any = KEY,
        algorithm: str = "RS256",
        kid: str | None = "known",
        without: str = "",
        **claims: Any,
    ) -> str:
        now = int(time.time())
        good = {
            "iss": sdk.SERVICE_ISSUER,
            "aud": APP,
            "iat": now,
            "nbf": now - 10,
            "exp": now + 3600,
            "serviceurl": self.member.connector.address,
        }
        return jwt.encode(
            {k: v for k, v in (good | claims).items() if k != without},
            key,
            algorithm,
            headers={"kid": kid} if kid else {},
        )


@pytest.fixture
async def guarded(matcher: Matcher) -> AsyncIterator[Guarded]:
    connector, keys = Connector(), Keys()
    service = Direct(Conversation(matcher, texts.load()), InMemory())
    credentials = sdk.Credentials(APP, "secret", TENANT)
    async with (
        serving(connector.app()) as connector.address,
        serving(Starlette(routes=[Route("/keys", keys.serve)])) as key_server,
    ):
        channel = TeamsChannel(
            service, credentials, KeepInMemory(), make, texts.load(), keys=f"{key_server}/keys"
        )
        await channel.start()
        async with (
            serving(Starlette(routes=channel.routes)) as address,
            httpx.AsyncClient(base_url=address) as client,
        ):
            yield Guarded(channel, service, Member(connector, client), keys)
        await channel.stop()
        await channel.close()


def forged(header: dict[str, Any], claims: dict[str, Any]) -> str:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part(header)}.{part(claims)}."


async def test_a_good_token_is_let_in(guarded: Guarded) -> None:
    assert await guarded.say(guarded.token()) == 200
    assert len(guarded.service.turns) == 1


async def test_a_clock_that_is_off_by_less_than_five_minutes_is_let_in(guarded: Guarded) -> None:
    assert await guarded.say(guarded.token(exp=int(time.time()) - 290)) == 200


async def test_bad_tokens_are_refused(guarded: Guarded) -> None:
    """Each differs from the good one in one thing."""
    now, claims = int(time.time()), {"iss": sdk.SERVICE_ISSUER, "aud": APP, "exp": int(time.time()) + 3600}
    good = guarded.token()
    header, payload, signature = good.split(".")
    bad = {
        "none at all": None,
        "empty": "",
        "no token": "x",
        "three empty parts": "..",
        "alg none": forged({"alg": "none", "kid": "known"}, claims),
        "alg none in capitals": forged({"alg": "NONE", "kid": "known"}, claims),
        "signed with the public key as a secret": _hs256(claims),
        "another's key": guarded.token(key=STRANGER),
        "an unknown key id": guarded.token(kid="unknown"),
        "no key id": guarded.token(kid=None),
        "cut signature": f"{header}.{payload}.{signature[:-8]}",
        "no signature": f"{header}.{payload}.",
        "changed claims": f"{header}.{payload[:-4]}AAAA.{signature}",
        "another issuer": guarded.token(iss="https://evil.example"),
        "an Entra issuer": guarded.token(iss=f"https://login.microsoftonline.com/{TENANT}/v2.0"),
        "an old Entra issuer": guarded.token(iss=f"https://sts.windows.net/{TENANT}/"),
        "the emulator's issuer": guarded.token(
            iss="https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"
        ),
        "no issuer": guarded.token(without="iss"),
        "another audience": guarded.token(aud="99999999-2222-3333-4444-555555555555"),
        "a list of other audiences": guarded.token(aud=["a", "b"]),
        "no audience": guarded.token(without="aud"),
        "expired": guarded.token(exp=now - 301 - 5),
        "not yet valid": guarded.token(nbf=now + 600),
        "no serviceurl": guarded.token(without="serviceurl"),
        "another host": guarded.token(serviceurl="https://evil.example"),
        "another path": guarded.token(serviceurl=f"{guarded.member.connector.address}/other"),
        "another port": guarded.token(serviceurl="http://127.0.0.1:1"),
    }
    assert len(bad) >= 24
    answers = {name: await guarded.say(token) for name, token in bad.items()}
    assert {name: status for name, status in answers.items() if status != 401} == {}
    assert guarded.service.turns == []
    assert guarded.member.sees() == []


def _hs256(claims: dict[str, Any]) -> str:
    import hashlib
    import hmac

    unsigned = forged({"alg": "HS256", "kid": "known", "typ": "JWT"}, claims)[:-1]
    mac = hmac.new(PUBLIC, unsigned.encode(), hashlib.sha256).digest()
    return f"{unsigned}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


async def test_an_activity_without_a_service_url_is_refused(guarded: Guarded) -> None:
    for url in ("", None, 5, "https://evil.example"):
        assert await guarded.say(guarded.token(), serviceUrl=url) == 401
    assert guarded.service.turns == []


async def test_another_tenant_or_channel_is_refused(guarded: Guarded) -> None:
    foreign = {
        "channelData": {"tenant": {"id": "foreign"}},
        "conversation": {"id": "a:x", "conversationType": "personal", "tenantId": "foreign"},
    }
    assert await guarded.say(guarded.token(), **foreign) == 403
    assert (
        await guarded.say(
            guarded.token(), channelData={}, conversation={"id": "a:x", "conversationType": "personal"}
        )
        == 403
    )
    assert await guarded.say(guarded.token(), channelId="webchat") == 403
    assert guarded.service.turns == []


async def test_a_slow_key_server_holds_up_nobody_else(guarded: Guarded) -> None:
    """Without guard 2 the event loop stands still for as long as the key server takes."""
    guarded.keys.delay = 1.0
    waiting = asyncio.create_task(guarded.say(guarded.token()))
    ticks = 0
    while not waiting.done():
        await asyncio.sleep(0.05)
        ticks += 1
    assert await waiting == 200
    assert guarded.keys.fetched == 1
    assert ticks > 8


async def test_unknown_key_ids_do_not_hammer_the_key_server(guarded: Guarded) -> None:
    assert await guarded.say(guarded.token()) == 200
    for number in range(20):
        assert await guarded.say(guarded.token(kid=f"unknown-{number}")) == 401
    assert guarded.keys.fetched <= 2


def test_while_the_key_server_is_away_the_keys_of_the_last_day_hold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    away = [False]
    clock = [1000.0]
    keys: dict[str, object] = {"keys": [{"kty": "oct", "kid": "one", "k": "c2VjcmV0"}]}

    def fetch(_: object) -> dict[str, object]:
        if away[0]:
            raise jwt.PyJWKClientConnectionError("away")
        return keys

    monkeypatch.setattr(jwt.PyJWKClient, "fetch_data", fetch)
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    known = sdk.KnownKeys("http://127.0.0.1/keys")
    assert known.get_signing_key("one").key_id == "one"
    away[0] = True
    clock[0] += 23 * 3600
    assert known.get_signing_key("one").key_id == "one"
    clock[0] += 2 * 3600
    with pytest.raises(jwt.PyJWKClientConnectionError):
        known.get_signing_key("one")
    away[0] = False
    assert known.get_signing_key("one").key_id == "one"
