"""A small Bot API server on loopback with people in it: as strict as the real one, and failing on purpose.

async with FakeTelegram() as telegram:
    anna = telegram.person("Anna")
    anna.say("mag deze foto online?")
    await anna.hears(1)
    assert telegram.refused == []
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Self
from urllib.parse import parse_qs

import httpx
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from uvicorn import Config, Server

from tests.fakes.serving import Quiet
from tests.fakes.telegram_people import Person
from tests.fakes.telegram_rules import (
    CAPTION,
    RESULTS,
    TOAST,
    Json,
    RefusedError,
    bad,
    check_commands,
    check_markup,
    check_result,
    check_text,
    check_webhook,
)

TOKEN = "123456789:AAfake-Token_for-tests-only-0123456789a"  # noqa: S105
ME = {
    "id": 123456789,
    "is_bot": True,
    "first_name": "Protocol",
    "username": "protocol_bot",
    "can_join_groups": True,
}
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup"
)

REASONS = {
    400: "Bad Request: something unknown",
    401: "Unauthorized",
    403: "Forbidden: bot was kicked from the supergroup chat",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    429: "Too Many Requests",
    500: "Internal Server Error",
}


@dataclass
class Posted:
    """A message in a chat."""

    id: int
    chat: int
    by_bot: bool
    text: str
    entities: list[Json] = field(default_factory=list)
    markup: Json | None = None
    document: tuple[str, bytes] | None = None
    topic: int | None = None
    answers: int | None = None
    """The message above which it is shown."""
    edits: int = 0
    at: float = field(default_factory=time.monotonic)
    """When it was posted or last edited."""
    first: float = field(default_factory=time.monotonic)
    """When it was posted."""

    @property
    def buttons(self) -> list[Json]:
        return [button for row in (self.markup or {}).get("inline_keyboard", []) for button in row]

    def marked(self, kind: str) -> list[str]:
        """The pieces of text under this kind of entity."""
        wide = self.text.encode("utf-16-le")
        return [
            wide[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le")
            for e in self.entities
            if e["type"] == kind
        ]


@dataclass
class Fault:
    """The next `times` calls of a method fail.

    A number ("429", "500", ...): refused so; "drop": broken off before it is done; "drop_after": done, but
    the answer is lost; anything else is what comes back instead of an answer.
    """

    kind: str
    method: str
    times: int = 1
    retry_after: int = 1
    skip: int = 0
    """Calls that pass first."""


class FakeTelegram:
    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.chats: dict[int, Json] = {}
        self.started: set[int] = set()
        self.blocked: set[int] = set()
        self.moved: dict[int, int] = {}
        """Group → the supergroup that it became."""
        self.topics_gone: set[int] = set()
        self.messages: dict[int, dict[int, Posted]] = defaultdict(dict)
        self.written: defaultdict[int, int] = defaultdict(int)
        """Chat → how many messages people wrote there."""
        self.everything: list[Posted] = []
        """All that the bot ever posted, also what is taken away by now."""
        self.faults: list[Fault] = []
        self.held: set[str] = set()
        """Methods that are not answered for as long as they are in here; `wake` after a change."""
        self.calls: list[tuple[str, Json]] = []
        self.refused: list[str] = []
        """Calls of the bot that were against the rules."""
        self.toasts: list[str] = []
        self.actions: list[str] = []
        self.commands: dict[str, list[Json]] = {}
        self.about: dict[tuple[str, str], str] = {}
        self.webhook: Json = {"url": ""}
        self.secret = ""
        self.presses: dict[str, bool] = {}
        """Callback query → whether it was answered."""
        self.inline: dict[str, Json | None] = {}
        self.offset = 0
        """Below this all updates are confirmed."""
        self.settings_webhook = False
        """Whether the bot under test is set up for a webhook."""
        self.changed = asyncio.Condition()
        self._updates: list[Json] = []
        self._done: list[Json] = []
        self._again: list[Json] = []
        self._numbers = itertools.count(1000)
        self._polls = itertools.count()
        self._poll = -1
        self._server: Server | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._port = 0

    # the server

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> None:
        """Listen; the second time on the same port as before."""
        app = Starlette(routes=[Route("/bot{token}/{method}", _Endpoint(self), methods=["GET", "POST"])])
        self._server = Quiet(
            Config(
                app,
                host="127.0.0.1",
                port=self._port,
                log_config=None,
                lifespan="off",
                ws="none",
                timeout_graceful_shutdown=1,
            )
        )
        serving = asyncio.create_task(self._server.serve())
        while not self._server.started:
            await asyncio.sleep(0.001)
        self._port = self._server.servers[0].sockets[0].getsockname()[1]
        self._tasks = [serving, asyncio.create_task(self._post_updates())]

    async def close(self) -> None:
        assert self._server
        self._server.should_exit = True
        self._tasks[1].cancel()
        async with self.changed:
            self._poll = -1
            self.changed.notify_all()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def base_url(self) -> str:
        """In the form of TELEGRAM_BASE_URL."""
        return f"http://127.0.0.1:{self._port}/bot"

    # people

    def person(self, name: str, language: str | None = "nl", started: bool = True) -> Person:
        number = next(self._numbers)
        user: Json = {"id": number, "is_bot": False, "first_name": name}
        if language:
            user["language_code"] = language
        self.chats[number] = {"id": number, "type": "private", "first_name": name}
        if started:
            self.started.add(number)
        return Person(self, user, self.chats[number])

    def group(self, title: str, by: Person) -> Json:
        """A group, into which somebody brought the bot."""
        number = -1000000000000 - next(self._numbers)
        chat: Json = {"id": number, "type": "supergroup", "title": title}
        self.chats[number] = chat
        self.started.add(number)
        left, member = ({"user": ME, "status": status} for status in ("left", "member"))
        self.update(
            "my_chat_member",
            {"chat": chat, "from": by.user, "date": 1, "old_chat_member": left, "new_chat_member": member},
        )
        return chat

    def move(self, group: Json) -> Json:
        """The group becomes a supergroup: another chat, without the old messages."""
        number = -1000000000000 - next(self._numbers)
        self.chats[number] = {**group, "id": number, "type": "supergroup"}
        self.started.add(number)
        self.moved[group["id"]] = number
        for chat, told in (
            (group, {"migrate_to_chat_id": number}),
            (self.chats[number], {"migrate_from_chat_id": group["id"]}),
        ):
            who = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
            self.update(
                "message", {"message_id": self.next_number(), "date": 1, "chat": chat, "from": who, **told}
            )
        return self.chats[number]

    def next_number(self) -> int:
        return next(self._numbers)

    def update(self, kind: str, body: Json) -> int:
        """Something for the bot; returns the update's id."""
        number = next(self._numbers)
        self._updates.append({"update_id": number, kind: body})
        self.wake()
        return number

    def deliver_again(self, count: int = 1) -> None:
        """The last updates come once more, as they do when a confirmation got lost."""
        self._again += [*self._done, *self._updates][-count:]
        self.wake()

    @property
    def waiting(self) -> int:
        """Updates that are not confirmed."""
        return len(self._updates) + len(self._again)

    def wake(self) -> None:
        async def notify() -> None:
            async with self.changed:
                self.changed.notify_all()

        self._tasks.append(asyncio.ensure_future(notify()))

    async def until(self, true: Callable[[], bool], what: str, seconds: float = 20) -> None:
        """Wait until it is so; after `seconds` the test fails and says what it waited for."""

        async def wait() -> None:
            async with self.changed:
                await self.changed.wait_for(true)

        try:
            await asyncio.wait_for(wait(), seconds)
        except TimeoutError:
            raise AssertionError(f"waited {seconds} s for {what}; refused: {self.refused}") from None

    def fail(self, kind: str, method: str, times: int = 1, retry_after: int = 1, skip: int = 0) -> None:
        self.faults.append(Fault(kind, method, times, retry_after, skip))

    # receiving calls

    async def call(self, token: str, method: str, given: Json) -> object:
        """One call of the bot. Raises `RefusedError`."""
        if token != self.token:
            raise RefusedError(401, "Unauthorized")
        if method in self.held:
            async with self.changed:
                await self.changed.wait_for(lambda: method not in self.held)
        handler = getattr(self, f"do_{method}", None)
        if handler is None:
            raise RefusedError(404, "Not Found: method not found")
        self.calls.append((method, given))
        try:
            result = handler(given)
            return await result if asyncio.iscoroutine(result) else result
        except RefusedError as refused:
            if refused.code != 409 and refused.code != 403:
                self.refused.append(f"{method}: {refused.description}")
            raise
        finally:
            async with self.changed:
                self.changed.notify_all()

    def fault(self, method: str) -> Fault | None:
        for fault in self.faults:
            if fault.method == method and fault.times > 0:
                if fault.skip:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                self.wake()
                return fault
        return None

    def do_getMe(self, given: Json) -> Json:  # noqa: N802
        return ME

    async def do_getUpdates(self, given: Json) -> list[Json]:  # noqa: N802
        if self.webhook["url"]:
            raise RefusedError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to "
                "delete the webhook first",
            )
        mine = self._poll = next(self._polls)
        if (offset := int(given.get("offset", 0))) > self.offset:
            self.offset = offset
        self._done += [update for update in self._updates if update["update_id"] < self.offset]
        self._updates = [update for update in self._updates if update["update_id"] >= self.offset]
        async with self.changed:
            self.changed.notify_all()
            with suppress(TimeoutError):
                ready = self.changed.wait_for(
                    lambda: bool(self._updates or self._again) or self._poll != mine
                )
                await asyncio.wait_for(ready, float(given.get("timeout", 0)) + 0.001)
        if self._poll not in (mine, -1):
            raise RefusedError(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is "
                "running",
            )
        again, self._again = self._again, []
        return (again + self._updates)[: int(given.get("limit", 100))]

    def do_setWebhook(self, given: Json) -> bool:  # noqa: N802
        check_webhook(given["url"], given.get("secret_token", ""))
        self.webhook, self.secret = (
            {"url": given["url"], "pending_update_count": 0, "has_custom_certificate": False},
            given.get("secret_token", ""),
        )
        return True

    def do_deleteWebhook(self, given: Json) -> bool:  # noqa: N802
        self.webhook = {"url": ""}
        return True

    def do_getWebhookInfo(self, given: Json) -> Json:  # noqa: N802
        return self.webhook

    def do_sendMessage(self, given: Json) -> Json:  # noqa: N802
        chat = self._writable(given)
        entities = given.get("entities", [])
        check_text(given["text"], entities)
        return self._post(
            Posted(self.next_number(), chat["id"], True, given["text"].strip(), entities), given
        )

    def do_sendDocument(self, given: Json) -> Json:  # noqa: N802
        chat = self._writable(given)
        entities = given.get("caption_entities", [])
        check_text(given.get("caption", ""), entities, CAPTION, may_be_empty=True)
        name, content = given["document"]
        if not content:
            raise bad("file must be non-empty")
        return self._post(
            Posted(
                self.next_number(),
                chat["id"],
                True,
                given.get("caption", ""),
                entities,
                document=(name, content),
            ),
            given,
        )

    def do_editMessageText(self, given: Json) -> Json:  # noqa: N802
        message = self._own(given, "edit")
        if message.document:
            raise bad("there is no text in the message to edit")
        entities = given.get("entities", [])
        check_text(given["text"], entities)
        markup = given.get("reply_markup")
        check_markup(markup)
        if (message.text, message.entities, message.markup) == (given["text"].strip(), entities, markup):
            raise bad(NOT_MODIFIED)
        message.text, message.entities, message.markup = given["text"].strip(), entities, markup
        message.edits, message.at = message.edits + 1, time.monotonic()
        return self.shape(message)

    def do_editMessageReplyMarkup(self, given: Json) -> Json:  # noqa: N802
        message = self._own(given, "edit")
        check_markup(given.get("reply_markup"))
        if message.markup == given.get("reply_markup"):
            raise bad(NOT_MODIFIED)
        message.markup = given.get("reply_markup")
        message.edits, message.at = message.edits + 1, time.monotonic()
        return self.shape(message)

    def do_deleteMessage(self, given: Json) -> bool:  # noqa: N802
        if self.messages[int(given["chat_id"])].pop(int(given["message_id"]), None) is None:
            raise bad("message to delete not found")
        return True

    def do_deleteMessages(self, given: Json) -> bool:  # noqa: N802
        if not 1 <= len(given["message_ids"]) <= 100:
            raise bad("too many messages to delete")
        for number in given["message_ids"]:
            self.messages[int(given["chat_id"])].pop(int(number), None)
        return True

    def do_sendChatAction(self, given: Json) -> bool:  # noqa: N802
        self._writable(given)
        self.actions.append(given["action"])
        return True

    def do_answerCallbackQuery(self, given: Json) -> bool:  # noqa: N802
        if self.presses.get(given["callback_query_id"], True):
            raise bad("query is too old and response timeout expired or query ID is invalid")
        if len(given.get("text", "")) > TOAST:
            raise bad("MESSAGE_TOO_LONG")
        self.presses[given["callback_query_id"]] = True
        self.toasts.append(given.get("text", ""))
        return True

    def do_answerInlineQuery(self, given: Json) -> bool:  # noqa: N802
        if self.inline.get(given["inline_query_id"], {}) is not None:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        results = given["results"]
        if len(results) > RESULTS or len({result["id"] for result in results}) < len(results):
            raise bad("RESULT_ID_DUPLICATE")
        for result in results:
            check_result(result)
        self.inline[given["inline_query_id"]] = given
        return True

    def do_setMyCommands(self, given: Json) -> bool:  # noqa: N802
        check_commands(given["commands"])
        self.commands[given.get("language_code", "")] = given["commands"]
        return True

    def do_getMyCommands(self, given: Json) -> list[Json]:  # noqa: N802
        return self.commands.get(given.get("language_code", ""), [])

    def do_setMyDescription(self, given: Json) -> bool:  # noqa: N802
        return self._set_about("description", given, 512)

    def do_getMyDescription(self, given: Json) -> Json:  # noqa: N802
        return {"description": self.about.get(("description", given.get("language_code", "")), "")}

    def do_setMyShortDescription(self, given: Json) -> bool:  # noqa: N802
        return self._set_about("short_description", given, 120)

    def do_getMyShortDescription(self, given: Json) -> Json:  # noqa: N802
        return {
            "short_description": self.about.get(("short_description", given.get("language_code", "")), "")
        }

    # below

    def _set_about(self, kind: str, given: Json, limit: int) -> bool:
        if len(given.get(kind, "")) > limit:
            raise bad(f"{kind} is too long")
        self.about[kind, given.get("language_code", "")] = given.get(kind, "")
        return True

    def _writable(self, given: Json) -> Json:
        number = int(given["chat_id"])
        if number not in self.started:
            raise bad("chat not found")
        self._check_there(number)
        if given.get("parse_mode"):
            raise bad("this bot is not to use any markup")
        return self.chats[number]

    def _check_there(self, number: int) -> None:
        if number in self.moved:
            raise RefusedError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=self.moved[number],
            )
        if number in self.blocked:
            why = "bot was blocked by the user" if number > 0 else "bot was kicked from the supergroup chat"
            raise RefusedError(403, f"Forbidden: {why}")

    def _own(self, given: Json, what: str) -> Posted:
        self._check_there(int(given["chat_id"]))
        message = self.messages[int(given["chat_id"])].get(int(given["message_id"]))
        if message is None:
            raise bad(f"message to {what} not found")
        if not message.by_bot:
            raise bad(f"message can't be {what}ed")
        return message

    def _post(self, message: Posted, given: Json) -> Json:
        message.markup = given.get("reply_markup")
        message.topic = int(given["message_thread_id"]) if "message_thread_id" in given else None
        if message.topic in self.topics_gone:
            raise bad("message thread not found")
        message.answers = self._answered(message, given.get("reply_parameters"))
        check_markup(message.markup)
        self.messages[message.chat][message.id] = message
        self.everything.append(message)
        return self.shape(message)

    def _answered(self, message: Posted, wanted: Json | None) -> int | None:
        if wanted is None:
            return None
        found = self.messages[message.chat].get(wanted["message_id"])
        if found and found.topic == message.topic:
            return found.id
        if not wanted.get("allow_sending_without_reply"):
            raise bad("message to be replied not found")
        return None

    def shape(self, message: Posted) -> Json:
        """The message as the Bot API writes it."""
        made: Json = {
            "message_id": message.id,
            "date": 1700000000,
            "chat": self.chats[message.chat],
            "text": message.text,
        }
        if message.by_bot:
            made["from"] = ME
        if message.markup:
            made["reply_markup"] = message.markup
        if message.topic:
            made |= {"message_thread_id": message.topic, "is_topic_message": True}
        return made

    async def _post_updates(self) -> None:
        """The webhook's side: one update after the other, again until it is taken."""
        async with httpx.AsyncClient(timeout=10, verify=False) as client:  # noqa: S501 (only http; saves reading the certificates)
            while True:
                async with self.changed:
                    await self.changed.wait_for(
                        lambda: bool(self.webhook["url"] and (self._updates or self._again))
                    )
                again = bool(self._again)
                update = (self._again if again else self._updates)[0]
                try:
                    headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
                    answer = await client.post(self.webhook["url"], json=update, headers=headers)
                    taken = answer.status_code == 200
                except httpx.HTTPError:
                    taken = False
                if not taken:
                    await asyncio.sleep(0.02)
                    continue
                (self._again if again else self._updates).remove(update)
                if not again:
                    self._done.append(update)
                async with self.changed:
                    self.changed.notify_all()


