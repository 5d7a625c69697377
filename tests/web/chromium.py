"""Debian's Chromium for the tests, installed where it is missing and that can be done."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

PROGRAM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
PATIENCE = 15_000
"""Milliseconds that a page gets for what a test waits for."""

expect.set_options(timeout=PATIENCE)


def program() -> str:
    """Where it is. Skips the test where there is none and none can be installed; fails it in CI."""
    if not PROGRAM.exists() and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (
            ["update", "-qq"],
            ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-liberation"],
        ):
            subprocess.run(["apt-get", *arguments], check=False, capture_output=True, env=environment)
    if not PROGRAM.exists():
        reason = f"there is no {PROGRAM}, and only root can install it: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return str(PROGRAM)


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=program(), args=FLAGS)
        yield started
        await started.close()


def watch(page: Page, address: str, complaints: list[str]) -> None:
    """Collect what goes wrong in a page: errors of its script, refusals of its policy, requests to another
    address than its own.
    """
    page.set_default_timeout(PATIENCE)
    own = (address, f"blob:{address}")
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith(own) else complaints.append(f"another address: {request.url}")
        ),
    )
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None,
    )
