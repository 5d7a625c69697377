"""Telegram as a channel: by long polling or by webhook, in private chats and groups, and inline in any chat."""
