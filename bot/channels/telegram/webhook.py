"""The webhook: Telegram posts each update to us; 200 says that what it led to is committed."""

from __future__ import annotations

import hmac
import json
import logging
import re

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.telegram.receiver import Receiver
from bot.http.guard import TooLargeError, TooSlowError, body
from bot.ports.store import StoreUnavailableError

log = logging.getLogger(__name__)

PATH = "/telegram"
HEADER = "x-telegram-bot-api-secret-token"
BODY = 1024 * 1024
"""Bytes of an update, at most."""
SECRET = re.compile(r"[A-Za-z0-9_-]{32,256}")
"""What a secret must look like: Telegram takes these signs only, and a short one can be guessed."""


class Webhook:
    """Receives for a receiver that may come later: until then Telegram is asked to try again."""

    def __init__(self, secret: str) -> None:
        if not SECRET.fullmatch(secret):
            raise ValueError("the webhook's secret must be 32 to 256 characters of A-Z a-z 0-9 _ -")
        self._secret = secret.encode()
        self.receiver: Receiver | None = None

    def route(self) -> Route:
        """Where Telegram posts."""
        return Route(PATH, self._receive, methods=["POST"])

    async def _receive(self, request: Request) -> Response:
        secrets = request.headers.getlist(HEADER)
        if len(secrets) != 1 or not hmac.compare_digest(secrets[0].encode(), self._secret):
            return PlainTextResponse("forbidden\n", 403)
        try:
            update = json.loads(await body(request, BODY))
        except TooLargeError:
            return PlainTextResponse("too large\n", 413)
        except TooSlowError:
            return PlainTextResponse("too slow\n", 408)
        except (ValueError, RecursionError):
            return PlainTextResponse("not JSON\n", 400)
        if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
            return PlainTextResponse("not an update\n", 400)
        if self.receiver is None:
            return PlainTextResponse("not ready\n", 503)
        try:
            await self.receiver.take(update)
        except StoreUnavailableError as error:  # the database says once what is wrong with it
            log.warning("%s; Telegram will deliver the update again", error)
            return PlainTextResponse("try again\n", 503)
        except Exception:
            log.exception(
                "an update could not be taken; Telegram will deliver it again",
                extra={"update": update["update_id"]},
            )
            return PlainTextResponse("try again\n", 503)
        return PlainTextResponse("ok\n")
