"""OpenTelemetry's own data, made of what was added up; needs its SDK."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from opentelemetry.sdk.metrics import export as sdk
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from scoring_telemetry.aggregates import Counter, Histogram, HistogramSeries, Measured, Observed
from scoring_telemetry.spans import Span

SCOPE = InstrumentationScope("scoring_telemetry", "1.0.0")
_DELTA = sdk.AggregationTemporality.DELTA
_CUMULATIVE = sdk.AggregationTemporality.CUMULATIVE


class Taken:
    """Values at one moment, as OpenTelemetry's metrics; `put_back` undoes the taking of a delta."""

    def __init__(self, measured: Sequence[Measured], began: int, now: int, delta: bool) -> None:
        self._taken: list[tuple[Histogram | Counter, object]] = []
        self._began, self._now, self._delta = began, now, delta
        metrics = [(one.metric, self._data(one)) for one in measured]
        self.metrics = [
            sdk.Metric(metric.name, metric.description, metric.unit, data)
            for metric, data in metrics
            if data.data_points
        ]

    def put_back(self) -> None:
        """After a failed export: the values belong to the next one."""
        for aggregate, state in self._taken if self._delta else ():
            aggregate.merge(state)  # type: ignore[arg-type]

    def data(self, resource: Resource) -> sdk.MetricsData:
        """For an exporter."""
        scope = sdk.ScopeMetrics(SCOPE, self.metrics, "")
        return sdk.MetricsData([sdk.ResourceMetrics(resource, [scope], "")])

    def _data(self, measured: Measured) -> sdk.Sum | sdk.Gauge | sdk.Histogram:
        temporality = _DELTA if self._delta else _CUMULATIVE
        if isinstance(measured, Observed):
            points = [
                sdk.NumberDataPoint(dict(attributes), self._began, self._now, value)
                for attributes, value in measured.observe()
            ]
            return sdk.Sum(points, _CUMULATIVE, False) if measured.is_sum else sdk.Gauge(points)
        if isinstance(measured, HistogramSeries):
            return sdk.Histogram(list(self._histograms(measured)), temporality)
        sums = []
        for attributes, counter in measured.items():
            amount = counter.take(self._delta)
            self._taken.append((counter, amount))
            if amount or not self._delta:
                sums.append(sdk.NumberDataPoint(dict(attributes), self._began, self._now, amount))
        return sdk.Sum(sums, temporality, True)

    def _histograms(self, measured: HistogramSeries) -> Iterable[sdk.HistogramDataPoint]:
        for attributes, histogram in measured.items():
            state = histogram.take(self._delta)
            self._taken.append((histogram, state))
            if count := sum(state.counts):
                yield sdk.HistogramDataPoint(
                    dict(attributes),
                    self._began,
                    self._now,
                    count,
                    state.total,
                    state.counts,
                    measured.bounds,
                    state.low,
                    state.high,
                )


def sdk_span(span: Span, resource: Resource) -> ReadableSpan:
    """A finished span as the SDK has it."""
    context = span.context

    def of(span_id: str, is_remote: bool) -> SpanContext:
        flags = TraceFlags(TraceFlags.SAMPLED)
        return SpanContext(int(context.trace_id, 16), int(span_id, 16), is_remote, flags)

    return ReadableSpan(
        span.name,
        of(context.span_id, False),
        of(context.parent_id, True) if context.parent_id else None,
        resource,
        span.attributes,
        kind=SpanKind.SERVER if span.is_server else SpanKind.INTERNAL,
        status=Status(StatusCode.ERROR if span.failed else StatusCode.UNSET),
        start_time=span.began,
        end_time=span.ended,
        instrumentation_scope=SCOPE,
    )
