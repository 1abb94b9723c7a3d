"""Servers of the same scoring code, by turns: `python -m tests.bench.servers`.

azmlinfsrv, scorehost, with `--old SCORING` azmlinfsrv with the code of another checkout, and the
peers whose Python is given (`--peer kserve=PYTHON`; `npm run bench -- servers` makes their
environments). With `--telemetry`, scorehost alone, without telemetry and sending it by OTLP.

Two workers and eight callers, in rounds that run each server once, so that a slow moment of the
machine meets all of them. Ratios are taken in each round, to the first server: answers per second,
and processor time for one, which depends less on what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tests.bench import load
from tests.bench.collector import collector
from tests.bench.peer import PEERS, running_peer
from tests.contract.server import SERVERS, running
from tests.helpers import SCORING, feature_row, gauge_request

DEPLOYMENTS = ("compact", "multi-model")
BODIES = {
    "one look-up": gauge_request(),
    "one row": {"features": [feature_row()]},
    "1,000 rows": {"features": [feature_row()] * 1000},
}
_TICKS = os.sysconf("SC_CLK_TCK")


class Candidate(NamedTuple):
    """A server that runs, and what its rounds gave."""

    name: str
    port: int
    process_group: int
    request: bytes
    per_second: list[float]
    p50_ms: list[float]
    processor_us: list[float]


def processor_seconds(root: int) -> float:
    """What a process and all below it have used of the processors so far (proc(5), stat)."""
    used, parents = {}, {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text(encoding="utf-8").rpartition(") ")[2].split()
        except OSError:
            continue  # it has ended
        process = int(place.parent.name)
        parents[process] = int(fields[1])
        used[process] = int(fields[11]) + int(fields[12])

    def is_below(process: int) -> bool:
        return process == root or (process in parents and is_below(parents[process]))

    return sum(ticks for process, ticks in used.items() if is_below(process)) / _TICKS


def started(
    deployment: str, body: bytes, arguments: argparse.Namespace, stack: ExitStack
) -> list[Candidate]:
    """All servers, ready; the first one is what the others are compared with."""

    def candidate(name: str, port: int, group: int, path: str = "/score") -> Candidate:
        return Candidate(name, port, group, load.post(body, path), [], [], [])

    def ours(
        name: str, server: str, scoring: Path = SCORING, variables: Mapping[str, str] = {}
    ) -> Candidate:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        one = stack.enter_context(running(deployment, folder, server, 2, scoring, variables))
        return candidate(name, urlsplit(f"//{one.host}").port or 0, one.process_group)

    if arguments.telemetry:
        sends = stack.enter_context(collector())
        return [
            ours("scorehost", "scorehost"),
            ours("scorehost, telemetry", "scorehost", variables=sends),
        ]
    old = arguments.old
    found = [] if old is None else [ours("azmlinfsrv, old code", "azmlinfsrv", old.resolve())]
    found += [ours(server, server) for server in SERVERS]
    for name, python in dict(one.split("=", 1) for one in arguments.peer).items():
        peer = stack.enter_context(running_peer(name, python, deployment))
        found.append(candidate(name, peer.port, peer.process_group, PEERS[name].path))
    return found


def measure(one: Candidate, connections: int, seconds: float) -> None:
    """One server's turn in a round."""
    before = processor_seconds(one.process_group)
    result = load.run(one.port, one.request, connections, seconds)
    used = processor_seconds(one.process_group) - before
    if result.failures:
        raise SystemExit(f"{one.name} failed {result.failures} times")
    one.per_second.append(result.per_second)
    one.p50_ms.append(statistics.median(result.latencies) * 1000)
    one.processor_us.append(used / len(result.latencies) * 1e6)


def ratios(above: list[float], below: list[float]) -> dict[str, float]:
    """Of each round: their median, least and most."""
    each = [one / other for one, other in zip(above, below, strict=True)]
    return {"median": statistics.median(each), "least": min(each), "most": max(each)}


def row(one: Candidate, first: Candidate) -> dict[str, Any]:
    """The figures of one server."""
    return {
        "server": one.name,
        "per_second": statistics.median(one.per_second),
        "p50_ms": statistics.median(one.p50_ms),
        "processor_us": statistics.median(one.processor_us),
        "rate_ratio": ratios(one.per_second, first.per_second),
        "processor_ratio": ratios(one.processor_us, first.processor_us),
    }


def text(figures: dict[str, Any]) -> str:
    """A line for people."""
    rate, used = (
        f"{ratio['median']:5.2f} x ({ratio['least']:.2f} to {ratio['most']:.2f})"
        for ratio in (figures["rate_ratio"], figures["processor_ratio"])
    )
    return (
        f"  {figures['server']:20} {figures['per_second']:7.0f} requests/s  {rate:24}"
        f"p50 {figures['p50_ms']:7.2f} ms   {figures['processor_us']:7.0f} us of CPU  {used}"
    )


def main() -> None:
    """The program; prints a line for each server, and with --json one JSON document."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--deployment", choices=DEPLOYMENTS, action="append", help="default: both")
    parser.add_argument("--only", choices=BODIES, action="append", help="a request; all of them")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--old", type=Path, help="scoring/ of another checkout")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON")
    parser.add_argument("--telemetry", action="store_true", help="scorehost without and with it")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    # So that the servers are ended as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    results = []
    for deployment in arguments.deployment or DEPLOYMENTS:
        for what in arguments.only or BODIES:
            title = f"{deployment}, {what}"
            print(f"{title}, {arguments.connections} callers, 2 workers", file=sys.stderr)
            body = json.dumps(BODIES[what]).encode()
            with ExitStack() as stack:
                candidates = started(deployment, body, arguments, stack)
                for one in candidates:
                    measure(
                        one._replace(per_second=[], p50_ms=[], processor_us=[]),
                        arguments.connections,
                        0.5,
                    )
                for number in range(arguments.rounds):
                    # The first one in a round meets what is left of a burst of the machine.
                    for one in candidates if number % 2 == 0 else reversed(candidates):
                        measure(one, arguments.connections, arguments.seconds)
            rows = [row(one, candidates[0]) for one in candidates]
            for figures in rows:
                print(text(figures), file=sys.stderr, flush=True)
            results.append({"deployment": deployment, "request": what, "rows": rows})
    if arguments.json:
        print(json.dumps(results))


if __name__ == "__main__":
    main()
