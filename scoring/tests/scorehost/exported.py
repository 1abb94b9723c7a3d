"""Reads what the file exporter has written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple


class Point(NamedTuple):
    """A point of a metric, without its times."""

    attributes: dict[str, str | int]
    value: Any


class Exported:
    """All lines of a file of OTLP JSON, from all processes."""

    def __init__(self, file: Path) -> None:
        self._lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]

    def spans(self) -> list[dict[str, Any]]:
        """Each with its attributes as a dictionary and `pid`."""
        found = []
        for line in self._lines:
            for resource in line.get("resourceSpans", ()):
                pid = _attributes(resource["resource"])["process.pid"]
                for span in resource["scopeSpans"][0]["spans"]:
                    found.append({**span, "attributes": _attributes(span), "pid": pid})
        return found

    def metrics(self) -> dict[str, tuple[str, str, list[Point]]]:
        """The last export of each process: by name, unit, kind and points with a value that is not
        zero. A histogram's value is its counts, in buckets with their upper bounds."""
        found: dict[str, tuple[str, str, list[Point]]] = {}
        last: dict[Any, Any] = {}
        for line in self._lines:
            for resource in line.get("resourceMetrics", ()):
                last[_attributes(resource["resource"])["process.pid"]] = resource
        for resource in last.values():
            for metric in resource["scopeMetrics"][0]["metrics"]:
                (kind,) = metric.keys() & {"sum", "gauge", "histogram"}
                _, _, points = found.setdefault(metric["name"], (metric["unit"], kind, []))
                points += [
                    point
                    for point in map(_point, metric[kind]["dataPoints"])
                    if point.value not in (0, {})
                ]
        return found


def _attributes(of: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for one in of["attributes"]:
        ((kind, value),) = one["value"].items()
        found[one["key"]] = int(value) if kind == "intValue" else value
    return found


def _point(point: dict[str, Any]) -> Point:
    value: Any
    if "bucketCounts" in point:
        bounds = [*point["explicitBounds"], float("inf")]
        counts = zip(bounds, map(int, point["bucketCounts"]), strict=True)
        value = {bound: count for bound, count in counts if count}
    else:
        value = int(point["asInt"]) if "asInt" in point else point["asDouble"]
    return Point(_attributes(point), value)
