from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from azure.core.credentials import AccessToken
from azure.identity import ManagedIdentityCredential, WorkloadIdentityCredential

from scoring_telemetry import exporters, identity
from scoring_telemetry.exporters import ExportFailed, exporter_for
from scoring_telemetry.settings import TelemetryError, TelemetrySettings
from scoring_telemetry.telemetry import Telemetry
from tests.scoring_telemetry.made_up import NEVER, Measured, span

KEY = "00000000-1111-4222-8333-444444444444"


class Got(NamedTuple):
    """One request to the collector."""

    path: str
    headers: dict[str, str]
    body: Any


class Collector:
    """Keeps what is sent to it, and answers `status`."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.status = 200
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {key.lower(): value for key, value in self.headers.items()}
                collector.got.append(Got(self.path, headers, json.loads(body)))
                answer = b'{"itemsReceived": 1, "itemsAccepted": 1, "errors": []}'
                self.send_response(collector.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def collector() -> Iterator[Collector]:
    one = Collector()
    yield one
    one.server.shutdown()
    one.server.server_close()


def exported(environment: dict[str, str]) -> None:
    """One of everything, with the exporter of this environment."""
    settings = TelemetrySettings.read(environment)
    one = Telemetry(NEVER._replace(exporter=settings.exporter), exporter_for(settings, environment))
    measured = Measured(one)
    measured.histogram.record(1.5)
    measured.histogram.record(0.25)
    measured.counter.merge(2)
    one.finished(span())
    one.finished(span("root", "", failed=True))
    one.flush(60)


TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
ATTRIBUTES = [
    {"key": "text", "value": {"stringValue": "a"}},
    {"key": "number", "value": {"intValue": "1"}},
]
SCOPE = {"name": "scoring_telemetry", "version": "1.0.0"}


def check_traces(document: Any) -> None:
    (resource,) = document["resourceSpans"]
    (scope,) = resource["scopeSpans"]
    assert scope["scope"] == SCOPE
    span = {
        "traceId": TRACE,
        "spanId": "53995c3f42cd8ad8",
        "kind": 2,
        "startTimeUnixNano": "1000",
        "endTimeUnixNano": "2000",
        "attributes": ATTRIBUTES,
    }
    parent = {"parentSpanId": "00f067aa0ba902b7"}
    assert scope["spans"] == [
        {**span, **parent, "name": "s", "status": {"code": 0}},
        {**span, "name": "root", "status": {"code": 2}},
    ]
    about = {one["key"]: one["value"] for one in resource["resource"]["attributes"]}
    assert about["telemetry.sdk.language"] == {"stringValue": "python"}
    assert about["process.pid"] == {"intValue": str(os.getpid())}


def check_metrics(document: Any) -> None:
    (scope,) = document["resourceMetrics"][0]["scopeMetrics"]
    for metric in scope["metrics"]:
        (kind,) = metric.keys() & {"sum", "gauge", "histogram"}
        for point in metric[kind]["dataPoints"]:
            assert int(point.pop("startTimeUnixNano")) <= int(point.pop("timeUnixNano"))
    point = {
        "attributes": [{"key": "a", "value": {"stringValue": "x"}}],
        "count": "2",
        "sum": 1.75,
        "bucketCounts": ["1", "1", "0"],
        "explicitBounds": [1, 2],
        "min": 0.25,
        "max": 1.5,
    }
    rows = {"attributes": [{"key": "a", "value": {"intValue": "1"}}], "asInt": "2"}
    active = {"attributes": [], "asInt": "3"}
    cumulative = {"aggregationTemporality": 2}
    assert scope == {
        "scope": SCOPE,
        "metrics": [
            {
                **{"name": "h", "unit": "s", "description": "values"},
                "histogram": {"dataPoints": [point], **cumulative},
            },
            {
                **{"name": "c", "unit": "{row}", "description": "rows"},
                "sum": {"dataPoints": [rows], **cumulative, "isMonotonic": True},
            },
            {
                **{"name": "u", "unit": "{request}", "description": "active"},
                "sum": {"dataPoints": [active], **cumulative, "isMonotonic": False},
            },
            {
                **{"name": "g", "unit": "s", "description": "age"},
                "gauge": {"dataPoints": [{"attributes": [], "asDouble": 1.5}]},
            },
        ],
    }


def test_a_file_gets_a_line_for_each_export(tmp_path: Path) -> None:
    file = tmp_path / "telemetry.jsonl"
    exported({"TELEMETRY": "file", "TELEMETRY_FILE": str(file)})

    traces, metrics = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    check_traces(traces)
    check_metrics(metrics)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_collector_gets_otlp_in_json(collector: Collector) -> None:
    endpoint = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.address}
    exported({"TELEMETRY": "otlp", **endpoint, "OTEL_EXPORTER_OTLP_HEADERS": "api-key=k"})

    traces, metrics = collector.got
    assert (traces.path, metrics.path) == ("/v1/traces", "/v1/metrics")
    for one in collector.got:
        assert one.headers["content-type"] == "application/json"
        assert one.headers["api-key"] == "k"
    check_traces(traces.body)
    check_metrics(metrics.body)


def test_a_collector_that_refuses_is_in_the_log(
    collector: Collector, caplog: pytest.LogCaptureFixture
) -> None:
    collector.status = 401
    with caplog.at_level(logging.WARNING, "azmlinfsrv.telemetry"):
        exported({"TELEMETRY": "otlp", "OTEL_EXPORTER_OTLP_ENDPOINT": collector.address})

    (line,) = [record.getMessage() for record in caplog.records]
    expected = "HTTP Error 401: Unauthorized (2 spans wait, 0 were dropped)"
    assert line == f"Telemetry is not exported to otlp: {expected}"


class Identity:
    """A credential whose token opens nothing."""

    def __init__(self) -> None:
        self.scopes: list[str] = []

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        self.scopes += scopes
        return AccessToken("token", 2**31)


@pytest.fixture
def azure(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of a process in Azure. Its exporter would send tokens by HTTPS only."""
    monkeypatch.setattr(exporters, "credential", lambda environment: Identity())
    monkeypatch.setattr(
        "azure.core.pipeline.policies._authentication._enforce_https", lambda request: None
    )
    # What the exporter's constructor changes.
    monkeypatch.setenv("APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL", "false")
    monkeypatch.setenv("APPLICATIONINSIGHTS_OPENTELEMETRY_RESOURCE_METRIC_DISABLED", "false")
    monkeypatch.setattr(exporters._AZURE_LOGGER, "handlers", [])
    monkeypatch.setattr(exporters._AZURE_LOGGER, "propagate", True)
    text = f"InstrumentationKey={KEY};IngestionEndpoint={collector.address}"
    return {"TELEMETRY": "azure_monitor", "APPLICATIONINSIGHTS_CONNECTION_STRING": text}