class _Endpoint:
    """The raw ASGI side: an answer that gets lost is one that is begun and not ended."""

    def __init__(self, telegram: FakeTelegram) -> None:
        self._telegram = telegram

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        method = request.path_params["method"]
        fault = self._telegram.fault(method)
        if fault and fault.kind not in ("drop", "drop_after"):
            await _refusal(fault)(scope, receive, send)
            return
        try:
            given = _given(
                dict(request.query_params), request.headers.get("content-type", ""), await request.body()
            )
        except ClientDisconnect:  # the bot was killed in the middle of a call
            return
        answer: Json
        code = 200
        if not fault or fault.kind == "drop_after":
            try:
                answer = {
                    "ok": True,
                    "result": await self._telegram.call(request.path_params["token"], method, given),
                }
            except RefusedError as refused:
                code = refused.code
                answer = {
                    "ok": False,
                    "error_code": code,
                    "description": refused.description,
                    "parameters": refused.parameters,
                }
        if fault:
            await send(
                {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]}
            )
            return
        await JSONResponse(answer, code)(scope, receive, send)


def _refusal(fault: Fault) -> Response:
    if not fault.kind.isdigit():
        return Response(fault.kind, media_type="application/json")
    code = int(fault.kind)
    answer: Json = {"ok": False, "error_code": code, "description": REASONS[code]}
    if code == 429:
        answer["description"] += f": retry after {fault.retry_after}"
        answer["parameters"] = {"retry_after": fault.retry_after}
    return JSONResponse(answer, code)


