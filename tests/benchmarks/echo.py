"""The least that python-telegram-bot can do: say back what was said. `python -m tests.benchmarks.echo
BASE_URL TOKEN [AT_ONCE]`.
"""

from __future__ import annotations

import sys

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    if update.message and update.message.text:
        await update.message.reply_text(update.message.text)


if __name__ == "__main__":
    at_once = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    application = (
        Application.builder()
        .token(sys.argv[2])
        .base_url(sys.argv[1])
        .concurrent_updates(at_once or False)
        .build()
    )
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling()
