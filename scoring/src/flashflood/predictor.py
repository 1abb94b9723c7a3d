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
table's version and each row's gauge, date and threshold are null.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from flashflood.errors import FeatureTableError, Problem, RequestRefused
from flashflood.feature_table import FeatureTable, Snapshot
from flashflood.features import HORIZONS_DAYS
from flashflood.model import Model
from flashflood.request import GaugeRequest, validated

_DECIMALS: Final = 6
"""Finer differences than a millionth are rounding noise of float32."""


def _encode(
    gauge: str | None, date: str | None, threshold_m3s: float | None, row: NDArray[np.float32]
) -> dict[str, Any]:
    return {
        "gauge": gauge,
        "date": date,
        "threshold_m3s": threshold_m3s,
        "probabilities": [
            {"horizon_days": days, "probability": round(float(value), _DECIMALS)}
            for days, value in zip(HORIZONS_DAYS, row, strict=True)
        ],
    }


class Predictor:
    """A model and the table that it is fed from. Safe to share by threads."""

    def __init__(self, model: Model, table: FeatureTable, *, max_rows: int) -> None:
        """Raises FeatureTableError when the table was made for other thresholds than the model."""
        self._model = model
        self._table = table
        self._max_rows = max_rows
        self._checked(table.current())

    def _checked(self, snapshot: Snapshot) -> Snapshot:
        # The inputs are ratios to the thresholds: with other ones they would mean something else.
        if snapshot.thresholds_m3s != self._model.thresholds_m3s:
            raise FeatureTableError(
                f"version {snapshot.version} of the feature table has the thresholds"
                f" {dict(snapshot.thresholds_m3s)}, the model {dict(self._model.thresholds_m3s)}"
            )
        return snapshot

    def answer(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a decoded JSON request. Raises RequestRefused or FeatureTableError."""
        snapshot = self._checked(self._table.current())
        request = validated(document, snapshot.spans, self._max_rows)
        version: int | None = None
        if isinstance(request, GaugeRequest):
            version = snapshot.version
            rows = self._looked_up(request, snapshot)
        else:
            rows = [
                _encode(None, None, None, row) for row in self._model.probabilities(request.inputs)
            ]
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
        inputs = np.stack([found[gauge] for gauge in request.gauges])
        return [
            _encode(gauge, request.day.isoformat(), snapshot.thresholds_m3s[gauge], row)
            for gauge, row in zip(request.gauges, self._model.probabilities(inputs), strict=True)
        ]