def _given(query: Mapping[str, str], kind: str, body: bytes) -> Json:
    """A call's parameters: JSON where they are written so, files as (name, content)."""
    fields: Json = dict(query)
    if kind.startswith("multipart/form-data"):
        files: dict[str, tuple[str, bytes]] = {}
        for part in message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body).get_payload():
            name = str(part.get_param("name", header="content-disposition"))  # type: ignore[union-attr]
            content = part.get_payload(decode=True)  # type: ignore[union-attr]
            assert isinstance(content, bytes)
            if file := part.get_filename():  # type: ignore[union-attr]
                files[name] = (file, content)
            else:
                fields[name] = content.decode()
        for name, value in list(fields.items()):
            if isinstance(value, str) and value.startswith("attach://"):
                fields[name] = files[value.removeprefix("attach://")]
        fields |= {name: file for name, file in files.items() if name not in fields}
    elif kind.startswith("application/json"):
        fields |= json.loads(body)
    else:
        fields |= {
            name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()
        }
    for name in (
        "entities",
        "caption_entities",
        "reply_markup",
        "commands",
        "results",
        "message_ids",
        "allowed_updates",
        "button",
        "reply_parameters",
    ):
        if isinstance(fields.get(name), str):
            fields[name] = json.loads(fields[name])
    return fields
