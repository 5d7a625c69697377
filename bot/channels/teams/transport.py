"""The way out to Teams: what lies in the outbox goes to the conversation's own connector."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import httpx

from bot.channels.teams import cards
from bot.channels.teams.activities import Address
from bot.ports.outbox import GiveUpError, MakeAttachment, MayHaveArrivedError, Outgoing, TryLaterError
from bot.ports.teams_state import Keep, Offer
from handlers.reply import Attachment, Quotation
from knowledge.language.words import Language

if TYPE_CHECKING:
    from microsoft_teams.apps import App

log = logging.getLogger(__name__)

FILE_CONSENT = "application/vnd.microsoft.teams.card.file.consent"
SEND_AGAIN = (412, 429, 502, 503, 504)
"""Answers after which the platform says to send again, later each time."""


class TeamsTransport:
    channel = "teams"

    def __init__(
        self, app: App, keep: Keep, make: MakeAttachment, public_url: str, file_words: Mapping[Language, str]
    ) -> None:
        """`file_words`: language → the words that offer a file."""
        self._app = app
        self._keep = keep
        self._make = make
        self._public_url = public_url.rstrip("/")
        self._file_words = file_words

    async def send(self, outgoing: Outgoing) -> tuple[str, ...]:
        """See `bot.ports.outbox.Transport`. A message that may have arrived is not sent again, since Teams
        cannot tell a repeat from a new one: `MayHaveArrivedError`.
        """
        try:
            address = Address.of(outgoing.chat.address)
        except ValueError as error:
            raise GiveUpError(str(error)) from None
        for message in outgoing.deletes:
            await self.remove(address, message)
        if outgoing.message is None:
            return ()
        made = cards.activities(outgoing.message, outgoing.buttons)
        public = any(isinstance(block, Quotation) for block in outgoing.message.blocks)
        sent: list[str] = []
        for number, activity in enumerate(made):
            earlier = outgoing.replaces[number] if number < len(outgoing.replaces) else ""
            message = (
                await self._put(address, earlier, activity)
                if earlier
                else await self._call("POST", address, "", activity)
            )
            sent.append(message)
            if outgoing.buttons and public and number == len(made) - 1:
                await self._keep.keep_card(outgoing.chat.id, message, cards.card_of(activity))
        for message in outgoing.replaces[len(made) :]:
            await self.remove(address, message)
        if outgoing.message.attachment:
            sent.append(await self._offer(outgoing, address, outgoing.message.attachment))
        return tuple(sent)

    async def replace(self, address: Address, message: str, activity: dict[str, Any]) -> None:
        """Put another activity in the place of one that stands there."""
        await self._call("PUT", address, message, activity, gone_is_fine=True)

    async def remove(self, address: Address, message: str) -> None:
        """Take a message of ours away; one that is gone already is no error."""
        await self._call("DELETE", address, message, None, gone_is_fine=True)

    async def typing(self, address: Address) -> None:
        """Show that an answer is being written; nothing hangs on its arrival."""
        try:
            await self._call("POST", address, "", {"type": "typing"})
        except (TryLaterError, GiveUpError) as error:
            log.info("typing was not shown", extra={"reason": str(error)})

    async def say(self, address: Address, activity: dict[str, Any]) -> str:
        """Send one activity at once, beside the outbox."""
        return await self._call("POST", address, "", activity)

    async def _put(self, address: Address, message: str, activity: dict[str, Any]) -> str:
        try:
            await self._call("PUT", address, message, activity)
        except MayHaveArrivedError as error:  # the same put in its place twice is no harm
            raise TryLaterError(str(error)) from None
        except GiveUpError:
            return await self._call("POST", address, "", activity)
        return message

    async def _offer(self, outgoing: Outgoing, address: Address, attachment: Attachment) -> str:
        """Offer a file: by consent where people are alone with the assistant, else by a link of ours that
        works once.
        """
        try:
            size = len(await self._make(attachment.document))
        except KeyError as error:
            raise GiveUpError(f"the file cannot be made: {error}") from None
        token = secrets.token_urlsafe(16)
        await self._keep.keep_offer(token, Offer(outgoing.chat.id, attachment.name, attachment.document))
        words = self._file_words[outgoing.language]
        if outgoing.chat.private:
            content = {
                "description": words,
                "sizeInBytes": size,
                "acceptContext": {"offer": token},
                "declineContext": {"offer": token},
            }
            card = {"contentType": FILE_CONSENT, "name": attachment.name, "content": content}
            return await self._call("POST", address, "", {"type": "message", "attachments": [card]})
        if not self._public_url:
            raise GiveUpError("a file can be given in a group only with PUBLIC_URL set")
        link = {
            "type": "Action.OpenUrl",
            "title": attachment.name,
            "url": f"{self._public_url}/teams/files/{token}",
        }
        body = [cards.plain(words), {"type": "ActionSet", "actions": [link]}]
        return await self._call("POST", address, "", cards.carry(cards.card(body, words)))

    async def _call(
        self,
        method: str,
        address: Address,
        message: str,
        activity: dict[str, Any] | None,
        gone_is_fine: bool = False,
    ) -> str:
        service = address.service_url.rstrip("/")
        url = (
            f"{service}/v3/conversations/{address.conversation}/activities{'/' + message if message else ''}"
        )
        body = (
            None
            if activity is None
            else {**activity, "from": {"id": self._app.id}, "conversation": {"id": address.conversation}}
        )
        http = self._app.api.http
        try:
            if method == "DELETE":
                response = await http.delete(url)
            elif method == "PUT":
                response = await http.put(url, json={**(body or {}), "id": message})
            else:
                response = await http.post(url, json=body)
        except httpx.HTTPStatusError as error:
            return self._refused(error.response, gone_is_fine)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise TryLaterError(type(error).__name__) from None
        except httpx.TransportError as error:
            raise MayHaveArrivedError(type(error).__name__) from None
        return str(_json(response).get("id", message))

    def _refused(self, response: httpx.Response, gone_is_fine: bool) -> str:
        status = response.status_code
        if gone_is_fine and status in (403, 404, 405):
            return ""
        if status in SEND_AGAIN:
            raise TryLaterError(f"status {status}", _seconds(response.headers.get("Retry-After")))
        if status == 401:
            raise TryLaterError(
                "status 401: are TEAMS_CLIENT_ID and TEAMS_CLIENT_SECRET right, and still valid?"
            )
        if status >= 500 or status == 408:
            raise MayHaveArrivedError(f"status {status}")
        raise GiveUpError(f"status {status}")


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _seconds(header: str | None) -> float | None:
    try:
        return None if header is None else max(0.0, float(header))
    except ValueError:
        return None
