"""What the server exports, read from a file or taken by a collector; with a made-up script."""

from __future__ import annotations

import json
import re
import signal
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from scorehost.telemetry import _BOUNDS
from tests.scorehost.exported import Exported
from tests.scorehost.serving import Served, posted, read, serving

SCRIPT = """
import json, os, sys

def init():
    print("modules", sorted(name for name in sys.modules if name.startswith("opentelemetry")))

def run(data):
    do = json.loads(data)
    if do == "raise":
        raise RuntimeError("asked for")
    if do == "wait":
        with open("begun", "w") as begun:
            begun.write("1")
        with open("go") as go:
            go.read()
    if do == "log":
        print("printed")
    return os.getpid()
"""
TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def to_file(folder: Path, share: str = "0") -> dict[str, str]:
    return {
        "TELEMETRY": "file",
        "TELEMETRY_FILE": str(folder / "telemetry.jsonl"),
        "OTEL_TRACES_SAMPLER_ARG": share,
    }


def ended(served: Served) -> None:
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait() == 0


def request(body: bytes, *headers: str, method: str = "POST", path: str = "/score") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: x", "Connection: close"]
    lines += ["Content-Type: application/json", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def until_healthy(served: Served) -> int:
    tries = 1
    while served.get("/").status != 200:
        tries += 1
    return tries


def test_requests_are_counted_by_the_conventions_for_http(tmp_path: Path) -> None:
    with serving(SCRIPT, tmp_path, environment=to_file(tmp_path)) as served:
        unhealthy = until_healthy(served) - 1
        statuses = [served.post(body).status for body in (b'""', b"1", b'"raise"', b"\xff")]
        assert statuses == [200, 200, 500, 400]
        assert served.ask(request(b"", method="DELETE")).status == 405
        assert served.ask(request(b"", method="BREW", path="/none")).status in (400, 404)
        assert served.get("/none").status == 404
        ended(served)

    metrics = Exported(tmp_path / "telemetry.jsonl").metrics()
    unit, kind, points = metrics["http.server.request.duration"]
    assert (unit, kind) == ("s", "histogram")
    counted = {
        tuple(sorted(point.attributes.items())): sum(point.value.values()) for point in points
    }

    def attributes(method: str, status: int, route: str | None) -> Any:
        found: dict[str, str | int] = {"http.request.method": method, "url.scheme": "http"}
        found["http.response.status_code"] = status
        if route is not None:
            found["http.route"] = route
        if status >= 500:
            found["error.type"] = str(status)
        return tuple(sorted(found.items()))

    expected = {
        attributes("GET", 200, "/"): 1,
        attributes("POST", 200, "/score"): 2,
        attributes("POST", 500, "/score"): 1,
        attributes("POST", 400, "/score"): 1,
        attributes("DELETE", 405, "/score"): 1,
        attributes("GET", 404, None): 1,
    }
    if unhealthy:
        expected[attributes("GET", 503, "/")] = unhealthy
    assert counted == expected
    assert {bound for point in points for bound in point.value} <= {*_BOUNDS, float("inf")}
    assert metrics["http.server.active_requests"] == ("{request}", "sum", [])
    assert Exported(tmp_path / "telemetry.jsonl").spans() == []


def test_the_buckets_are_those_that_the_conventions_advise() -> None:
    assert _BOUNDS == (
        *(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75),
        *(1, 2.5, 5, 7.5, 10),
    )


def test_a_request_in_work_is_active(tmp_path: Path) -> None:
    import os

    for name in ("begun", "go"):
        os.mkfifo(tmp_path / name)
    often = {"OTEL_METRIC_EXPORT_INTERVAL": "20"}
    file = tmp_path / "telemetry.jsonl"
    with serving(SCRIPT, tmp_path, environment={**to_file(tmp_path), **often}) as served:
        with served.connect() as caller:
            caller.sendall(posted(b'"wait"'))
            (tmp_path / "begun").read_text()
            active = ("http.request.method", "POST"), ("url.scheme", "http")
            while True:
                found = Exported(file).metrics().get("http.server.active_requests")
                if found is not None and found[2]:
                    break
            assert found[2] == [(dict(active), 1)]
            (tmp_path / "go").write_text("")
            assert read(caller).status == 200
        ended(served)
    assert Exported(file).metrics()["http.server.active_requests"][2] == []


def test_a_caller_that_goes_is_counted_without_a_status(tmp_path: Path) -> None:
    with serving(SCRIPT, tmp_path, environment=to_file(tmp_path)) as served:
        until_healthy(served)
        with served.connect() as caller:
            caller.sendall(request(b"123456789")[:-5])
        assert served.post(b"1").status == 200
        ended(served)

    _, _, points = Exported(tmp_path / "telemetry.jsonl").metrics()["http.server.request.duration"]
    (gone,) = [point for point in points if "http.response.status_code" not in point.attributes]
    assert gone.attributes == {
        "http.request.method": "POST",
        "url.scheme": "http",
        "error.type": "caller_gone",
    }
    assert sum(gone.value.values()) == 1


def test_spans_of_both_processes_belong_to_the_callers_trace(tmp_path: Path) -> None:
    with serving(SCRIPT, tmp_path, environment=to_file(tmp_path)) as served:
        until_healthy(served)
        caller = f"traceparent: 00-{TRACE}-{CALLER}-01"
        ids = ("x-request-id: r-1", "x-ms-client-request-id: c-1")
        worker = int(served.ask(request(b'"log"', caller, *ids)).body)
        assert served.ask(request(b'"raise"', caller)).status == 500
        unsampled = f"traceparent: 00-{'a' * 32}-{CALLER}-00"
        assert served.ask(request(b"1", unsampled)).status == 200
        assert served.ask(request(b"1", "traceparent: nonsense")).status == 200
        front = served.process.pid
        ended(served)
        log = served.log

    spans = Exported(tmp_path / "telemetry.jsonl").spans()
    assert len(spans) == 4
    assert {span["traceId"] for span in spans} == {TRACE}
    servers = [span for span in spans if span["kind"] == 2]
    runs = [span for span in spans if span["kind"] == 1]
    assert [span["name"] for span in servers] == ["POST /score"] * 2
    assert [span["parentSpanId"] for span in servers] == [CALLER] * 2
    assert [span["pid"] for span in servers] == [front] * 2
    assert [span["name"] for span in runs] == ["run"] * 2
    assert [span["parentSpanId"] for span in runs] == [span["spanId"] for span in servers]
    assert [span["pid"] for span in runs] == [worker] * 2
    assert len({span["spanId"] for span in spans}) == 4
    for run, server in zip(runs, servers, strict=True):
        times = [server["startTimeUnixNano"], run["startTimeUnixNano"]]
        times += [run["endTimeUnixNano"], server["endTimeUnixNano"]]
        assert times == sorted(times, key=int)
    first, second = servers
    assert first["status"] == runs[0]["status"] == {"code": 0}
    assert second["status"] == runs[1]["status"] == {"code": 2}
    assert first["attributes"] == {
        "http.request.method": "POST",
        "url.scheme": "http",
        "http.route": "/score",
        "url.path": "/score",
        "http.response.status_code": 200,
        "azureml.request_id": "r-1",
        "azureml.client_request_id": "c-1",
    }
    assert runs[0]["attributes"] == {"azureml.request_id": "r-1"}
    assert second["attributes"]["error.type"] == "500"

    assert re.search(rf"azmlinfsrv.print - printed trace_id={TRACE}$", log, re.MULTILINE)
    lines = re.findall(r"POST /score (\d+) \S+ms \d+(.*)$", log, re.MULTILINE)
    traces = [f" trace_id={TRACE}", f" trace_id={TRACE}", f" trace_id={'a' * 32}", ""]
    assert lines == list(zip(("200", "500", "200", "200"), traces, strict=True))


def test_only_lines_of_a_request_have_its_trace(tmp_path: Path) -> None:
    script = """
import threading
def init(): pass
def unready(): print("asked")
def run(data):
    other = threading.Thread(target=print, args=("beside",))
    other.start()
    other.join()
    print("within")
"""
    with serving(script, tmp_path, environment=to_file(tmp_path)) as served:
        until_healthy(served)
        traceparent = f"traceparent: 00-{TRACE}-{CALLER}-01"
        assert served.ask(request(b"1", traceparent)).status == 200
        assert served.get("/ready").status == 200
        ended(served)
        log = served.log

    ends = re.findall(r"azmlinfsrv.print - (\w+)(.*)$", log, re.MULTILINE)
    assert ends == [("beside", ""), ("within", f" trace_id={TRACE}"), ("asked", "")]


def test_no_identity_costs_one_line_of_each_process(tmp_path: Path) -> None:
    connection = "InstrumentationKey=00000000-1111-4222-8333-444444444444"
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        address = f"https://127.0.0.1:{nobody.getsockname()[1]}/"
    environment = {
        "TELEMETRY": "azure_monitor",
        "APPLICATIONINSIGHTS_CONNECTION_STRING": f"{connection};IngestionEndpoint={address}",
        # Service Fabric's way to an identity, where nobody listens: the network is not asked.
        "IDENTITY_ENDPOINT": address,
        "IDENTITY_HEADER": "x",
        "IDENTITY_SERVER_THUMBPRINT": "x",
        "OTEL_TRACES_SAMPLER_ARG": "1",
        "OTEL_BSP_SCHEDULE_DELAY": "10",
    }
    with serving(SCRIPT, tmp_path, environment=environment) as served:
        until_healthy(served)
        assert [served.post(b"1").status for _ in range(50)] == [200] * 50
        ended(served)
        log = served.log

    assert log.count("azmlinfsrv.telemetry - Telemetry is not exported to azure_monitor") == 2
    assert "00000000-1111" not in log
    assert all(re.match(r"\d{4}-", line) for line in log.splitlines()), log


def test_a_share_of_the_traces_that_begin_here_is_exported(tmp_path: Path) -> None:
    with serving(SCRIPT, tmp_path, environment=to_file(tmp_path, "1")) as served:
        until_healthy(served)
        assert served.post(b"1").status == 200
        ended(served)

    spans = Exported(tmp_path / "telemetry.jsonl").spans()
    (run,) = [span for span in spans if span["name"] == "run"]
    (server,) = [span for span in spans if span["name"] == "POST /score"]
    assert "parentSpanId" not in server
    assert (run["traceId"], run["parentSpanId"]) == (server["traceId"], server["spanId"])


@pytest.mark.parametrize("telemetry", [None, "", "none"])
def test_without_it_nothing_of_opentelemetry_is_imported(
    tmp_path: Path, telemetry: str | None
) -> None:
    environment = {} if telemetry is None else {"TELEMETRY": telemetry}
    environment["PYTHONPROFILEIMPORTTIME"] = "1"
    with serving(SCRIPT, tmp_path, environment=environment) as served:
        until_healthy(served)
        assert served.ask(request(b"1", f"traceparent: 00-{TRACE}-{CALLER}-01")).status == 200
        ended(served)
        log = served.log

    assert "scorehost.telemetry" in log  # of what both processes import
    assert "opentelemetry" not in log.replace("modules []", "")
    assert "modules []" in log
    assert "scoring_telemetry" not in log
    assert "trace_id" not in log


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"TELEMETRY": "x"}, "TELEMETRY='x' is none of none, otlp, file, azure_monitor"),
        (
            {"TELEMETRY": "file", "TELEMETRY_FILE": "/no/such/place"},
            "TELEMETRY_FILE='/no/such/place' cannot be written: No such file or directory",
        ),
    ],
)
def test_wrong_settings_end_the_server_before_it_serves(
    tmp_path: Path, variables: dict[str, str], said: str
) -> None:
    with serving(SCRIPT, tmp_path, environment=variables) as served:
        assert served.process.wait() == 1
        assert served.log == f"The settings are wrong: {said}\n"


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a collector that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        held = []

        def accept() -> None:
            try:
                while True:
                    held.append(listener.accept()[0])
            except OSError:
                pass

        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        for one in held:
            one.close()