def test_azure_monitor_gets_requests_and_metrics_by_token(
    collector: Collector, azure: dict[str, str]
) -> None:
    exported(azure)

    traces, metrics = collector.got
    assert {one.path for one in collector.got} == {"/v2.1/track"}
    assert {one.headers["authorization"] for one in collector.got} == {"Bearer token"}
    requests = [one for one in traces.body if one["name"].endswith("Request")]
    assert [one["data"]["baseData"]["name"] for one in requests] == ["s", "root"]
    assert {one["tags"]["ai.operation.id"] for one in requests} == {TRACE}
    values = [
        (value["name"], value["value"], value.get("count"))
        for one in metrics.body
        for value in one["data"]["baseData"]["metrics"]
    ]
    assert values == [("h", 1.75, 2), ("c", 2, 1), ("u", 3, 1), ("g", 1.5, 1)]
    assert os.environ["APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL"] == "true"


@pytest.mark.parametrize("status", [403, 400, 503])
def test_a_component_that_refuses_is_in_the_log_without_its_key(
    collector: Collector, azure: dict[str, str], status: int, caplog: pytest.LogCaptureFixture
) -> None:
    collector.status = status
    with caplog.at_level(logging.DEBUG, "azmlinfsrv.telemetry"):
        exported(azure)

    (line,) = [one for one in caplog.records if one.name == "azmlinfsrv.telemetry"]
    assert line.getMessage().startswith("Telemetry is not exported to azure_monitor: ")
    assert line.getMessage().endswith("(2 spans wait, 0 were dropped)")
    if status == 403:
        assert "`Monitoring Metrics Publisher` role" in line.getMessage()
    assert KEY not in caplog.text
    assert len(collector.got) == 2  # tried once each


def test_what_azure_says_of_a_refused_item_is_not_repeated() -> None:
    said = exporters._LastMessage()
    text = "Data drop %s: %s %s."
    said.emit(logging.LogRecord("n", logging.ERROR, "f", 1, text, (400, "m", KEY), None))

    assert said.text == "items were refused"


def test_a_connection_string_that_is_none_is_named(azure: dict[str, str]) -> None:
    with pytest.raises(TelemetryError) as error:
        exporter_for(
            TelemetrySettings.read(
                {**azure, "APPLICATIONINSIGHTS_CONNECTION_STRING": "InstrumentationKey=secret"}
            ),
            azure,
        )

    assert str(error.value) == (
        "APPLICATIONINSIGHTS_CONNECTION_STRING: Invalid instrumentation key."
        " It should be a valid UUID."
    )
    assert isinstance(error.value.__cause__, ValueError)
    assert isinstance(ExportFailed(), Exception)


def test_a_federated_token_file_means_workload_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {
        "AZURE_FEDERATED_TOKEN_FILE": "/var/run/token",
        "AZURE_CLIENT_ID": "client",
        "AZURE_TENANT_ID": "tenant",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert isinstance(identity.credential(environment), WorkloadIdentityCredential)


@pytest.mark.parametrize("environment", [{}, {"AZURE_CLIENT_ID": "client"}])
def test_otherwise_the_managed_identity_is_used(environment: dict[str, str]) -> None:
    assert isinstance(identity.credential(environment), ManagedIdentityCredential)
