"""`make bench`: understanding against baselines, growth with the knowledge, starting, and the web page."""

from __future__ import annotations

import subprocess
import sys

PARTS = {
    "understanding": "Understanding and time per question",
    "growth": "Growth with the knowledge (some ten minutes)",
    "starting": "Starting",
    "telegram": "Telegram by polling against an echo bot",
    "storage": "A turn's transaction",
    "web": "The web page: cold start, 200 people at once",
}


def main() -> None:
    """Each part in a process of its own: what one holds in memory must not count for the next."""
    for part, title in PARTS.items():
        print(f"\n## {title}\n", flush=True)
        subprocess.run([sys.executable, "-m", f"tests.benchmarks.{part}"], check=True)


if __name__ == "__main__":
    main()
