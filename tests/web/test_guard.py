"""What stands before the page keeps out what does not come from it."""

from __future__ import annotations

import asyncio
import json
import socket

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.web.address_limits import AddressLimits
from bot.channels.web.visitor import Cookie, signing_keys
from bot.delivery.rate_limit import RateLimit, RateLimiter
from bot.http.address import site as site_of
from bot.http.guard import BODY_LIMIT, HEADERS, TooSlowError, body
from bot.runtime.serve import http_server
from bot.settings import Settings
from tests.web.site import Site, Visitor

TURN = {"kind": "said", "delivery": "d", "as": "", "text": "hallo daar"}


def post(site: Site, visitor: Visitor, **headers: str | None) -> int:
    """The status of a turn that is sent with other headers than the page sends."""
    sent = {
        "Host": f"127.0.0.1:{site.port}",
        "Origin": site.address.rstrip("/"),
        "Sec-Fetch-Site": "same-origin",
        **headers,
    }
    with httpx.Client(cookies=dict(visitor.http.cookies)) as client:
        return client.post(
            f"{site.address}turns",
            json=TURN,
            headers={name: value for name, value in sent.items() if value is not None},
        ).status_code


def test_a_turn_of_the_page_itself_is_taken(site: Site) -> None:
    anna = site.visitor()
    assert post(site, anna) == 200
    assert post(site, anna, **{"Sec-Fetch-Site": None}) == 200  # an older browser
    assert post(site, anna, Origin=None) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": None},
        {"Origin": None, "Sec-Fetch-Site": "cross-site"},
        {"Origin": None, "Sec-Fetch-Site": "same-site"},
        {"Origin": None, "Sec-Fetch-Site": "none"},
        {"Origin": None, "Sec-Fetch-Site": None},
        {"Origin": None, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
    ],
)
def test_a_turn_from_another_site_is_refused(site: Site, headers: dict[str, str | None]) -> None:
    anna = site.visitor()
    assert post(site, anna, **headers) == 403
    assert anna.history() == []


@pytest.mark.parametrize("path", ["stream", "protocol.json", "session"])
@pytest.mark.parametrize("site_header", ["cross-site", "same-site"])
def test_another_site_may_not_read(site: Site, path: str, site_header: str) -> None:
    assert httpx.get(site.address + path, headers={"Sec-Fetch-Site": site_header}).status_code == 403


def test_a_link_on_another_site_opens_the_page_without_touching_the_cookie(site: Site) -> None:
    arrived = httpx.get(site.address, headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"})
    assert arrived.status_code == 200
    assert "set-cookie" not in arrived.headers


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil.example:{port}", ""],
)
def test_a_name_that_was_pointed_at_us_is_refused(site: Site, host: str) -> None:
    for path in ("", "stream", "protocol.json", f"static/x/page.js"):  # noqa: F541
        assert (
            httpx.get(site.address + path, headers={"Host": host.format(port=site.port)}).status_code == 421
        )


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via"])
def test_in_the_local_profile_a_tunnel_is_no_way_in(site: Site, header: str) -> None:
    assert httpx.get(site.address, headers={header: "for=203.0.113.7"}).status_code == 421


