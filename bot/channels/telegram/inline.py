"""Inline mode: whoever types "@ourname foto" in any chat gets rules as cards, and sends the one they pick."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import lru_cache

from telegram import (
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    MessageEntity,
)
from telegram.error import TelegramError

from bot.channels.telegram.client import Client
from bot.channels.telegram.text import render
from bot.channels.telegram.transport import reason
from handlers.conversation.router import Conversation
from handlers.quoting import quotation
from handlers.reply import Block, Paragraph
from handlers.texts import Texts
from knowledge.language.words import LANGUAGES, Language, split
from knowledge.matching.index import phrasing_counts
from knowledge.matching.matcher import Matcher
from knowledge.matching.search import search
from knowledge.pack.protocol import Rule

log = logging.getLogger(__name__)

CARDS = 10
"""Least chance of a rule to be put on a card: somebody chooses, so a weak match may be shown."""
REMEMBERED = 300
"""Seconds that Telegram may show the same cards again for the same words."""
START = "inline"


class Inline:
    """Answers what is typed after our name. Nothing is kept of it."""

    def __init__(self, client: Client, conversation: Conversation) -> None:
        self._client = client
        self._conversation = conversation
        self._texts = conversation.texts

    @property
    def _matcher(self) -> Matcher:
        """As it is now: the pack may be taught while people ask."""
        return self._conversation.matcher

    @property
    def _usual(self) -> Sequence[str]:
        return most_phrased(self._matcher)

    async def answer(self, query: InlineQuery) -> None:
        """Show the cards. Where that fails they are not shown: the person types on, and nothing is to be done
        again.
        """
        try:
            await self._show(query)
        except TelegramError as error:
            log.debug("cards were not shown: %s", reason(error))
        except Exception:
            log.exception("cards could not be made")

    async def _show(self, query: InlineQuery) -> None:
        spoken = (query.from_user.language_code or "").partition("-")[0]
        own = next((language for language in LANGUAGES if language == spoken), None)
        rules, language = self.rules(query.query, own)
        cards = [card(rule, self._texts[language]) for rule in rules]
        button = InlineQueryResultsButton(self._texts[language]("inline_button"), start_parameter=START)
        await self._client.answer_inline_query(
            query.id, cards, cache_time=REMEMBERED, is_personal=True, button=button
        )

    def rules(self, typed: str, own: Language | None) -> tuple[Sequence[Rule], Language]:
        """Up to ten rules for what is typed, best first, and the language to show them in; nothing typed:
        those that people ask about most.
        """
        protocol = self._matcher.pack.protocol
        if not split(typed):
            return [protocol.rule(rule) for rule in self._usual], own or "nl"
        return search(self._matcher, typed, CARDS)


def card(rule: Rule, texts: Texts) -> InlineQueryResultArticle:
    """One rule: what is seen of it in the list, and the message that it becomes."""
    language = texts.language
    blocks: list[Block] = [
        Paragraph(rule.short[language]),
        quotation(rule, language),
    ]
    if texts("gist"):
        blocks.append(Paragraph(texts("gist"), tone="aside"))
    part = render(blocks)[0]
    entities = MessageEntity.de_list([dict(entity) for entity in part.entities])
    content = InputTextMessageContent(
        part.text, entities=entities, link_preview_options=LinkPreviewOptions(is_disabled=True)
    )
    return InlineQueryResultArticle(
        f"{rule.id}.{language}", rule.title[language], content, description=rule.short[language]
    )


@lru_cache(maxsize=1)
def most_phrased(matcher: Matcher) -> Sequence[str]:
    """The rules that the pack knows the most ways to ask for: what people come with most."""
    counts = phrasing_counts(matcher.index)
    return sorted((str(rule.id) for rule in matcher.pack.protocol), key=lambda rule: -counts[rule])[:CARDS]
