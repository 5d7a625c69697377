"""Where the HTTP server listens and under which names the page answers, and what of that the settings may not
ask for.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.settings import Settings, SettingsError

NEXT_PORTS = 20
"""How many ports after WEB_PORT are tried in the local profile where it is taken."""


@dataclass(frozen=True, slots=True)
class Site:
    host: str
    port: int
    local: bool
    """On somebody's own machine, to try it out: the page is there, for that machine alone."""
    page: bool
    public: str = ""
    """PUBLIC_URL, without a slash at its end."""

    @property
    def secure(self) -> bool:
        return not self.local and self.public.startswith("https:")

    @property
    def address(self) -> str:
        """Of the server itself, as reached from this machine."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    @property
    def page_address(self) -> str:
        return f"{self.public}/" if self.public and not self.local else self.address

    @property
    def hosts(self) -> frozenset[str]:
        """What a browser that asks for the page may call us."""
        if self.local:
            return frozenset(
                f"{name}:{self.port}"
                for name in ("127.0.0.1", "localhost", "[::1]", urlsplit(self.address).hostname)
            )
        return frozenset({urlsplit(self.public).netloc.lower()})


def site(settings: Settings) -> Site:
    """Raises `SettingsError` for what would be unsafe."""
    local = settings.bot_profile == "local"
    wrong: list[str] = []
    if local and not _loopback(settings.web_host):
        wrong.append(
            f'WEB_HOST: "{settings.web_host}" lets other machines in, and the local profile has no '
            f"protection against that. "
            "Leave it out, or set BOT_PROFILE=production and PUBLIC_URL."
        )
    page = local if settings.web_page is None else settings.web_page
    public = (settings.public_url or "").rstrip("/")
    parts = urlsplit(public)
    if public and "://" not in public:
        wrong.append(f"PUBLIC_URL: write the whole address, with https:// before it: https://{public}")
    elif public and (
        parts.scheme not in ("http", "https")
        or not parts.netloc
        or parts.path
        or parts.query
        or "@" in parts.netloc
    ):
        wrong.append("PUBLIC_URL: give the address without a path: https://bot.example.nl")
    elif (
        page and not local and not (parts.scheme == "https" or (parts.hostname and _loopback(parts.hostname)))
    ):
        wrong.append(
            "PUBLIC_URL: the web page in production needs the https address under which people reach it "
            "(or set WEB_PAGE=0)."
        )
    if wrong:
        raise SettingsError("\n".join(wrong))
    return Site(settings.web_host, settings.web_port, local, page, public)


def listen(where: Site) -> socket.socket:
    """A socket on the site's port; in the local profile on the next free one. Raises `SettingsError` where
    there is none.
    """
    last: OSError | None = None
    for port in range(where.port, min(where.port + (NEXT_PORTS if where.local else 1), 65536)):
        try:
            family = socket.AF_INET6 if ":" in where.host else socket.AF_INET
            return socket.create_server((where.host, port), family=family, backlog=512)
        except OSError as error:
            last = error
    reason = last.strerror if last else "there is no such port"
    raise SettingsError(f"WEB_HOST and WEB_PORT: cannot listen on {where.host} port {where.port}: {reason}.")


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"
