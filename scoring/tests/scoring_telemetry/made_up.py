"""Exporters, metrics and spans for the tests."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from opentelemetry.sdk.metrics.export import MetricsData
from opentelemetry.sdk.trace import ReadableSpan

from scoring_telemetry.aggregates import CounterSeries, HistogramSeries, Metric, Observed
from scoring_telemetry.settings import TelemetrySettings
from scoring_telemetry.spans import Span, TraceContext
from scoring_telemetry.telemetry import Telemetry

SETTINGS = TelemetrySettings.read({"TELEMETRY": "otlp"})
NEVER = SETTINGS._replace(spans_seconds=3600, metrics_seconds=3600)
"""Exports at the end only."""


def span(name: str = "s", parent: str = "00f067aa0ba902b7", failed: bool = False) -> Span:
    context = TraceContext("4bf92f3577b34da6a3ce929d0e0e4736", "53995c3f42cd8ad8", parent)
    attributes: dict[str, str | int] = {"text": "a", "number": 1}
    return Span(name, context, True, 1_000, 2_000, attributes, failed)


class Recording:
    """An exporter that keeps what it gets, or fails while `error` is set."""

    def __init__(self, delta: bool = False) -> None:
        self.delta = delta
        self.error: Exception | None = None
        self.names: list[list[str]] = []
        self.data: list[MetricsData] = []
        self.tried = threading.Semaphore(0)

    def _fail(self) -> None:
        self.tried.release()
        if self.error is not None:
            raise self.error

    def spans(self, spans: Sequence[ReadableSpan]) -> None:
        self._fail()
        self.names.append([one.name for one in spans])

    def metrics(self, data: MetricsData) -> None:
        self._fail()
        self.data.append(data)

    def values(self) -> list[dict[str, object]]:
        """Of each export, what each metric says, without times."""
        found = []
        for data in self.data:
            said: dict[str, object] = {}
            for metric in data.resource_metrics[0].scope_metrics[0].metrics:
                for point in metric.data.data_points:
                    said[metric.name] = getattr(point, "value", None) or (
                        getattr(point, "bucket_counts", 0)
                    )
            found.append(said)
        return found


class Measured:
    """One metric of each kind."""

    def __init__(self, telemetry: Telemetry) -> None:
        histograms = HistogramSeries(Metric("h", "s", "values"), (1.0, 2.0))
        counters = CounterSeries(Metric("c", "{row}", "rows"))
        self.histogram = histograms.of((("a", "x"),))
        self.counter = counters.of((("a", 1),))
        self.active = 3
        telemetry.measure(
            histograms,
            counters,
            Observed(Metric("u", "{request}", "active"), lambda: [((), self.active)], True),
            Observed(Metric("g", "s", "age"), lambda: [((), 1.5)], False),
        )