@pytest.fixture
def refusing() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.parametrize("kind", ["silent", "refusing"])
def test_a_dead_collector_under_load_loses_no_request(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    port = request.getfixturevalue(kind)
    environment = {
        "TELEMETRY": "otlp",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
        "OTEL_TRACES_SAMPLER_ARG": "1",
        "OTEL_METRIC_EXPORT_INTERVAL": "10",
        "OTEL_BSP_SCHEDULE_DELAY": "10",
        "OTEL_BSP_MAX_QUEUE_SIZE": "10",
        "OTEL_EXPORTER_OTLP_TIMEOUT": "60000",
        "WORKER_COUNT": "2",
        "DRAIN_SECONDS": "2",
    }
    with serving(SCRIPT, tmp_path, environment=environment) as served:
        until_healthy(served)
        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(lambda _: served.post(b"1").status, range(400)))
        ended(served)
        log = served.log

    assert statuses == [200] * 400
    assert log.count("POST /score 200") == 400
    warnings = re.findall(r"\[(\d+)\] azmlinfsrv.telemetry - Telemetry is not exported", log)
    # One of each process: the front one, and both workers.
    assert len(warnings) == len(set(warnings)) == (3 if kind == "refusing" else 0)


def test_what_was_measured_is_sent_when_the_server_ends(tmp_path: Path) -> None:
    with serving(SCRIPT, tmp_path, environment=to_file(tmp_path, "1")) as served:
        until_healthy(served)
        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(lambda _: served.post(b"1").status, range(100)))
        ended(served)

    assert statuses == [200] * 100
    exported = Exported(tmp_path / "telemetry.jsonl")
    names = [span["name"] for span in exported.spans()]
    assert (names.count("POST /score"), names.count("run")) == (100, 100)
    _, _, points = exported.metrics()["http.server.request.duration"]
    (scored,) = [one for one in points if one.attributes.get("http.route") == "/score"]
    assert sum(scored.value.values()) == 100
    assert json.dumps(scored.attributes, sort_keys=True) == json.dumps(
        {
            "http.request.method": "POST",
            "http.response.status_code": 200,
            "http.route": "/score",
            "url.scheme": "http",
        }
    )
