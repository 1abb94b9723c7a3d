"""A server under steady load: `python -m tests.bench.soak --minutes 15`.

First measures what it answers at most, then sends a share of that, open-loop (open_loop.py).
Prints a line a minute with the memory and descriptors of all its processes, which should stay as
they are.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from tests.bench import load, open_loop
from tests.bench.open_loop import Answers
from tests.bench.servers import BODIES
from tests.contract.server import SERVERS, running

_PAGE = os.sysconf("SC_PAGE_SIZE")


class Use(NamedTuple):
    """What the processes of a group have: proc(5), statm and fd."""

    megabytes: float
    descriptors: int


def use(group: int) -> Use:
    """Now; a page that processes share counts for each."""
    pages = descriptors = 0
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(place.name)) != group:
                continue
            pages += int((place / "statm").read_text(encoding="utf-8").split()[1])
            descriptors += len(list((place / "fd").iterdir()))
        except OSError:
            continue  # it has ended
    return Use(pages * _PAGE / 2**20, descriptors)


def line(number: int, done: Answers, used: Use) -> str:
    """What one minute was like, for people."""
    p50, p99 = (done.percentile(part) for part in (0.5, 0.99))
    return (
        f"minute {number:2}  {done.count:7} answers  {done.failures:3} failed  "
        f"p50 {p50:6.2f} ms  p99 {p99:6.2f} ms  {used.megabytes:6.0f} MB  "
        f"{used.descriptors:4} descriptors"
    )


def main() -> None:
    """The program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=int, default=15)
    parser.add_argument("--share", type=float, default=0.7, help="of what it answers at most")
    parser.add_argument("--server", choices=SERVERS, default="scorehost")
    parser.add_argument("--deployment", choices=("compact", "multi-model"), default="compact")
    arguments = parser.parse_args()
    request = load.post(json.dumps(BODIES["one row"]).encode())
    with tempfile.TemporaryDirectory() as folder:
        with running(arguments.deployment, Path(folder), arguments.server, 2) as endpoint:
            port = urlsplit(f"//{endpoint.host}").port or 0
            most = load.run(port, request, 8, 10).per_second
            rate = most * arguments.share
            print(f"{arguments.server}: {most:.0f} requests/s at most, {rate:.0f} for the soak")
            group = endpoint.process_group

            def told(number: int, done: Answers) -> None:
                print(line(number, done, use(group)), flush=True)

            each = [partial(told, number) for number in range(1, arguments.minutes + 1)]
            open_loop.run(port, request, rate, 60, each)


if __name__ == "__main__":
    main()
