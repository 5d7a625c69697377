"""A small stand-in for Teams: the connector that takes the bot's replies, and a client with people who write,
press and take files.

It holds what Teams holds: sizes, numbers of actions, known conversations and activities. A refusal is kept in
`problems`.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

MESSAGE_BYTES = 28 * 1024
ACTIONS = 6
TITLE = 100
BOT = "28:bot"
TENANT = "tenant-1"
CONSENT = "application/vnd.microsoft.teams.card.file.consent"
CARD = "application/vnd.microsoft.card.adaptive"

Json = dict[str, Any]


@dataclass
class Connector:
    """Everything that stands in the conversations, and what was refused."""

    address: str = ""
    messages: dict[str, dict[str, Json]] = field(default_factory=dict)
    """Conversation → activity id → activity, in the order of arrival."""
    log: list[tuple[str, str, str]] = field(default_factory=list)
    """(what, conversation, activity id): send, update, delete, typing."""
    uploads: dict[str, bytes] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    refuse: list[int] = field(default_factory=list)
    """Statuses with which the next calls are refused."""
    count: int = 0

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/v3/conversations/{conversation:path}/activities", self._create, methods=["POST"]),
                Route(
                    "/v3/conversations/{conversation:path}/activities/{activity}",
                    self._change,
                    methods=["PUT", "DELETE"],
                ),
                Route("/upload/{name}", self._upload, methods=["PUT"]),
            ]
        )

    def shown(self, conversation: str) -> list[Json]:
        return list(self.messages.get(conversation, {}).values())

    async def _create(self, request: Request) -> Response:
        if refused := self._refused():
            return refused
        conversation, activity = request.path_params["conversation"], await request.json()
        if activity.get("type") == "typing":
            self.log.append(("typing", conversation, ""))
            return JSONResponse({}, 201)
        self._check(activity)
        self.count += 1
        made = f"r{self.count}"
        self.messages.setdefault(conversation, {})[made] = activity
        self.log.append(("send", conversation, made))
        return JSONResponse({"id": made}, 201)

    async def _change(self, request: Request) -> Response:
        if refused := self._refused():
            return refused
        conversation, activity = request.path_params["conversation"], request.path_params["activity"]
        there = self.messages.get(conversation, {})
        if activity not in there:
            return JSONResponse({"error": {"code": "NotFound"}}, 404)
        if request.method == "DELETE":
            del there[activity]
            self.log.append(("delete", conversation, activity))
            return Response(status_code=200)
        changed = await request.json()
        self._check(changed)
        there[activity] = changed
        self.log.append(("update", conversation, activity))
        return JSONResponse({"id": activity})

    async def _upload(self, request: Request) -> Response:
        self.uploads[request.path_params["name"]] = await request.body()
        return JSONResponse({}, 201)

    def _refused(self) -> Response | None:
        if not self.refuse:
            return None
        return JSONResponse({"error": {"code": "Refused"}}, self.refuse.pop(0), headers={"Retry-After": "1"})

    def _check(self, activity: Json) -> None:
        if len(json.dumps(activity).encode()) > MESSAGE_BYTES:
            self.problems.append("a message over 28 kB")
        if not activity.get("text") and not activity.get("attachments"):
            self.problems.append("an empty message")
        for element in _elements(activity):
            if element.get("type") == "TextBlock":
                self.problems.append("a TextBlock reads Markdown")
            if element.get("type") == "ActionSet" and len(element["actions"]) > ACTIONS:
                self.problems.append("more than six actions in a set")
            if str(element.get("type", "")).startswith("Action."):
                if len(element["title"]) > TITLE:
                    self.problems.append("a button's title is too long")
                if set(element.get("data", {})) - {"b"}:
                    self.problems.append("a button carries more than its id")


class Member:
    """One person in one conversation, whose client posts to the bot."""

    def __init__(
        self,
        connector: Connector,
        client: httpx.AsyncClient,
        name: str = "anna",
        scope: str = "personal",
        conversation: str = "",
    ) -> None:
        self.connector = connector
        self.client = client
        self.name = name
        self.scope = scope
        self.conversation = conversation or f"a:{name}"
        self.headers: dict[str, str] = {}

    async def say(self, text: str, mention: bool = False, **over: Any) -> httpx.Response:
        if mention:
            over["entities"] = [
                {"type": "mention", "text": "<at>Protocol</at>", "mentioned": {"id": BOT, "name": "Protocol"}}
            ]
            text = f"<at>Protocol</at> {text}"
        return await self.post(type="message", text=text, **over)

    async def press(self, title: str, **over: Any) -> httpx.Response:
        """Press the newest button with this title, as its card has it."""
        activity, action = self.find(title)
        value = {
            "action": {"type": action["type"], "verb": action.get("verb"), "data": action.get("data", {})},
            "trigger": "manual",
        }
        answer = await self.post(
            type="invoke", name="adaptiveCard/action", value=value, replyToId=activity, **over
        )
        body = answer.json() if answer.content else {}
        if body.get("type") == CARD:
            self.connector.messages[self.conversation][activity]["attachments"][0]["content"] = body["value"]
        return answer

    async def take(self, accept: bool = True) -> httpx.Response:
        """Take (or decline) the newest file on offer."""
        for made, activity in reversed(self.connector.messages[self.conversation].items()):
            for attachment in activity.get("attachments", ()):
                if attachment["contentType"] == CONSENT:
                    name = attachment["name"]
                    info = {
                        "uploadUrl": f"{self.connector.address}/upload/{name}",
                        "contentUrl": "https://x",
                        "uniqueId": "1",
                        "fileType": "pdf",
                    }
                    value = {
                        "type": "fileUpload",
                        "action": "accept" if accept else "decline",
                        "context": attachment["content"]["acceptContext"],
                    }
                    if accept:
                        value["uploadInfo"] = info
                    return await self.post(
                        type="invoke", name="fileConsent/invoke", value=value, replyToId=made
                    )
        raise LookupError("no file is on offer")

    async def post(self, **over: Any) -> httpx.Response:
        return await self.client.post("/api/messages", json=self.activity(**over), headers=self.headers)

    def activity(self, **over: Any) -> Json:
        return {
            "id": uuid.uuid4().hex,
            "timestamp": "2026-11-26T12:00:00Z",
            "channelId": "msteams",
            "serviceUrl": self.connector.address,
            "locale": "nl-NL",
            "from": {"id": f"29:{self.name}", "name": self.name, "aadObjectId": self.name},
            "recipient": {"id": BOT, "name": "Protocol"},
            "conversation": {"id": self.conversation, "conversationType": self.scope, "tenantId": TENANT},
            "channelData": {"tenant": {"id": TENANT}},
        } | over

    def sees(self) -> list[Json]:
        return self.connector.shown(self.conversation)

    def find(self, title: str) -> tuple[str, Json]:
        for made, activity in reversed(self.connector.messages.get(self.conversation, {}).items()):
            for element in _elements(activity):
                if str(element.get("type", "")).startswith("Action.") and element.get("title") == title:
                    return made, element
        raise LookupError(f"no button {title!r}; there are {[buttons_of(a) for a in self.sees()]}")


def words_of(activity: Json) -> str:
    """What a person reads of an activity."""
    texts = [activity.get("text", "")]
    texts += [
        "".join(run["text"] for run in element["inlines"])
        for element in _elements(activity)
        if element.get("type") == "RichTextBlock"
    ]
    return "\n".join(text for text in texts if text)


def buttons_of(activity: Json) -> list[str]:
    return [
        element["title"]
        for element in _elements(activity)
        if str(element.get("type", "")).startswith("Action.")
    ]


def _elements(node: Any) -> Iterator[Json]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _elements(value)
    elif isinstance(node, list):
        for value in node:
            yield from _elements(value)
