"""Memory of four workers with a model of 200 MB, each with its own and preloaded:
`python -m tests.bench.preload`.

Of the server and all processes below it, the sum of Pss in /proc/PID/smaps_rollup (proc(5)): pages
that several processes share count in parts.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Final

from tests.scorehost.serving import serving

WORKERS: Final = 4
SCRIPT: Final = """
import os
import numpy as np

def init():
    global model
    model = np.random.default_rng(0).random(25 * 2**20)

def run(data):
    return [os.getpid(), float(model.sum())]
"""


def processes(root: int) -> list[int]:
    """A process and all below it."""
    tasks = Path(f"/proc/{root}/task").glob("*/children")
    children = [int(child) for task in tasks for child in task.read_text().split()]
    return [root, *(found for child in children for found in processes(child))]


def pss_mb(process: int) -> float:
    """Proportional memory of one process."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def main() -> None:
    """The program; prints a line for each."""
    for preload in ("false", "true"):
        settings = {"WORKER_COUNT": str(WORKERS), "WORKER_PRELOAD": preload}
        with tempfile.TemporaryDirectory() as folder:
            with serving(SCRIPT, Path(folder), environment=settings) as served:
                used: set[int] = set()
                while len(used) < WORKERS:  # each has read its model
                    used.add(json.loads(served.post(b"1").body)[0])
                found = processes(served.process.pid)
                print(
                    f"WORKER_PRELOAD={preload:5}  {len(found)} processes  "
                    f"{sum(map(pss_mb, found)):.0f} MB"
                )


if __name__ == "__main__":
    main()
