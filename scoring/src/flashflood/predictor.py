"""Answers a request: validate, look features up, predict, encode.

The answer, as JSON:

    {
      "model": {"name": "multi-model", "version": "0f1e2d3c4b5a"},
      "feature_table_version": 0,
      "predictions": [
        {
          "gauge": "marburg",
          "date": "2020-02-03",
          "threshold_m3s": 53.02,
          "probabilities": [
            {"horizon_days": 1, "probability": 0.987654},
            {"horizon_days": 2, "probability": 0.876543},
            {"horizon_days": 3, "probability": 0.765432}
          ]
        }
      ]
    }

Predictions come in the order of the request. Where the request brought its own features, the
table's version and each row's gauge, date and threshold are null. A table that is older than its
limit adds "feature_table_age_days", where that was chosen (`Freshness`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from flashflood.errors import (
    FeatureStorageError,
    FeatureTableError,
    Problem,
    RequestRefused,
)
from flashflood.feature_table import FeatureTable
from flashflood.features import HORIZONS_DAYS
from flashflood.freshness import Freshness
from flashflood.model import Model
from flashflood.request import GaugeRequest, asks_for_gauges, validated
from flashflood.snapshot import Snapshot

_DECIMALS: Final = 6
"""Finer differences than a millionth are rounding noise of float32."""


def _encode(
    gauge: str | None, date: str | None, threshold_m3s: float | None, row: list[float]
) -> dict[str, Any]:
    return {
        "gauge": gauge,
        "date": date,
        "threshold_m3s": threshold_m3s,
        "probabilities": [
            {"horizon_days": days, "probability": value}
            for days, value in zip(HORIZONS_DAYS, row, strict=True)
        ],
    }


def _rounded(probabilities: NDArray[np.float32]) -> NDArray[np.float64]:
    """In float64: float32 has no room for the decimals."""
    return probabilities.astype(np.float64).round(_DECIMALS)


Observe = Callable[[NDArray[np.float64], bool], None]
"""Is told the probabilities, shape (rows, horizons), and whether the features were looked up."""


def _today() -> dt.date:
    return dt.datetime.now(dt.timezone.utc).date()


class Predictor:
    """A model and the table that it is fed from. Safe to share by threads."""

    def __init__(
        self,
        model: Model,
        table: FeatureTable,
        *,
        max_rows: int,
        freshness: Freshness | None = None,
        today: Callable[[], dt.date] = _today,
        observe: Observe | None = None,
    ) -> None:
        """Raises FeatureTableError when the table was made for other thresholds than the model.

        Without `freshness` a table may be as old as it is. Days are those of UTC. `observe` is
        called for each request that has an answer.
        """
        self._model = model
        self._table = table
        self._max_rows = max_rows
        self._freshness = freshness or Freshness()
        self._today = today
        self._observe = observe
        try:
            self._current()
        except FeatureStorageError:
            pass  # asked again by the first request, and by the probe of readiness before it

    def _current(self) -> Snapshot:
        snapshot = self._table.current()
        # The inputs are ratios to the thresholds: with other ones they would mean something else.
        if snapshot.thresholds_m3s != self._model.thresholds_m3s:
            raise FeatureTableError(
                f"version {snapshot.version} of the feature table has the thresholds"
                f" {dict(snapshot.thresholds_m3s)}, the model {dict(self._model.thresholds_m3s)}"
            )
        return snapshot

    def unready(self) -> str | None:
        """Why no requests should be sent here; None when they should.

        A storage that fails later is no reason: rows that callers bring are still answered, and
        what is held of the table as long as it may be.
        """
        if not self._table.was_read:
            try:
                self._table.current()
            except (FeatureStorageError, FeatureTableError) as error:
                return str(error)
        return self._freshness.unready(self._table.held.last_day, self._today())

    def answer(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a decoded JSON request.

        Raises RequestRefused; and, of requests that need the table, FeatureTableError or
        FeatureStorageError.
        """
        if not asks_for_gauges(document):
            given = validated(document, {}, self._max_rows)
            assert not isinstance(given, GaugeRequest)
            rows = self._predicted(given.inputs, False)
            return self._answer(None, [_encode(None, None, None, row) for row in rows])
        snapshot = self._current()
        request = validated(document, snapshot.spans, self._max_rows)
        assert isinstance(request, GaugeRequest)
        answer = self._answer(snapshot.version, self._looked_up(request, snapshot))
        return {**answer, **self._freshness.said(snapshot.last_day, self._today())}

    def _predicted(self, inputs: NDArray[np.float32], looked_up: bool) -> list[list[float]]:
        rounded = _rounded(self._model.probabilities(inputs))
        if self._observe is not None:
            self._observe(rounded, looked_up)
        rows: list[list[float]] = rounded.tolist()
        return rows

    def _answer(self, version: int | None, rows: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "model": {"name": self._model.name, "version": self._model.version},
            "feature_table_version": version,
            "predictions": rows,
        }

    def _looked_up(self, request: GaugeRequest, snapshot: Snapshot) -> list[dict[str, Any]]:
        found = snapshot.inputs_of_day(request.day)
        gaps = [
            Problem(
                f"gauges[{index}]", f'"{gauge}"', f"has no data on {request.day}", "another day"
            )
            for index, gauge in enumerate(request.gauges)
            if gauge not in found
        ]
        if gaps:
            raise RequestRefused(gaps)
        inputs = np.array([found[gauge] for gauge in request.gauges])
        rows = self._predicted(inputs, True)
        day = request.day.isoformat()
        return [
            _encode(gauge, day, snapshot.thresholds_m3s[gauge], row)
            for gauge, row in zip(request.gauges, rows, strict=True)
        ]
