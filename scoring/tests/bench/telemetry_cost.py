"""What telemetry adds to a request, in one process: `python -m tests.bench.telemetry_cost`.

The server's part and the worker's part by turns, without and with telemetry, for the deployment
compact. Takes the fastest of many short runs: what else the machine does makes runs slower only.
Adding up 512 rows at a time is not in the fastest runs, and has a line of its own. The collector is
away, and log lines go to /dev/null.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from flashflood.model import Model
from flashflood_azureml.measures import Measures
from scorehost import logs, script, telemetry
from scorehost.application import Application
from scorehost.messages import Answer, Job, Ready, packed
from scorehost.runner import Runner
from scorehost.settings import Settings
from tests.bench.servers import BODIES
from tests.helpers import COMPACT, SCORING

_ROUNDS: Final = 3000
_HEADERS: Final = [(b"host", b"x"), (b"content-type", b"application/json")]


class _Pool:
    """Answers at once."""

    facts = Ready({}, [], 0, False)

    async def score(self, job: Job) -> Answer:
        return Answer(200, [], b"{}")


def _front(application: telemetry.Application) -> Callable[[], None]:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message: Any) -> None:
        pass

    base = {"method": "POST", "path": "/score", "headers": _HEADERS, "http_version": "1.1"}

    def call() -> None:
        # Nothing in it waits, so it ends in one step.
        running: Any = application({**base, "query_string": b""}, receive, send)
        try:
            running.send(None)
        except StopIteration:
            return

    return call


class _Loaded:
    """A worker with the service that its script has after init(): inference-schema lets no script
    be loaded twice."""

    def __init__(self, worker: Runner, module: dict[str, Any]) -> None:
        self._worker, self._module = worker, module
        self._service = module["_service"]

    def calling(self, body: bytes, traceparent: str) -> Callable[[], None]:
        """A call with this request."""
        job = Job("POST", "/score", b"", _HEADERS, body, "id", traceparent)

        def call() -> None:
            self._module["_service"] = self._service
            packed(("answer", tuple(self._worker.answer(job))))

        return call


def _fastest(calls: list[Callable[[], None]], times: int, rounds: int) -> list[float]:
    """Microseconds of one call of each."""
    fastest = [float("inf")] * len(calls)
    for _ in range(rounds):
        for at, call in enumerate(calls):
            began = time.perf_counter()
            for _ in range(times):
                call()
            fastest[at] = min(fastest[at], (time.perf_counter() - began) / times * 1e6)
    return fastest


def _report(what: str, output: Any, calls: list[Callable[[], None]], times: int) -> None:
    rounds = _ROUNDS if times > 1 else _ROUNDS // 20
    off, on = _fastest(calls, times, rounds)
    print(f"{what:28} {off:8.1f} us   with {on:8.1f} us   added {on - off:6.1f} us", file=output)


def main() -> None:
    """The program."""
    output, sys.stdout = sys.stdout, open(os.devnull, "w", encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(COMPACT[0], f"{folder}/compact.onnx")
        os.environ |= {"AML_APP_ROOT": str(SCORING / "src"), "AZUREML_MODEL_DIR": folder}
        os.environ |= {"AZUREML_ENTRY_SCRIPT": "score_compact.py"}
        settings = Settings.read(os.environ)
        logs.configure(settings)

        served = script.load(settings)

        def worker() -> _Loaded:
            served.init()
            module = getattr(served.init, "__globals__")  # noqa: B009
            return _Loaded(Runner(served, settings, telemetry.started()), module)

        without = worker()
        os.environ |= {"TELEMETRY": "otlp", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
        with_it, started = worker(), telemetry.started()
        assert started is not None
        application: Any = Application(_Pool(), settings)  # type: ignore[arg-type]
        fronts = [_front(application), _front(telemetry.Observed(application, started))]
        _report("server, any request", output, fronts, 50)
        trace, _ = started.sampler.begin(None)
        for what, times in (("one row", 10), ("one look-up", 10), ("1,000 rows", 1)):
            body = json.dumps(BODIES[what]).encode()
            calls = [without.calling(body, ""), with_it.calling(body, trace)]
            _report(f"worker, {what}", output, calls, times)
        row = np.array([[0.1, 0.5, 0.9]])
        measures = Measures(started, Model.load("compact", COMPACT), None)  # type: ignore[arg-type]

        def add_up() -> None:
            for _ in range(512):
                measures.predicted(row, False)

        (together,) = _fastest([add_up], 1, 300)
        print(f"taking and adding up one row  {together / 512:.2f} us", file=output)


if __name__ == "__main__":
    asyncio.set_event_loop(asyncio.new_event_loop())
    main()