def test_every_answer_of_the_page_forbids_what_it_does_not_need(site: Site) -> None:
    answers = [
        httpx.get(site.address),
        httpx.get(f"{site.address}static/x/page.js"),
        httpx.get(f"{site.address}nothing"),
    ]
    answers += [httpx.get(site.address, headers={"Host": "evil.example"}), httpx.post(f"{site.address}turns")]
    for answer in answers:
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    policy = dict(part.strip().split(" ", 1) for part in HEADERS["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert {policy[name] for name in ("script-src", "style-src", "connect-src")} == {"'self'"}
    assert "unsafe" not in HEADERS["Content-Security-Policy"]
    assert answers[0].headers["cache-control"] == "no-store"
    assert "server" not in answers[0].headers


def test_the_cookie_is_random_and_kept_from_scripts_and_other_sites(site: Site) -> None:
    def cookie() -> str:
        headers = {"Origin": site.address.rstrip("/")}
        return str(httpx.post(f"{site.address}session", json={}, headers=headers).headers["set-cookie"])

    first, second = cookie(), cookie()
    assert first.split(";")[0] != second.split(";")[0]
    assert len(first.split(";")[0].removeprefix("visitor=")) * 6 >= 256
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= {part.strip() for part in first.split(";")}


def test_behind_https_the_cookie_goes_nowhere_else() -> None:
    from starlette.responses import Response

    response = Response()
    Cookie(secure=True, lasting=False).give(response)
    given = response.headers["set-cookie"]
    assert given.startswith("__Host-visitor=")
    assert "Secure" in given
    assert "Max-Age" not in given


def test_the_cookie_itself_is_kept_nowhere(own_site: Site) -> None:
    anna = own_site.visitor()
    anna.ask("hallo daar")
    token = next(iter(anna.http.cookies.values()))
    own_site.stop()
    assert not any(token.encode() in file.read_bytes() for file in own_site.folder.iterdir())


@pytest.mark.parametrize(
    "cookie", ["", "visitor=", "visitor=short", "visitor=" + "a" * 44, "visitor=" + "é" * 43, "other=x"]
)
def test_without_our_cookie_nobody_talks_or_listens(site: Site, cookie: str) -> None:
    headers = {"Origin": site.address.rstrip("/"), "Cookie": cookie.encode("latin-1").decode("latin-1")}
    sent = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
    assert httpx.post(f"{site.address}turns", json=TURN, headers=sent).status_code == 401
    assert httpx.get(f"{site.address}stream", headers=sent).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"[]",
        b'{"kind": "said"}',
        json.dumps({**TURN, "kind": "forget"}).encode(),
        json.dumps({**TURN, "text": "   "}).encode(),
        json.dumps({**TURN, "text": "a" * 4001}).encode(),
        json.dumps({**TURN, "text": 7}).encode(),
        json.dumps({**TURN, "delivery": "a b"}).encode(),
        json.dumps({**TURN, "kind": "sent"}).encode(),
        json.dumps({**TURN, "kind": "pressed"}).encode(),
        json.dumps({**TURN, "kind": "pressed", "button": "x", "message": -1}).encode(),
        json.dumps({**TURN, "media": "photo"}).encode(),
        json.dumps({**TURN, "role": "directie"}).encode(),
        json.dumps({**TURN, "kind": "sent", "media": "virus"}).encode(),
    ],
)
def test_what_the_page_would_never_send_is_refused(site: Site, body: bytes) -> None:
    anna = site.visitor()
    assert anna.http.post("turns", content=body).status_code == 400
    assert anna.history() == []


