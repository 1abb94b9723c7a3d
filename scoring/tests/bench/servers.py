"""Both servers with the same scoring code, by turns: `python -m tests.bench.servers`.

With `--old SCORING`, the folder of another checkout, azmlinfsrv serves that checkout's code.

Two workers and eight callers, in rounds that run each server once, so that a slow moment of the
machine meets both. Prints ratios of answers per second and of processor time for one,
with their spread; the second depends less on what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from tests.bench import load
from tests.contract.server import SERVERS, running
from tests.helpers import SCORING, feature_row, gauge_request

BODIES = {
    "one look-up": gauge_request(),
    "one row": {"features": [feature_row()]},
    "1,000 rows": {"features": [feature_row()] * 1000},
}


def processor_seconds(group: int) -> float:
    """What the processes of a group have used of the processors so far (proc(5), stat)."""
    ticks = 0
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text(encoding="utf-8").rpartition(") ")[2].split()
        except OSError:
            continue  # it has ended
        if int(fields[2]) == group:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


class Samples(NamedTuple):
    """What the rounds gave for one server."""

    per_second: list[float]
    p50_ms: list[float]
    processor_us: list[float]


def compare(
    name: str, body: bytes, rounds: int, seconds: float, connections: int, old: Path
) -> None:
    """Prints what both servers do with one deployment and one request."""
    scoring = {"azmlinfsrv": old}
    samples = {server: Samples([], [], []) for server in SERVERS}
    with ExitStack() as stack:
        endpoints = {}
        for server in SERVERS:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            endpoint = stack.enter_context(
                running(name, Path(folder), server, 2, scoring.get(server, SCORING))
            )
            endpoints[server] = endpoint
        ports = {server: urlsplit(f"//{one.host}").port or 0 for server, one in endpoints.items()}
        for port in ports.values():
            load.run(port, body, connections, 0.5)
        for _ in range(rounds):
            for server in SERVERS:
                group = endpoints[server].process_group
                before = processor_seconds(group)
                result = load.run(ports[server], body, connections, seconds)
                used = processor_seconds(group) - before
                if result.failures:
                    raise SystemExit(f"{server} failed {result.failures} times")
                found = samples[server]
                found.per_second.append(result.per_second)
                found.p50_ms.append(statistics.median(result.latencies) * 1000)
                found.processor_us.append(used / len(result.latencies) * 1e6)
    for server in SERVERS:
        rate, p50, used = (statistics.median(values) for values in samples[server])
        print(f"  {server:11} {rate:7.0f} requests/s   p50 {p50:7.2f} ms   {used:7.0f} us of CPU")
    older, newer = samples["azmlinfsrv"], samples["scorehost"]
    print(f"  requests per second {spread(newer.per_second, older.per_second)}")
    print(f"  processor time      {spread(older.processor_us, newer.processor_us)}", flush=True)


def spread(above: list[float], below: list[float]) -> str:
    """The ratios of the rounds."""
    ratios = [one / other for one, other in zip(above, below, strict=True)]
    middle = statistics.median(ratios)
    return f"{middle:.2f} x ({min(ratios):.2f} to {max(ratios):.2f}, {len(ratios)} rounds)"


def main() -> None:
    """The program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--only", choices=BODIES, action="append", help="a request; all of them")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--old", type=Path, default=SCORING, help="folder of azmlinfsrv's code")
    arguments = parser.parse_args()
    for name in ("compact", "multi-model"):
        for what in arguments.only or BODIES:
            document, old = BODIES[what], arguments.old.resolve()
            print(f"{name}, {what}, {arguments.connections} connections, 2 workers")
            body = json.dumps(document).encode()
            compare(name, body, arguments.rounds, arguments.seconds, arguments.connections, old)


if __name__ == "__main__":
    main()
