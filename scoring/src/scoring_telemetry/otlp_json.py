"""OpenTelemetry's data as OTLP in JSON: opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding.

Ids are hexadecimal, 64-bit integers are texts, enumerations are numbers; names are those of
opentelemetry-proto's trace.proto and metrics.proto 1.x. OpenTelemetry's own exporter writes binary
protobuf only, and that of the SDK which azureml-inference-server-http 1.5.1 fixes (1.33.0) cannot
be installed beside the protobuf that onnxruntime is locked with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry.sdk.metrics import export as sdk
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanKind

Document = dict[str, Any]

# trace.proto has UNSPECIFIED before the kinds of the API.
_KIND_OFFSET = 1


def traces(spans: Sequence[ReadableSpan]) -> Document:
    """An ExportTraceServiceRequest; all spans are of one resource and scope."""
    first = spans[0]
    scope = {**_scope(first.instrumentation_scope), "spans": [_span(span) for span in spans]}
    return {"resourceSpans": [{"resource": _resource(first.resource), "scopeSpans": [scope]}]}


def metrics(data: sdk.MetricsData) -> Document:
    """An ExportMetricsServiceRequest."""
    return {
        "resourceMetrics": [
            {
                "resource": _resource(resource.resource),
                "scopeMetrics": [
                    {**_scope(scope.scope), "metrics": [_metric(one) for one in scope.metrics]}
                    for scope in resource.scope_metrics
                ],
            }
            for resource in data.resource_metrics
        ]
    }


def _resource(resource: Resource) -> Document:
    return {"attributes": _attributes(resource.attributes)}


def _scope(scope: InstrumentationScope | None) -> Document:
    assert scope is not None
    return {"scope": {"name": scope.name, "version": scope.version}}


def _value(value: object) -> Document:
    # All attributes here are texts and whole numbers.
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"stringValue": str(value)}


def _attributes(attributes: Mapping[str, Any] | None) -> list[Document]:
    return [{"key": key, "value": _value(value)} for key, value in (attributes or {}).items()]


def _span(span: ReadableSpan) -> Document:
    context, parent = span.context, span.parent
    kind: SpanKind = span.kind
    return {
        "traceId": f"{context.trace_id:032x}",
        "spanId": f"{context.span_id:016x}",
        **({"parentSpanId": f"{parent.span_id:016x}"} if parent is not None else {}),
        "name": span.name,
        "kind": kind.value + _KIND_OFFSET,
        "startTimeUnixNano": str(span.start_time),
        "endTimeUnixNano": str(span.end_time),
        "attributes": _attributes(span.attributes),
        "status": {"code": span.status.status_code.value},
    }


def _metric(metric: sdk.Metric) -> Document:
    about = {"name": metric.name, "unit": metric.unit, "description": metric.description}
    data = metric.data
    if isinstance(data, sdk.Gauge):
        return {**about, "gauge": {"dataPoints": [_number(one) for one in data.data_points]}}
    assert isinstance(data, (sdk.Sum, sdk.Histogram))
    temporality = {"aggregationTemporality": data.aggregation_temporality.value}
    if isinstance(data, sdk.Sum):
        points = [_number(one) for one in data.data_points]
        sums = {"dataPoints": points, **temporality, "isMonotonic": data.is_monotonic}
        return {**about, "sum": sums}
    histogram = {"dataPoints": [_histogram(one) for one in data.data_points], **temporality}
    return {**about, "histogram": histogram}


def _point(point: sdk.NumberDataPoint | sdk.HistogramDataPoint) -> Document:
    return {
        "attributes": _attributes(point.attributes),
        "startTimeUnixNano": str(point.start_time_unix_nano),
        "timeUnixNano": str(point.time_unix_nano),
    }


def _number(point: sdk.NumberDataPoint) -> Document:
    if isinstance(point.value, int):
        return {**_point(point), "asInt": str(point.value)}
    return {**_point(point), "asDouble": point.value}


def _histogram(point: sdk.HistogramDataPoint) -> Document:
    return {
        **_point(point),
        "count": str(point.count),
        "sum": point.sum,
        "bucketCounts": [str(count) for count in point.bucket_counts],
        "explicitBounds": list(point.explicit_bounds),
        "min": point.min,
        "max": point.max,
    }