def test_a_body_over_the_limit_is_cut_off_whatever_its_headers_say(site: Site) -> None:
    anna = site.visitor()

    def endless() -> object:
        for _ in range(BODY_LIMIT // 1024 + 2):
            yield b" " * 1024

    assert anna.http.post("turns", content=endless()).status_code == 413  # type: ignore[arg-type]
    assert anna.http.post("turns", content=b" " * (BODY_LIMIT + 1)).status_code == 413
    assert anna.http.post("file", content=b" " * (BODY_LIMIT + 1)).status_code == 413


def test_who_goes_too_fast_is_stopped_and_others_are_not(site: Site) -> None:
    anna, bob = site.visitor(), site.visitor()
    statuses = [anna.http.post("turns", json={**TURN, "delivery": "one"}).status_code for _ in range(30)]
    assert 429 in statuses
    assert statuses[:20] == [200] * 20
    assert bob.http.post("turns", json=TURN).status_code == 200


def test_one_chat_has_only_so_many_lines(site: Site) -> None:
    anna = site.visitor()
    streams = [anna.http.stream("GET", "stream", params={"as": ""}) for _ in range(13)]
    try:
        statuses = [stream.__enter__().status_code for stream in streams]
    finally:
        for stream in streams:
            stream.__exit__(None, None, None)
    assert statuses == [200] * 12 + [503]


def test_the_page_in_production_answers_under_its_public_name_only() -> None:
    where = site_of(Settings(bot_profile="production", web_page=True, public_url="https://Bot.School.nl"))
    assert where.hosts == frozenset({"bot.school.nl"})
    assert not where.local


def test_a_cookie_that_we_did_not_sign_is_nobodys(site: Site) -> None:
    anna = site.visitor()
    name, value = next(iter(anna.http.cookies.items()))
    random, signature = value.split(".")
    forged = [
        f"{random[::-1]}.{signature}",
        f"{random}.{signature[::-1]}",
        "a" * 43,
        f"{'a' * 43}.{'b' * 43}",
    ]
    for cookie in forged:
        headers = {"Origin": site.address.rstrip("/"), "Cookie": f"{name}={cookie}"}
        assert httpx.post(f"{site.address}turns", json=TURN, headers=headers).status_code == 401


def test_the_board_s_keys_sign_and_an_older_one_still_verifies() -> None:
    old, new = signing_keys([b"o" * 32]), signing_keys([b"n" * 32, b"o" * 32])
    response = Response()
    Cookie(keys=old).give(response)
    connection = HTTPConnection(
        {"type": "http", "headers": [(b"cookie", response.headers["set-cookie"].split(";")[0].encode())]}
    )
    assert Cookie(keys=new).read(connection) == Cookie(keys=old).read(connection) is not None
    assert Cookie(keys=signing_keys([b"x" * 32])).read(connection) is None


def test_one_address_has_only_so_many_streams_and_others_get_in(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.web.page.LINES_PER_ADDRESS", 3)
    visitors = [site.visitor() for _ in range(4)]
    streams = [visitor.http.stream("GET", "stream", params={"as": ""}) for visitor in visitors]
    try:
        assert [stream.__enter__().status_code for stream in streams] == [200, 200, 200, 429]
    finally:
        for stream in streams:
            stream.__exit__(None, None, None)


def test_an_address_is_limited_whatever_cookies_it_shows() -> None:
    limits = AddressLimits(met=RateLimiter(RateLimit(0.001, 2), lambda: 0.0))
    assert [limits.met.take("203.0.113.7") for _ in range(3)] == [True, True, False]
    assert limits.met.take("203.0.113.8")


async def test_half_a_body_and_half_a_head_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.http.protocol.HEAD_SECONDS", 0.2)

    async def reading(request: Request) -> Response:
        try:
            return Response(await body(request, seconds=0.2))
        except TooSlowError:
            return Response(status_code=408)

    listening = socket.create_server(("127.0.0.1", 0))
    app = Starlette(routes=[Route("/", reading, methods=["POST"])])
    async with http_server(app, listening):
        for sent, wanted in (
            (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf", b"408"),
            (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Le", b""),
            (b"", b""),
            (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nwhole", b"200 OK"),
        ):
            reader, writer = await asyncio.open_connection(*listening.getsockname())
            writer.write(sent)
            answer = await asyncio.wait_for(reader.readline(), 10)
            assert wanted in answer
            assert wanted or not answer
            writer.close()


@pytest.mark.parametrize(("trusted", "seen"), [((), "127.0.0.1"), (("127.0.0.1",), "203.0.113.7")])
async def test_only_a_trusted_proxy_names_the_client(trusted: tuple[str, ...], seen: str) -> None:
    async def who(request: Request) -> Response:
        return Response(request.client.host if request.client else "")

    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
    async with (
        http_server(Starlette(routes=[Route("/", who)]), listening, trusted),
        httpx.AsyncClient() as client,
    ):
        answer = await client.get(address, headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.7"})
    assert answer.text == seen
