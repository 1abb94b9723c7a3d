"""Where telemetry goes: a file, a collector by OTLP/HTTP, or Azure Monitor."""

from __future__ import annotations

import json
import logging
import os
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from opentelemetry.sdk.metrics.export import MetricExportResult, MetricsData
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult

from scoring_telemetry import otlp_json
from scoring_telemetry.identity import credential
from scoring_telemetry.settings import TelemetryError, TelemetrySettings


class ExportFailed(Exception):
    """Telemetry was not taken; the message says why, without keys."""


class Exporter(Protocol):
    """Sends what it is given, in the thread that calls it; raises what goes wrong."""

    delta: bool
    """Whether it wants what was added since the last export, and not since the start."""

    def spans(self, spans: Sequence[ReadableSpan]) -> None: ...

    def metrics(self, data: MetricsData) -> None: ...


def exporter_for(settings: TelemetrySettings, environment: Mapping[str, str]) -> Exporter:
    """The exporter that the settings name. Raises TelemetryError."""
    if settings.exporter == "file":
        return _File(settings.file)
    if settings.exporter == "otlp":
        return _Otlp(settings)
    return _AzureMonitor(settings.connection_string, environment)


class _File:
    """A line of OTLP JSON for each export, as OpenTelemetry's file exporter writes them:
    opentelemetry.io/docs/specs/otel/protocol/file-exporter."""

    delta = False

    def __init__(self, path: str) -> None:
        try:
            # All processes of a server append; a line is one call, so lines stay whole.
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            self._descriptor = os.open(path, flags, 0o600)
        except OSError as error:
            raise TelemetryError(
                f"TELEMETRY_FILE={path!r} cannot be written: {error.strerror}"
            ) from error

    def spans(self, spans: Sequence[ReadableSpan]) -> None:
        self._write(otlp_json.traces(spans))

    def metrics(self, data: MetricsData) -> None:
        self._write(otlp_json.metrics(data))

    def _write(self, document: otlp_json.Document) -> None:
        os.write(self._descriptor, f"{json.dumps(document, separators=(',', ':'))}\n".encode())


class _Otlp:
    """opentelemetry.io/docs/specs/otlp/#otlphttp."""

    delta = False

    def __init__(self, settings: TelemetrySettings) -> None:
        self._settings = settings

    def spans(self, spans: Sequence[ReadableSpan]) -> None:
        self._send(self._settings.traces_endpoint, otlp_json.traces(spans))

    def metrics(self, data: MetricsData) -> None:
        self._send(self._settings.metrics_endpoint, otlp_json.metrics(data))

    def _send(self, address: str, document: otlp_json.Document) -> None:
        headers = {**self._settings.headers, "Content-Type": "application/json"}
        request = urllib.request.Request(address, json.dumps(document).encode(), headers)
        with urllib.request.urlopen(request, timeout=self._settings.timeout_seconds) as answer:
            answer.read()


_AZURE_LOGGER: Final = logging.getLogger("azure.monitor.opentelemetry.exporter")
_IDENTITY_LOGGER: Final = logging.getLogger("azure.identity")


_NOT_TAKEN: Final = "it was not taken"


class _LastMessage(logging.Handler):
    """Keeps what Azure's exporter says, for our own line a minute."""

    text = _NOT_TAKEN

    def emit(self, record: logging.LogRecord) -> None:
        # Of an item that is refused it would be the item itself, with the component's key.
        refused = str(record.msg).startswith("Data drop")
        self.text = "items were refused" if refused else record.getMessage()


class _AzureMonitor:
    """Application Insights, with a token of the process's identity.

    That identity needs the role Monitoring Metrics Publisher on the component, for traces as well:
    learn.microsoft.com/azure/azure-monitor/app/azure-ad-authentication.
    """

    delta = True

    def __init__(self, connection_string: str, environment: Mapping[str, str]) -> None:
        # Reports about the exporter itself, to addresses that a closed network does not let
        # through: learn.microsoft.com/azure/azure-monitor/app/statsbeat.
        os.environ["APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL"] = "true"
        # It would be of a global tracer provider, which there is not.
        os.environ["APPLICATIONINSIGHTS_OPENTELEMETRY_RESOURCE_METRIC_DISABLED"] = "true"
        from azure.monitor.opentelemetry.exporter import (
            AzureMonitorMetricExporter,
            AzureMonitorTraceExporter,
        )

        self._said = _LastMessage(logging.WARNING)
        _AZURE_LOGGER.handlers = [self._said]
        _AZURE_LOGGER.propagate = False
        # What it says of each try is in the error that it raises. Without a handler Python would
        # write it to standard error.
        _IDENTITY_LOGGER.handlers = [logging.NullHandler()]
        options: dict[str, Any] = {
            "connection_string": connection_string,
            "credential": credential(environment),
            # Pods have no disk to write to, and what failed is kept here, up to its bound.
            "disable_offline_storage": True,
            "retry_total": 0,
            "read_timeout": 10,
        }
        try:
            self._traces = AzureMonitorTraceExporter(**options)
            self._metrics = AzureMonitorMetricExporter(**options)
        except ValueError as error:
            raise TelemetryError(f"APPLICATIONINSIGHTS_CONNECTION_STRING: {error}") from error

    def spans(self, spans: Sequence[ReadableSpan]) -> None:
        self._said.text = _NOT_TAKEN
        if self._traces.export(spans) is not SpanExportResult.SUCCESS:
            raise ExportFailed(self._said.text)

    def metrics(self, data: MetricsData) -> None:
        self._said.text = _NOT_TAKEN
        if self._metrics.export(data) is not MetricExportResult.SUCCESS:
            raise ExportFailed(self._said.text)
