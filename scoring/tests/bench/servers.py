"""Both servers with the same scoring code, by turns: `python -m tests.bench.servers`.

With `--old SCORING`, the folder of another checkout, azmlinfsrv serves that checkout's code. With
`--telemetry`, scorehost is compared with itself, without and with telemetry by OTLP.

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
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from tests.bench import load
from tests.contract.server import running
from tests.helpers import SCORING, feature_row, gauge_request

BODIES = {
    "one look-up": gauge_request(),
    "one row": {"features": [feature_row()]},
    "1,000 rows": {"features": [feature_row()] * 1000},
}
DEPLOYMENTS = ("compact", "multi-model")


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


class Variant(NamedTuple):
    """One of two servers that are compared."""

    name: str
    server: str
    scoring: Path
    variables: dict[str, str]


def compare(
    older: Variant, newer: Variant, name: str, body: bytes, arguments: argparse.Namespace
) -> None:
    """Prints what both servers do with one deployment and one request."""
    variants = (older, newer)
    samples = {one.name: Samples([], [], []) for one in variants}
    with ExitStack() as stack:
        endpoints = {}
        for one in variants:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            started = running(name, folder, one.server, 2, one.scoring, one.variables)
            endpoints[one.name] = stack.enter_context(started)
        ports = {key: urlsplit(f"//{one.host}").port or 0 for key, one in endpoints.items()}
        for port in ports.values():
            load.run(port, body, arguments.connections, 0.5)
        for round_ in range(arguments.rounds):
            # The first one in a round meets what the other has left of a burst of the machine.
            for one in variants if round_ % 2 == 0 else reversed(variants):
                group = endpoints[one.name].process_group
                before = processor_seconds(group)
                result = load.run(ports[one.name], body, arguments.connections, arguments.seconds)
                used = processor_seconds(group) - before
                if result.failures:
                    raise SystemExit(f"{one.name} failed {result.failures} times")
                found = samples[one.name]
                found.per_second.append(result.per_second)
                found.p50_ms.append(statistics.median(result.latencies) * 1000)
                found.processor_us.append(used / len(result.latencies) * 1e6)
    for one in variants:
        rate, p50, used = (statistics.median(values) for values in samples[one.name])
        least = min(samples[one.name].processor_us)
        print(f"  {one.name:11} {rate:7.0f} requests/s   p50 {p50:7.2f} ms   {used:7.0f} us of CPU")
        print(f"  {'':11} least of the rounds: {least:.0f} us of CPU")
    before_, after = samples[older.name], samples[newer.name]
    print(f"  requests per second {spread(after.per_second, before_.per_second)}")
    print(f"  processor time      {spread(before_.processor_us, after.processor_us)}", flush=True)


def spread(above: list[float], below: list[float]) -> str:
    """The ratios of the rounds."""
    ratios = [one / other for one, other in zip(above, below, strict=True)]
    middle = statistics.median(ratios)
    return f"{middle:.2f} x ({min(ratios):.2f} to {max(ratios):.2f}, {len(ratios)} rounds)"


class _Collector(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def collector() -> Iterator[dict[str, str]]:
    """A collector that takes everything; gives the settings that send to it, with more exports
    than by default: some are in each round."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {
        "TELEMETRY": "otlp",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{server.server_address[1]}",
        "OTEL_METRIC_EXPORT_INTERVAL": "1000",
        "OTEL_BSP_SCHEDULE_DELAY": "1000",
    }
    server.shutdown()


def main() -> None:
    """The program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--only", choices=BODIES, action="append", help="a request; all of them")
    parser.add_argument("--deployment", choices=DEPLOYMENTS, action="append", help="both")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--old", type=Path, default=SCORING, help="folder of azmlinfsrv's code")
    parser.add_argument("--telemetry", action="store_true", help="scorehost without and with it")
    arguments = parser.parse_args()
    with collector() as sends:
        older = Variant("azmlinfsrv", "azmlinfsrv", arguments.old.resolve(), {})
        newer = Variant("scorehost", "scorehost", SCORING, {})
        if arguments.telemetry:
            older, newer = newer, Variant("telemetry", "scorehost", SCORING, sends)
        for name in arguments.deployment or DEPLOYMENTS:
            for what in arguments.only or BODIES:
                print(f"{name}, {what}, {arguments.connections} connections, 2 workers")
                compare(older, newer, name, json.dumps(BODIES[what]).encode(), arguments)


if __name__ == "__main__":
    main()
