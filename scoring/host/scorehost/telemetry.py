"""Metrics and spans of requests, after OpenTelemetry's conventions for HTTP servers.

opentelemetry.io/docs/specs/semconv/http/http-metrics and http-spans, version 1.37. Nothing here is
used, and nothing of OpenTelemetry imported, unless TELEMETRY is set.
"""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import TYPE_CHECKING, Any, Final

from scorehost.identifiers import Identifiers
from scorehost.request import Request
from scorehost.settings import SettingsError

if TYPE_CHECKING:
    from scoring_telemetry.aggregates import Attributes, Histogram
    from scoring_telemetry.spans import TraceContext
    from scoring_telemetry.telemetry import Telemetry

Scope = MutableMapping[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]
Begun = tuple[str, float, int, "TraceContext | None"]
"""A request's method, when it began (perf_counter; of a traced one also nanoseconds since 1970),
and its span."""

ANSWERED: Final = "scorehost.answered"
"""In the scope of a request: status, ids and route, as soon as it is answered."""
TRACEPARENT: Final = "scorehost.traceparent"
"""In the scope of a request: the context for whom is called next."""

_BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
"""Seconds; http-metrics advises these boundaries."""
_METHODS: Final = frozenset(
    ("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE")
)
_GONE: Final = "caller_gone"
_UNANSWERED: Final = (0, None, None)


def started() -> Telemetry | None:
    """This process's telemetry; None where TELEMETRY is not set. Raises SettingsError."""
    if os.environ.get("TELEMETRY", "none") in ("", "none"):
        return None
    try:
        from scoring_telemetry.settings import TelemetryError
        from scoring_telemetry.telemetry import start

        return start(os.environ)
    except ImportError as error:
        raise SettingsError(f"TELEMETRY needs a package that is not installed: {error}") from error
    except TelemetryError as error:
        raise SettingsError(str(error)) from error


class Observed:
    """An ASGI application around the server's own that measures its requests."""

    def __init__(self, application: Application, telemetry: Telemetry) -> None:
        from scoring_telemetry.aggregates import HistogramSeries, Metric
        from scoring_telemetry.aggregates import Observed as Asked

        self._application = application
        self._telemetry = telemetry
        duration = Metric("http.server.request.duration", "s", "Duration of HTTP server requests.")
        active = Metric(
            "http.server.active_requests", "{request}", "Number of active HTTP server requests."
        )
        self._durations = HistogramSeries(duration, _BOUNDS)
        self._of: dict[tuple[str, int, str | None], Histogram] = {}
        self._active = dict.fromkeys((*sorted(_METHODS), "_OTHER"), 0)
        telemetry.measure(self._durations, Asked(active, self._active_requests, True))

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        begun = self.begin(scope)
        try:
            await self._application(scope, receive, send)
        finally:
            self.end(scope, begun)

    def begin(self, scope: Scope) -> Begun:
        """Counts a request, and puts TRACEPARENT into its scope."""
        method = scope["method"]
        if method not in _METHODS:
            method = "_OTHER"
        asked = None
        for name, value in scope["headers"]:
            if name == b"traceparent":
                asked = value.decode("latin-1")
        scope[TRACEPARENT], context = self._telemetry.sampler.begin(asked)
        self._active[method] += 1
        at = time.time_ns() if context is not None else 0
        return method, time.perf_counter(), at, context

    def end(self, scope: Scope, begun: Begun) -> None:
        """Records a request that is over; ANSWERED is in its scope unless its caller left."""
        method, began, at, context = begun
        seconds = time.perf_counter() - began
        self._active[method] -= 1
        status, ids, route = scope.get(ANSWERED, _UNANSWERED)
        histogram = self._of.get((method, status, route))
        if histogram is None:
            histogram = self._durations.of(_attributes(method, status, route))
            self._of[method, status, route] = histogram
        histogram.record(seconds)
        if context is not None:
            self._finished(context, at, scope["path"], _attributes(method, status, route), ids)

    def _finished(
        self,
        context: TraceContext,
        began: int,
        path: str,
        attributes: Attributes,
        ids: Identifiers | None,
    ) -> None:
        from scoring_telemetry.spans import Span

        about = {**dict(attributes), "url.path": path, **_ids_of(ids)}
        method, route = about["http.request.method"], about.get("http.route")
        method = "HTTP" if method == "_OTHER" else method
        name = f"{method} {route}" if route else str(method)
        failed = "error.type" in about
        self._telemetry.finished(Span(name, context, True, began, time.time_ns(), about, failed))

    def _active_requests(self) -> Iterator[tuple[Attributes, float]]:
        used = {method for method, _, _ in list(self._of)}
        for method, count in self._active.items():
            if count or method in used:
                yield (("http.request.method", method), ("url.scheme", "http")), count


def _attributes(method: str, status: int, route: str | None) -> Attributes:
    found: list[tuple[str, str | int]] = [("http.request.method", method), ("url.scheme", "http")]
    if route is not None:
        found.append(("http.route", route))
    if status:
        found.append(("http.response.status_code", status))
    if status >= 500 or not status:
        found.append(("error.type", str(status) if status else _GONE))
    return tuple(found)


def ran(telemetry: Telemetry, request: Request, began: int, status: int) -> None:
    """Records the span of a run() that began at `began` (nanoseconds since 1970), if its request is
    traced. The span ends with the writing of its answer."""
    from scoring_telemetry.spans import Span, child

    context = child(request.traceparent)
    if context is not None:
        about: dict[str, str | int] = {"azureml.request_id": request.request_id}
        telemetry.finished(Span("run", context, False, began, time.time_ns(), about, status >= 500))


def _ids_of(ids: Identifiers | None) -> dict[str, str]:
    """The ids of a request as attributes of its span; those that it has."""
    if ids is None:
        return {}
    named = {
        "azureml.request_id": ids.request_id,
        "azureml.client_request_id": ids.client_request_id,
    }
    return {name: value for name, value in named.items() if value}
