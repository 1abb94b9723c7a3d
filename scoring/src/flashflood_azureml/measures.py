"""Metrics of the model: how much it answers, what, and from features of which age.

They are the same behind either server. Names begin with `mlscore.`, because OpenTelemetry has no
conventions for predictions.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from flashflood.feature_table import FeatureTable
from flashflood.features import HORIZONS_DAYS
from flashflood.model import Model
from scoring_telemetry.aggregates import (
    Attributes,
    CounterSeries,
    HistogramSeries,
    HistogramState,
    Metric,
    Observed,
)
from scoring_telemetry.telemetry import Telemetry

ROWS: Final = Metric("mlscore.model.rows", "{row}", "Rows that the model has answered.")
PROBABILITY: Final = Metric(
    "mlscore.model.probability", "1", "Predicted probabilities, one of each row and horizon."
)
AGE: Final = Metric(
    "mlscore.feature_table.age",
    "s",
    "Time since the start (UTC) of the last issue day of the feature table that is in use.",
)
BOUNDS: Final = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
"""Finer at both ends: most days are far from a flood, and warnings begin near 1."""

_EDGES: Final = np.array(BOUNDS)
_ROW_BYTES: Final = len(HORIZONS_DAYS) * np.dtype(np.float64).itemsize
_ROWS_AT_A_TIME: Final = 512
"""Added up together: of one row after the other, each would cost microseconds."""


class Measures:
    """Takes what a predictor answers."""

    def __init__(
        self,
        telemetry: Telemetry,
        model: Model,
        table: FeatureTable,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._table = table
        self._clock = clock
        about: Attributes = (
            ("mlscore.model.name", model.name),
            ("mlscore.model.version", model.version),
        )
        rows, probabilities = CounterSeries(ROWS), HistogramSeries(PROBABILITY, BOUNDS)
        self._rows = {
            looked_up: rows.of((*about, ("mlscore.features", text)))
            for looked_up, text in ((True, "looked_up"), (False, "sent"))
        }
        self._probabilities = [
            probabilities.of((*about, ("mlscore.horizon_days", days))) for days in HORIZONS_DAYS
        ]
        self._pending: deque[tuple[bytes, bool]] = deque()
        self._pending_rows = 0
        telemetry.measure(rows, probabilities, Observed(AGE, self._age, False))
        telemetry.before_export(self._add_up)

    def predicted(self, probabilities: NDArray[np.float64], looked_up: bool) -> None:
        """Takes the answer to one request: see flashflood.predictor.Observe."""
        # As bytes: arrays that are kept have each next answer made in memory that is not in the
        # processor's caches.
        self._pending.append((probabilities.tobytes(), looked_up))
        self._pending_rows += len(probabilities)
        if self._pending_rows >= _ROWS_AT_A_TIME:
            self._add_up()

    def _add_up(self) -> None:
        # Also called by the thread that exports: each array is taken once.
        taken = []
        rows = {True: 0, False: 0}
        try:
            while True:
                probabilities, looked_up = self._pending.popleft()
                taken.append(probabilities)
                rows[looked_up] += len(probabilities) // _ROW_BYTES
        except IndexError:
            self._pending_rows = 0
        if not taken:
            return
        for looked_up, count in rows.items():
            self._rows[looked_up].merge(count)
        # One horizon after the other in memory: sums over narrow rows take ten times as long.
        answered = np.frombuffer(b"".join(taken)).reshape(-1, len(HORIZONS_DAYS))
        columns = np.ascontiguousarray(answered.T)
        for histogram, values in zip(self._probabilities, columns, strict=True):
            buckets = np.searchsorted(_EDGES, values, side="left")
            counts = np.bincount(buckets, minlength=len(BOUNDS) + 1).tolist()
            low, high = float(values.min()), float(values.max())
            histogram.merge(HistogramState(counts, float(values.sum()), low, high))

    def _age(self) -> Iterator[tuple[Attributes, float]]:
        if not self._table.was_read:
            return
        held = self._table.held
        began = dt.datetime.combine(held.last_day, dt.time(), dt.timezone.utc).timestamp()
        yield (("mlscore.feature_table.version", held.version),), self._clock() - began
