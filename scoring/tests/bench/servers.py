"""Both servers with the same scoring code, by turns: `python -m tests.bench.servers`.

Two workers and eight callers, in rounds that run each server once, so that a slow moment of the
machine meets both. Prints each deployment's ratio of answers per second, of each round.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench import load
from tests.contract.server import SERVERS, running
from tests.helpers import feature_row, gauge_request

BODIES = {
    "one look-up": gauge_request(),
    "one row": {"features": [feature_row()]},
    "1,000 rows": {"features": [feature_row()] * 1000},
}


def compare(name: str, body: bytes, rounds: int, seconds: float, connections: int) -> None:
    """Prints what both servers do with one deployment and one request."""
    rates: dict[str, list[float]] = {server: [] for server in SERVERS}
    medians: dict[str, list[float]] = {server: [] for server in SERVERS}
    with ExitStack() as stack:
        ports = {}
        for server in SERVERS:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            endpoint = stack.enter_context(running(name, Path(folder), server, workers=2))
            ports[server] = urlsplit(f"//{endpoint.host}").port or 0
            load.run(ports[server], body, connections, 0.5)
        for _ in range(rounds):
            for server in SERVERS:
                result = load.run(ports[server], body, connections, seconds)
                if result.failures:
                    raise SystemExit(f"{server} failed {result.failures} times")
                rates[server].append(result.per_second)
                medians[server].append(statistics.median(result.latencies) * 1000)
    ratios = [new / old for old, new in zip(rates["azmlinfsrv"], rates["scorehost"], strict=True)]
    for server in SERVERS:
        rate, p50 = statistics.median(rates[server]), statistics.median(medians[server])
        print(f"  {server:11} {rate:8.0f} requests/s   p50 {p50:7.2f} ms")
    middle = statistics.median(ratios)
    print(
        f"  ratio {middle:.2f} ({min(ratios):.2f} to {max(ratios):.2f}, {rounds} rounds)",
        flush=True,
    )


def main() -> None:
    """The program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--connections", type=int, default=8)
    arguments = parser.parse_args()
    for name in ("compact", "multi-model"):
        for what, document in BODIES.items():
            print(f"{name}, {what}, {arguments.connections} connections, 2 workers")
            body = json.dumps(document).encode()
            compare(name, body, arguments.rounds, arguments.seconds, arguments.connections)


if __name__ == "__main__":
    main()
