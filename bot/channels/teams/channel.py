"""The Teams channel: what arrives at /api/messages becomes turns; presses are answered at once, everything
else goes through the outbox.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.teams import cards, sdk
from bot.channels.teams.activities import Activity, Address, is_personal, tenant_of, turn_of
from bot.channels.teams.transport import TeamsTransport
from bot.clock import utc_now
from bot.http.guard import TooLargeError, TooSlowError, body
from bot.ports.outbox import GiveUpError, MakeAttachment, TryLaterError
from bot.ports.store import StoreUnavailableError
from bot.ports.teams_state import Keep, Offer
from bot.service import Handled, Service
from handlers.texts import Texts
from handlers.turn import Pressed, Turn
from knowledge.language.words import Language

log = logging.getLogger(__name__)

BODY_LIMIT = 256 * 1024
"""Bytes; Teams itself sends far less."""
TYPING_AFTER = 0.5
"""Seconds of work after which "typing" is shown."""
ANSWER_WITHIN = 8.0
"""Seconds after which Teams gets its answer although the work goes on; at 15 it would deliver again."""
AGAIN_AFTER = (1, 2, 4, 8, 15, 30, 60, 60, 60, 60)
"""Seconds between the tries of a turn that Teams takes to be handled, while the store fails."""
UPLOAD_HOSTS = (".sharepoint.com", ".1drv.com", ".onedrive.com", ".svc.ms")
"""Where Teams lets a file be put; a consent that names another place is refused."""
DONE = "✓"
TOAST = "application/vnd.microsoft.activity.message"
TAKEN = 1000
"""Offers that are remembered as taken, so that a repeat of the press stays without words."""


class TeamsChannel:
    """`credentials` None believes anybody: only for the local profile on loopback."""

    channel = "teams"

    def __init__(
        self,
        service: Service,
        credentials: sdk.Credentials | None,
        keep: Keep,
        make: MakeAttachment,
        texts: Mapping[Language, Texts],
        public_url: str = "",
        keys: str | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._service = service
        self._credentials = credentials
        self._keep = keep
        self._make = make
        self._texts = texts
        self._public_url = public_url
        self._keys = keys
        self._now = now
        self._under_way: set[asyncio.Task[Any]] = set()
        self._app = sdk.make_app(credentials)
        self._route: sdk.Route | None = None
        self._taken: dict[str, None] = {}
        """Offers that were taken here, the oldest first."""
        words = {language: texts("file_offer") for language, texts in self._texts.items()}
        self.transport = TeamsTransport(self._app, keep, make, public_url, words)

    @property
    def routes(self) -> list[Route]:
        """For the one web server."""
        return [
            Route("/api/messages", self._messages, methods=["POST"]),
            Route("/teams/files/{token}", self._file, methods=["GET"]),
            Route("/teams/privacy", self._privacy, methods=["GET"]),
        ]

    def describe(self) -> str:
        """What is on and where, for the lines at the start."""
        if self._credentials is None:
            return "Teams: WITHOUT credentials, for trying out on this machine only, at /api/messages"
        return f"Teams: tenant {self._credentials.tenant_id}, at {self._public_url or ''}/api/messages"

    async def start(self) -> None:
        """Begin to receive."""
        self._route = await sdk.open_app(self._app, self._credentials, self._receive, self._keys)

    async def stop(self) -> None:
        """Receive no more, and finish what is under way."""
        self._route = None
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=ANSWER_WITHIN)

    async def close(self) -> None:
        """Nothing can be sent any more."""
        await self._app.api.http.http.aclose()
        await self._app.http_client.http.aclose()

    async def _messages(self, request: Request) -> Response:
        content = await _body(request)
        if isinstance(content, Response):
            return content
        if self._route is None:
            return JSONResponse({"error": "not ready"}, 503)
        answer = await self._route({"body": content, "headers": dict(request.headers)})
        found = answer.get("body")
        return (
            Response(status_code=answer["status"]) if found is None else JSONResponse(found, answer["status"])
        )

    async def _receive(self, event: Any) -> dict[str, Any]:
        """Called by the SDK with every activity whose token holds. Never raises: that would be a 500 and a
        second delivery.
        """
        activity: Activity = event.body.model_dump(by_alias=True, exclude_none=True)
        if self._credentials:
            if tenant_of(activity) != self._credentials.tenant_id:
                log.warning("an activity of another tenant was refused")
                return {"status": 403}
            if activity.get("channelId") != "msteams":
                return {"status": 403}
        try:
            return await self._answer(activity)
        except Exception as error:
            log.exception(
                "an activity could not be kept; Teams delivers it again",
                extra={"error": type(error).__name__},
            )
            return {"status": 503}

    async def _answer(self, activity: Activity) -> dict[str, Any]:
        if activity.get("type") == "invoke" and activity.get("name") == "fileConsent/invoke":
            return await self._consent(activity)
        bot_id = self._credentials.client_id if self._credentials else "local"
        turn = turn_of(activity, bot_id, self._now())
        if turn is None:
            return {"status": 200}
        work = asyncio.create_task(self._handle(turn))
        self._keep_running(work)
        done, _ = await asyncio.wait({work}, timeout=TYPING_AFTER)
        if not done:
            await self.transport.typing(Address.of(turn.chat.address))
            done, _ = await asyncio.wait({work}, timeout=ANSWER_WITHIN - TYPING_AFTER)
        if not done:
            self._keep_running(asyncio.create_task(self._finish(turn, work)))
            return self._toast("") if activity.get("type") == "invoke" else {"status": 200}
        return await self._pressed(activity, turn, work.result())

    async def _handle(self, turn: Turn) -> Handled:
        try:
            return await self._service.handle(turn)
        except StoreUnavailableError as error:
            if words := self._service.cannot_store(turn, error):
                said = self._tell(Address.of(turn.chat.address), words)
                self._keep_running(asyncio.create_task(said))
            raise

    async def _finish(self, turn: Turn, work: asyncio.Task[Handled]) -> None:
        """Teams has its answer and delivers no more: a turn that the store fails on is done again here."""
        for wait in AGAIN_AFTER:
            with suppress(StoreUnavailableError):
                await work
                return
            await asyncio.sleep(wait)
            work = asyncio.create_task(self._handle(turn))
        await work

    async def _tell(self, address: Address, words: str) -> None:
        """Past the outbox, which fails."""
        with suppress(TryLaterError, GiveUpError):
            await self.transport.say(address, {"type": "message", "text": words, "textFormat": "plain"})

    async def _pressed(self, activity: Activity, turn: Turn, handled: Handled) -> dict[str, Any]:
        """Mark the pressed card, and answer the press with it or with a few words."""
        if not isinstance(turn.act, Pressed):
            return {"status": 200}
        replaced = handled.reply is not None and any(
            message.replaces == turn.act.message for message in handled.reply.messages
        )
        card = None if replaced else await self._mark(turn, turn.act)
        if activity.get("type") != "invoke":
            return {"status": 200}
        if handled.reply is None:
            return self._toast(self._texts[turn.person.language or "nl"]("pressed_twice"))
        if card and not handled.reply.toast:
            return {"status": 200, "body": {"statusCode": 200, "type": cards.CARD_TYPE, "value": card}}
        return self._toast(handled.reply.toast)

    async def _mark(self, turn: Turn, act: Pressed) -> dict[str, Any] | None:
        card = await self._keep.card(turn.chat.id, act.message) if act.message else None
        marked = cards.marked(card, act.button) if card else None
        if marked is None:
            return None
        await self._keep.keep_card(turn.chat.id, act.message, marked)
        self._keep_running(asyncio.create_task(self._show(turn, act.message, marked)))
        return marked

    async def _show(self, turn: Turn, message: str, card: dict[str, Any]) -> None:
        """The marked card for everybody in the chat; who pressed has it already."""
        try:
            await self.transport.replace(Address.of(turn.chat.address), message, cards.carry(card))
        except (TryLaterError, GiveUpError) as error:
            log.info("a pressed card was not marked", extra={"reason": str(error)})

    async def _consent(self, activity: Activity) -> dict[str, Any]:
        """Somebody took or declined a file on offer."""
        value = activity.get("value")
        value = value if isinstance(value, dict) else {}
        context = value.get("context")
        token = context.get("offer") if isinstance(context, dict) else None
        token = token if isinstance(token, str) else ""
        if token in self._taken:
            return {"status": 200}  # Teams repeats what it thinks went unheard
        offer = await self._keep.take_offer(token) if token else None
        address = Address(str(activity.get("serviceUrl", "")), str(activity["conversation"]["id"]))
        card = str(activity.get("replyToId") or "")
        mine = offer is not None and offer.chat == f"teams:{address.conversation}" and is_personal(activity)
        if offer is not None and not mine:  # another's press must not use it up
            await self._keep.keep_offer(token, offer)
        elif offer is not None:
            self._remember_taken(token)
        if offer is not None and mine and value.get("action") == "accept":
            # answered at once: making and uploading a file may take longer than Teams waits
            self._keep_running(asyncio.create_task(self._deliver(activity, address, token, offer, card)))
            return {"status": 200}
        if card:
            self._keep_running(asyncio.create_task(self._take_away(address, card)))
        await self._say(address, activity, "file_declined" if mine else "file_gone")
        return {"status": 200}

    async def _deliver(
        self, activity: Activity, address: Address, token: str, offer: Offer, card: str
    ) -> None:
        """Make the file and put it where Teams asked; the offer stands until that succeeded."""
        told = await self._upload(activity, address, offer)
        if told == "file_again":
            await self._keep.keep_offer(token, offer)
            self._taken.pop(token, None)
        elif card:
            await self._take_away(address, card)
        if told:
            await self._say(address, activity, told)

    def _remember_taken(self, token: str) -> None:
        self._taken[token] = None
        while len(self._taken) > TAKEN:
            self._taken.pop(next(iter(self._taken)))

    async def _upload(self, activity: Activity, address: Address, offer: Offer) -> str:
        """Put the file where Teams asked; "" where that succeeded, else the text that says what to do."""
        value = activity.get("value")
        info = value.get("uploadInfo") if isinstance(value, dict) else None
        place = info if isinstance(info, dict) else {}
        url = str(place.get("uploadUrl", ""))
        if not self._may_upload(url):
            log.warning("a file was to be put in a place that is not Teams'")
            return "file_gone"
        try:
            content = await self._make(offer.document)
        except KeyError:
            return "file_gone"
        try:
            async with httpx.AsyncClient(timeout=sdk.OUTGOING_TIMEOUT) as client:
                put = await client.put(
                    url,
                    content=content,
                    headers={
                        "Content-Range": f"bytes 0-{len(content) - 1}/{len(content)}",
                        "Content-Type": "application/octet-stream",
                    },
                )
                put.raise_for_status()
        except httpx.HTTPError as error:
            log.warning("a file was not delivered", extra={"error": type(error).__name__})
            return "file_again"
        details = {"uniqueId": place.get("uniqueId"), "fileType": place.get("fileType")}
        attachment = {
            "contentType": "application/vnd.microsoft.teams.card.file.info",
            "contentUrl": place.get("contentUrl"),
            "name": offer.name,
            "content": details,
        }
        try:
            await self.transport.say(address, {"type": "message", "attachments": [attachment]})
        except (TryLaterError, GiveUpError) as error:
            log.info("a delivered file was not shown", extra={"reason": str(error)})
        return ""

    def _may_upload(self, url: str) -> bool:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if self._credentials is None and host in ("127.0.0.1", "localhost", "::1"):
            return True
        return parts.scheme == "https" and host.endswith(UPLOAD_HOSTS)

    async def _file(self, request: Request) -> Response:
        """A file by a link that works once."""
        offer = await self._keep.take_offer(request.path_params["token"])
        if offer is None:
            return Response(
                "Deze link werkt niet meer. / This link no longer works.", 404, media_type="text/plain"
            )
        try:
            content = await self._make(offer.document)
        except KeyError:
            return Response(
                "Dit document is er niet meer. / This document is gone.", 404, media_type="text/plain"
            )
        headers = {
            "Content-Disposition": f'attachment; filename="{offer.name}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(content, media_type="application/octet-stream", headers=headers)

    async def _privacy(self, request: Request) -> Response:
        """What the app package names as the statement on privacy."""
        return PlainTextResponse("\n\n".join(texts("teams_privacy") for texts in self._texts.values()))

    async def _say(self, address: Address, activity: Activity, name: str) -> None:
        locale = str(activity.get("locale", "")).lower()
        words = self._texts["en" if locale.startswith("en") else "nl"](name)
        await self.transport.say(address, {"type": "message", "text": words, "textFormat": "plain"})

    async def _take_away(self, address: Address, message: str) -> None:
        try:
            await self.transport.remove(address, message)
        except (TryLaterError, GiveUpError) as error:
            log.info("a file offer was not taken away", extra={"reason": str(error)})

    def _toast(self, words: str) -> dict[str, Any]:
        """A press must be answered with something to show."""
        return {"status": 200, "body": {"statusCode": 200, "type": TOAST, "value": words or DONE}}

    def _keep_running(self, task: asyncio.Task[Any]) -> None:
        """A task that nobody holds may be dropped by the event loop."""
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


async def _body(request: Request) -> dict[str, Any] | Response:
    try:
        found = json.loads(await body(request, BODY_LIMIT))
    except TooLargeError:
        return JSONResponse({"error": "too large"}, 413)
    except TooSlowError:
        return JSONResponse({"error": "too slow"}, 408)
    except (ValueError, RecursionError):
        return JSONResponse({"error": "not JSON"}, 400)
    return found if isinstance(found, dict) else JSONResponse({"error": "not an activity"}, 400)
