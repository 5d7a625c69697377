"""People in the fake Telegram: what they do, and what they see."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.telegram_rules import Json, entities_of

if TYPE_CHECKING:
    from tests.fakes.telegram import FakeTelegram, Posted

PICTURE = [{"file_id": "f", "file_unique_id": "u", "width": 9, "height": 9}]
FILE = {"file_id": "f", "file_unique_id": "u"}
THINGS: dict[str, Any] = {
    "photo": PICTURE,
    "video": {**FILE, "width": 9, "height": 9, "duration": 1},
    "document": FILE,
    "sticker": {**FILE, "type": "regular", "width": 9, "height": 9, "is_animated": False, "is_video": False},
    "voice": {**FILE, "duration": 1},
    "location": {"latitude": 52.0, "longitude": 4.9},
    "contact": {"phone_number": "0612345678", "first_name": "Piet"},
    "other": {"emoji": "🎲", "value": 3},
}


@dataclass
class Person:
    """Somebody in one chat; `at` is the same person in a group."""

    telegram: FakeTelegram
    user: Json
    chat: Json
    mark: int = field(default=0)
    """How much of the chat was heard before."""
    topic: int | None = None
    """Of a group with topics, the one in which this person does everything."""

    def at(self, group: Json, topic: int | None = None) -> Person:
        return Person(self.telegram, self.user, group, topic=topic)

    def say(self, text: str, reply_to: Posted | None = None, **more: Any) -> int:
        """Write; returns the message's id."""
        self.mark = self._count()
        answered = {"reply_to_message": self.telegram.shape(reply_to)} if reply_to else {}
        entities = [*entities_of(text), *more.pop("entities", [])]
        return self._send(
            {"text": text, "entities": entities, **answered, **more}, seen=bool(reply_to) or bool(entities)
        )

    def send(self, what: str, caption: str = "", **more: Any) -> int:
        """Send a photo, sticker, voice, ..."""
        self.mark = self._count()
        words = {"caption": caption, "caption_entities": entities_of(caption)} if caption else {}
        return self._send(
            {"dice" if what == "other" else what: THINGS[what], **words, **more},
            seen=bool(words.get("caption_entities")),
        )

    def edit(self, message: int, text: str) -> None:
        self.mark = self._count()
        body = self._body(
            {"text": text, "entities": entities_of(text), "edit_date": int(time.time())}, message
        )
        self.telegram.update("edited_message", body)

    def forward(self, text: str) -> int:
        origin = {"type": "hidden_user", "date": 1, "sender_user_name": "Iemand"}
        return self.say(text, forward_origin=origin)

    def press(self, label: str, on: Posted | None = None) -> str:
        """Press the last button with this label; returns the press's id."""
        found = [
            (message, button)
            for message in ([on] if on else self.sees())
            for button in message.buttons
            if label in button["text"]
        ]
        assert found, f"no button {label!r}; there are {[b['text'] for m in self.sees() for b in m.buttons]}"
        message, button = found[-1]
        return self.press_data(button["callback_data"], message)

    def press_data(self, data: str, message: Posted) -> str:
        """Send a button's data, also one that was made up."""
        self.mark = self._count()
        press = f"press{self.telegram.next_number()}"
        self.telegram.presses[press] = False
        body = {
            "id": press,
            "from": self.user,
            "chat_instance": "c",
            "data": data,
            "message": self.telegram.shape(message),
        }
        self.telegram.update("callback_query", body)
        return press

    async def look_up(self, typed: str) -> list[Json]:
        """Type after the bot's name in some other chat; returns the cards."""
        query = f"inline{self.telegram.next_number()}"
        self.telegram.inline[query] = None
        self.telegram.update("inline_query", {"id": query, "from": self.user, "query": typed, "offset": ""})
        await self.telegram.until(lambda: self.telegram.inline[query] is not None, "cards")
        answer = self.telegram.inline[query]
        assert answer is not None
        results: list[Json] = answer["results"]
        return results

    def block(self, blocked: bool = True) -> None:
        if blocked:
            self.telegram.blocked.add(self.chat["id"])
        else:
            self.telegram.blocked.discard(self.chat["id"])

    def sees(self) -> list[Posted]:
        """The bot's messages that stand in the chat."""
        return [message for message in self.telegram.messages[self.chat["id"]].values() if message.by_bot]

    async def hears(self, count: int = 1) -> list[Posted]:
        """The bot's messages after what this person did last; waits until there are `count`."""
        await self.telegram.until(
            lambda: self._count() >= self.mark + count, f"{count} message(s) for {self.user['first_name']}"
        )
        return [message for message in self.telegram.everything if message.chat == self.chat["id"]][
            self.mark :
        ]

    def _count(self) -> int:
        return sum(message.chat == self.chat["id"] for message in self.telegram.everything)

    def _send(self, content: Json, seen: bool) -> int:
        from tests.fakes.telegram import Posted

        number = self.telegram.next_number()
        text = content.get("text") or content.get("caption") or ""
        self.telegram.messages[self.chat["id"]][number] = Posted(
            number, self.chat["id"], False, text, topic=self.topic
        )
        self.telegram.written[self.chat["id"]] += 1
        self.telegram.started.add(self.chat["id"])
        if (
            seen or self.chat["type"] == "private"
        ):  # privacy mode: of a group the bot sees only what concerns it
            self.telegram.update("message", self._body(content, number))
        return number

    def _body(self, content: Json, number: int) -> Json:
        topic = {"message_thread_id": self.topic, "is_topic_message": True} if self.topic else {}
        return {
            "message_id": number,
            "date": int(time.time()),
            "chat": self.chat,
            "from": self.user,
            **topic,
            **content,
        }
