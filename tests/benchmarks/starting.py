"""Starting: loading with and without what was learnt before, one cold `bot ask`, and its memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks import table

RUNS = 7
LOAD = """
import time
from pathlib import Path
from rich.console import Console
from bot.runtime.load_matcher import make_matcher
from bot.settings import load
settings = load()
start = time.perf_counter()
make_matcher(settings, Console(stderr=True))
print(time.perf_counter() - start)
"""


def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        learning, memory_learning = _run([sys.executable, "-c", LOAD], folder)
        for file in Path(folder).glob("index-*"):
            file.unlink()
        again, _ = _run([sys.executable, "-c", LOAD], folder)
        loads = [float(_run([sys.executable, "-c", LOAD], folder)[0]) for _ in range(RUNS)]
        colds = []
        memory = 0.0
        for _ in range(RUNS):
            start = time.perf_counter()
            _, memory = _run(
                [sys.executable, "-m", "bot", "ask", "--json", "mag ik deze foto plaatsen?"], folder
            )
            colds.append(time.perf_counter() - start)
        index = sum(file.stat().st_size for file in Path(folder).glob("index-*")) / 1e6
    table.head("what", "value")
    table.row("learning the pack, once after a change (s)", float(learning))
    table.row("learning again with the readings of last time (s)", float(again))
    table.row("memory while learning (MB)", memory_learning)
    table.row("loading what was learnt (s, median)", statistics.median(loads))
    table.row("loading / learning", statistics.median(loads) / float(learning))
    table.row("cold bot ask, whole process (s, median)", statistics.median(colds))
    table.row("memory of bot ask (MB, whole process)", memory)
    table.row("size of what was learnt (MB)", index)


def _run(command: list[str], data: str) -> tuple[str, float]:
    """What the command printed, and its peak memory in MB."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "DATA_DIR": data}
    )
    printed = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.stdout:
        process.stdout.close()
    if process.returncode:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return printed.strip(), usage.ru_maxrss / 1024


if __name__ == "__main__":
    run()
