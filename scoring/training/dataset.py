"""Gathers the examples of one period over all gauges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from training.derive import features, labels
from training.gauges import Period, high_flow_threshold_m3s
from training.lahn import Series


class Examples(NamedTuple):
    """Rows of several gauges under each other.

    `inputs` has shape (rows, features), `exceeds` (rows, horizons), `gauge` names each row's gauge.
    """

    inputs: NDArray[np.float32]
    exceeds: NDArray[np.float64]
    gauge: NDArray[np.str_]

    def of(self, rows: NDArray[np.bool_]) -> Examples:
        """Only the rows that are marked."""
        return Examples(self.inputs[rows], self.exceeds[rows], self.gauge[rows])


def thresholds_m3s(gauges: Mapping[str, Series]) -> dict[str, float]:
    """The high-flow threshold [m3/s] of each gauge."""
    return {
        name: high_flow_threshold_m3s(series.discharge_m3s, series.days)
        for name, series in gauges.items()
    }


def examples(gauges: Mapping[str, Series], period: Period) -> Examples:
    """All gauges' examples of `period`, gauge by gauge, each in order of days.

    Raises ValueError when a row is incomplete, as it would be if a period began inside the warm-up
    or ended with days whose future is unknown.
    """
    thresholds = thresholds_m3s(gauges)
    inputs, exceeds, names = [], [], []
    for name, series in gauges.items():
        rows = period.covers(series.days)
        inputs.append(features(series, thresholds[name])[rows])
        exceeds.append(labels(series, thresholds[name])[rows])
        names.append(np.full(int(rows.sum()), name))
    gathered = Examples(np.vstack(inputs), np.vstack(exceeds), np.concatenate(names))
    if not (np.isfinite(gathered.inputs).all() and np.isfinite(gathered.exceeds).all()):
        raise ValueError(f"the period {period.name} holds days without all inputs and labels")
    return gathered
