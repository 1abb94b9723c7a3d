"""A server under steady load: `python -m tests.bench.soak --minutes 15`.

First measures what it answers at most, then sends a share of that, open-loop: each request when it
is due, whatever became of the others, and its latency counts from then. Prints a line a minute with
the memory and descriptors of all its processes, which should stay as they are.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
import time
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import uvloop

from tests.bench import load
from tests.bench.servers import BODIES
from tests.contract.server import SERVERS, running

_CONNECTIONS = 32
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


class Minute:
    """The answers of one minute, by the time that they were due."""

    def __init__(self) -> None:
        self.latencies: list[float] = []
        self.failures = 0

    def line(self, number: int, used: Use) -> str:
        """For people."""
        ordered = sorted(self.latencies) or [float("nan")]
        p50, p99 = (ordered[int(len(ordered) * part)] * 1000 for part in (0.5, 0.99))
        return (
            f"minute {number:2}  {len(self.latencies):7} answers  {self.failures:3} failed  "
            f"p50 {p50:6.2f} ms  p99 {p99:6.2f} ms  {used.megabytes:6.0f} MB  "
            f"{used.descriptors:4} descriptors"
        )


async def _caller(port: int, request: bytes, due: asyncio.Queue[float], into: list[Minute]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while True:
        at = await due.get()
        minute = into[-1]
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            await reader.readexactly(length)
            minute.failures += not head.startswith(b"HTTP/1.1 200")
            minute.latencies.append(time.perf_counter() - at)
        except (OSError, EOFError):
            minute.failures += 1
            reader, writer = await asyncio.open_connection("127.0.0.1", port)


async def _steady(port: int, request: bytes, rate: float, minutes: int, group: int) -> None:
    due: asyncio.Queue[float] = asyncio.Queue()
    into = [Minute()]
    callers = [asyncio.create_task(_caller(port, request, due, into)) for _ in range(_CONNECTIONS)]
    began = time.perf_counter()
    sent = 0
    for number in range(1, minutes + 1):
        while (elapsed := time.perf_counter() - began) < number * 60:
            while sent < elapsed * rate:
                due.put_nowait(began + sent / rate)
                sent += 1
            await asyncio.sleep(0.001)
        print(into[-1].line(number, use(group)), f" {due.qsize()} due", flush=True)
        into.append(Minute())
    for task in callers:
        task.cancel()


def main() -> None:
    """The program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=int, default=15)
    parser.add_argument("--share", type=float, default=0.7, help="of what it answers at most")
    parser.add_argument("--server", choices=SERVERS, default="scorehost")
    parser.add_argument("--deployment", choices=("compact", "multi-model"), default="compact")
    arguments = parser.parse_args()
    body = json.dumps(BODIES["one row"]).encode()
    head = "POST /score HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    with tempfile.TemporaryDirectory() as folder:
        with running(arguments.deployment, Path(folder), arguments.server, 2) as endpoint:
            port = urlsplit(f"//{endpoint.host}").port or 0
            most = load.run(port, body, 8, 10).per_second
            rate = most * arguments.share
            print(f"{arguments.server}: {most:.0f} requests/s at most, {rate:.0f} for the soak")
            uvloop.run(_steady(port, request, rate, arguments.minutes, endpoint.process_group))


if __name__ == "__main__":
    main()
