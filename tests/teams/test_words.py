"""What a person wrote in Teams, without what Teams puts among the words."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.teams.activities import words_of

US = {"id": "28:bot", "name": "Protocol & co"}


def mention(of: dict[str, str], text: str | None) -> dict[str, Any]:
    entity: dict[str, Any] = {"type": "mention", "mentioned": of}
    return entity if text is None else {**entity, "text": text}


def html_only(content: str) -> list[dict[str, str]]:
    return [{"contentType": "text/html", "content": content}]


@pytest.mark.parametrize(
    ("activity", "words"),
    [
        ({"text": "mag dit?"}, "mag dit?"),
        (
            {
                "text": "<at>Protocol &amp; co</at> mag dit?",
                "entities": [mention(US, "<at>Protocol & co</at>")],
            },
            "mag dit?",
        ),
        (
            {
                "text": "<at>Protocol & co</at> mag dit?",
                "entities": [mention(US, "<at>Protocol &amp; co</at>")],
            },
            "mag dit?",
        ),
        ({"text": "<at>Protocol & co</at> mag dit?", "entities": [mention(US, None)]}, "mag dit?"),
        (
            {"text": "zegt <at>Jan</at> ja?", "entities": [mention({"id": "29:jan", "name": "Jan"}, None)]},
            "zegt Jan ja?",
        ),
        ({"text": '<quoted messageId="17"/> nee', "entities": [{"type": "quotedReply"}]}, "nee"),
        ({"text": '<quoted messageId="17"/> nee'}, "nee"),
        ({"text": '<quoted messageId="17">dit is oud</quoted>nee'}, "nee"),
        (
            {"text": "[1] zo staat het er", "entities": [{"type": "citation", "text": "[1]"}]},
            "zo staat het er",
        ),
        ({"text": "", "attachments": html_only("<p>mag dit&nbsp;wel?</p>")}, "mag dit wel?"),
        (
            {
                "attachments": html_only(
                    '<blockquote itemtype="http://schema.skype.com/Reply">oud</blockquote><p>a &lt; b</p>'
                )
            },
            "a < b",
        ),
        ({"text": "a <b en c> d"}, "a <b en c> d"),
    ],
)
def test_only_the_persons_own_words_are_read(activity: dict[str, Any], words: str) -> None:
    assert words_of({"recipient": {"id": "28:bot"}, **activity}, "bot") == words
