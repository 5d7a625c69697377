"""E-mail addresses, links to somebody's page, and account names ("@daan_08", "sofie.jansen", "snap:
kevjan08").

Everything is found from a mark ("@", "//", a dot, an underscore, a digit) and looked at for a bounded length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from handlers.privacy import word_groups as groups
from handlers.privacy.finding import Piece
from handlers.privacy.name_lists import Strength, given_name, is_ordinary, is_thing, surname
from handlers.privacy.tokens import fold

_LOCAL = re.compile(r"[\w.+%-]{1,64}$")
_DOMAIN = re.compile(r"(?:[\w-]{1,63}\.){1,6}[a-z]{2,24}(?![\w-])", re.IGNORECASE)
_WRITTEN_OUT = re.compile(
    r"(?<![\w.])[\w.+-]{2,64} ?[\[(](?:at|apenstaartje)[\])] ?"
    r"[\w-]{2,63}(?:\.| ?[\[(](?:dot|punt)[\])] ?)[a-z]{2,10}\b",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"[\w](?:[\w.-]{0,62}[\w])?")
_LINK = re.compile(r"\b(?:https?://|www\.)[^\s<>\"]{1,300}", re.IGNORECASE)
_BARE_LINK = re.compile(
    r"(?<![\w.@/])(?:instagram|tiktok|snapchat|facebook|fb|x|twitter|youtube|youtu|linkedin|threads|pinterest"
    r"|twitch|t|wa|vk|bereal|discord)"
    r"\.(?:com|net|tv|me|be|gg)/[^\s<>\"]{1,300}",
    re.IGNORECASE,
)
_SOCIAL = re.compile(
    r"(?:instagram|tiktok|snapchat|facebook|\bfb|twitter|\bx\.com|youtu|linkedin|threads|pinterest|twitch"
    r"|\bt\.me|\bwa\.me|bereal)",
    re.IGNORECASE,
)
_POST = re.compile(
    r"^(?:p|reel|reels|video|watch|status|posts|explore|groups|events|hashtag|help|legal|policies|about|stories"
    r"|tv|shorts|results)?$"
)
"""What a path begins with that leads to a post or a general page."""
_TOKEN = re.compile(r"(?<![\w@.])[\w](?:[\w.-]{0,62}[\w])?(?!\w)")
_DISCORD = re.compile(r"(?<!\w)[\w.]{2,32}#\d{4}(?!\d)")
_PART = re.compile(r"[^\W\d_]+")
_CUED = re.compile(
    r"\b(?:account|accountnaam|gebruikersnaam|username|user|snap|snapchat|insta|instagram|ig|tiktok|discord"
    r"|roblox|fortnite|nick|nickname|handle|naam|inlog|profiel|profile)(?: is| heet|:| :| =)? {1,2}[\"'“‘]?$",
    re.IGNORECASE,
)


def handles(text: str) -> Iterator[Piece]:
    """E-mail addresses, links and account names, in no order; they may overlap."""
    yield from _with_at(text)
    yield from (Piece(*match.span(), "email") for match in _WRITTEN_OUT.finditer(text))
    for pattern in (_LINK, _BARE_LINK):
        for match in pattern.finditer(text):
            link = match[0].rstrip(".,;:!?)'”’")
            if _is_personal_link(link):
                yield Piece(match.start(), match.start() + len(link), "url")
    yield from (Piece(*match.span(), "handle") for match in _DISCORD.finditer(text))
    for match in _TOKEN.finditer(text):
        if _is_account_name(text, match):
            yield Piece(*match.span(), "handle")


def _with_at(text: str) -> Iterator[Piece]:
    """What an at-sign is part of: an address, or an account name."""
    at = text.find("@")
    while at >= 0:
        local = _LOCAL.search(text[max(0, at - 64) : at])
        domain = _DOMAIN.match(text, at + 1)
        if local and domain:
            yield Piece(at - len(local[0].lstrip(".-%+")), domain.end(), "email")
        elif not local and (handle := _HANDLE.match(text, at + 1)) and _is_somebodys(handle[0]):
            yield Piece(at, handle.end(), "handle")
        at = text.find("@", at + 1)


def _is_somebodys(handle: str) -> bool:
    """Whether the account may be a person's: not a brand's."""
    return len(handle) > 1 and not is_thing(fold(handle)) and not handle.isdigit()


def _is_personal_link(link: str) -> bool:
    """Whether the link leads to somebody's page: a profile, or a path with a name in it."""
    path = re.sub(r"^(?:https?://)?[^/]*/?", "", link)
    if not path:
        return False
    first = path.split("/", 1)[0].split("?", 1)[0]
    if _SOCIAL.search(link[:60]) and not _POST.match(first.lower()):
        return True
    return "@" in path or any(_has_name(part) for part in re.split(r"[/?&=]", path)[:12])


def _is_account_name(text: str, match: re.Match[str]) -> bool:
    """Whether a word with a dot, an underscore or digits in it is an account's name."""
    token = match[0]
    letters = sum(c.isalpha() for c in token)
    digits = sum(c.isdigit() for c in token)
    dotted = "." in token or "_" in token
    if letters < 3 or not (dotted or digits) or token.isalpha():
        return False
    parts = [fold(part) for part in _PART.findall(token)]
    cued = bool(_CUED.search(text[max(0, match.start() - 40) : match.start()]))
    if "." in token and not cued:
        pieces = token.split(".")
        if any(piece[:1].isupper() for piece in pieces[1:]) and not pieces[0][:1].isupper():
            return False  # "foto's.Daan": a full stop without a space
        if pieces[-1].lower() in groups.FILE_ENDINGS and not _has_name(".".join(pieces[:-1])):
            return False
    if cued and (digits or dotted):
        return not all(is_thing(part) for part in parts)
    if dotted or digits:
        return any(_names_somebody(part, alone=len(parts) == 1) for part in parts) or _is_invented(
            token, parts, digits
        )
    return False


def _is_invented(token: str, parts: list[str], digits: int) -> bool:
    """ "xqueenyx_12", "kevjan08": letters that are no word, with an underscore or with digits at the end."""
    if not token[-2:].isdigit() and "_" not in token:
        return False
    return digits >= 2 and any(
        len(part) > 4 and not is_ordinary(part) and not is_thing(part) for part in parts
    )


def _has_name(part: str) -> bool:
    words = [fold(word) for word in _PART.findall(part)[:12]]
    return any(_names_somebody(word, alone=False) for word in words)


def _names_somebody(part: str, alone: bool) -> bool:
    if len(part) < 3 or part in groups.FUNCTION_WORDS or is_thing(part):
        return False
    return (
        given_name(part) is Strength.SURE
        or surname(part) is Strength.SURE
        or (alone and given_name(part) is Strength.WORD)
    )
