"""The telemetry of one process: what it measures, and the thread that sends it."""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, cast

from scoring_telemetry.aggregates import Measured
from scoring_telemetry.settings import TelemetrySettings
from scoring_telemetry.spans import Sampler, Span

if TYPE_CHECKING:
    from scoring_telemetry.exporters import Exporter

# Below the logger that both servers write to their logs.
logger: Final = logging.getLogger("azmlinfsrv.telemetry")
WARNING_SECONDS: Final = 60.0
"""An exporter that fails is in the log once in that time."""
EXIT_SECONDS: Final = 5.0
"""What a process gives the last export where nobody else says it."""
_SPANS_AT_A_TIME: Final = 512


class Telemetry:
    """Takes measurements and spans; a thread exports them. Nothing here waits for an exporter."""

    def __init__(
        self,
        settings: TelemetrySettings,
        exporter: Exporter,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.sampler = Sampler(settings.sampled_share)
        self._settings = settings
        self._exporter = exporter
        self._clock = clock
        self._measured: list[Measured] = []
        self._before_export: list[Callable[[], None]] = []
        self._spans: deque[Span] = deque()
        self._dropped = 0
        self._warned_at = -WARNING_SECONDS
        self._begin()
        # A server that forks after init() has the thread in one of the processes only.
        os.register_at_fork(after_in_child=self._begin)

    def _begin(self) -> None:
        from opentelemetry.sdk.resources import Resource

        about = {"service.instance.id": str(uuid.uuid4()), "process.pid": os.getpid()}
        if release := os.environ.get("RELEASE_ID"):
            about["service.version"] = release
        self._resource = Resource.create(cast(dict[str, str | int], about))
        self._began = time.time_ns()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._export, name="telemetry", daemon=True)
        self._thread.start()

    def measure(self, *measured: Measured) -> None:
        """Exports these metrics from now on."""
        self._measured.extend(measured)

    def before_export(self, settle: Callable[[], None]) -> None:
        """Calls `settle` in the exporting thread before values are taken."""
        self._before_export.append(settle)

    def finished(self, span: Span) -> None:
        """Exports a span, unless too many wait."""
        if len(self._spans) < self._settings.max_waiting_spans:
            self._spans.append(span)
        else:
            self._dropped += 1

    def flush(self, seconds: float) -> None:
        """The last export: waits for it for so long, and ends the thread. Again it does nothing."""
        if self._ending.is_set():
            return
        self._ending.set()
        self._thread.join(max(seconds, 0))

    def _export(self) -> None:
        metrics_due = self._clock() + self._settings.metrics_seconds
        ending = False
        while not ending:
            wait = min(self._settings.spans_seconds, max(metrics_due - self._clock(), 0))
            ending = self._ending.wait(wait)
            self._try(self._export_spans)
            if ending or self._clock() >= metrics_due:
                metrics_due = self._clock() + self._settings.metrics_seconds
                self._try(self._export_metrics)

    def _export_spans(self) -> None:
        from scoring_telemetry.sdk_data import sdk_span

        while self._spans:
            count = min(len(self._spans), _SPANS_AT_A_TIME)
            batch = [self._spans[at] for at in range(count)]
            self._exporter.spans([sdk_span(span, self._resource) for span in batch])
            # Only now: those of a failed export wait for the next one, within their bound.
            for _ in batch:
                self._spans.popleft()

    def _export_metrics(self) -> None:
        from scoring_telemetry.sdk_data import Taken

        for settle in self._before_export:
            settle()
        now = time.time_ns()
        taken = Taken(self._measured, self._began, now, self._exporter.delta)
        if not taken.metrics:
            return
        try:
            self._exporter.metrics(taken.data(self._resource))
        except Exception:
            taken.put_back()
            raise
        if self._exporter.delta:
            self._began = now

    def _try(self, export: Callable[[], None]) -> None:
        try:
            export()
        except Exception as error:
            if self._clock() - self._warned_at >= WARNING_SECONDS:
                self._warned_at = self._clock()
                logger.warning(
                    "Telemetry is not exported to %s: %s (%d spans wait, %d were dropped)",
                    self._settings.exporter,
                    str(error) or type(error).__name__,
                    len(self._spans),
                    self._dropped,
                )


_started: list[Telemetry] = []


def start(environment: Mapping[str, str]) -> Telemetry | None:
    """This process's telemetry, started by the first call; None where TELEMETRY is none.

    Raises TelemetryError.
    """
    settings = TelemetrySettings.read(environment)
    if settings.exporter == "none":
        return None
    if not _started:
        from scoring_telemetry.exporters import exporter_for

        telemetry = Telemetry(settings, exporter_for(settings, environment))
        _started.append(telemetry)
        atexit.register(telemetry.flush, EXIT_SECONDS)
    return _started[0]
