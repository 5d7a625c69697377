"""Lives of `bot run` without the seconds of importing: each is forked from this process, which has imported
everything and done nothing.

A line on standard input is a file for what the life prints; a line "pid" comes back when it lives, and "-pid
code" when it ended.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

import bot.channels.telegram.channel
import bot.channels.web.page
import bot.cli
import bot.runtime.serve
from bot.storage.open_store import LIMITS


def main() -> None:
    if os.environ.get("PROOF_WITHOUT_LIMITS"):
        LIMITS.clear()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _live(line.rstrip("\n"))
        print(pid, flush=True)
        threading.Thread(target=_bury, args=(pid,), daemon=True).start()


def _live(log: str) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for made, own in ((nothing, 0), (out, 1), (out, 2)):
        os.dup2(made, own)
    sys.argv = ["bot", "run"]
    bot.cli.main()
    os._exit(0)


def _bury(pid: int) -> None:
    _, status = os.waitpid(pid, 0)
    print(-pid, os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
