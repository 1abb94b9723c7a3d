"""Scores the shipped files, as onnxruntime runs them, against persistence."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from flashflood.features import FEATURE_NAMES, HORIZONS_DAYS
from training.dataset import Examples
from training.scores import Persistence, Scores, score

Values = NDArray[np.float64]

ALL_GAUGES: Final = "all"
DAY_KINDS: Final = ("all", "onset")
"""`onset` keeps only days on which the gauge is NOT above its threshold: the useful warnings."""

_RATIO_TODAY: Final = FEATURE_NAMES.index("discharge_ratio")
_DECIMALS: Final = 4


def probabilities(files: Mapping[str, bytes], inputs: NDArray[np.float32]) -> Values:
    """What the model files answer, shape (rows, horizons), files in the order of their names."""
    columns = []
    for name in sorted(files):
        session = onnxruntime.InferenceSession(files[name], providers=["CPUExecutionProvider"])
        columns.append(session.run(None, {"features": inputs})[0])
    answer: Values = np.hstack(columns).astype(np.float64)
    return answer


def groups(data: Examples) -> Iterator[tuple[str, str, NDArray[np.bool_]]]:
    """Every (gauge, kind of days, rows) that is scored by itself, all gauges together first."""
    below = data.inputs[:, _RATIO_TODAY] <= 1.0
    for gauge in (ALL_GAUGES, *sorted(set(data.gauge.tolist()))):
        of_gauge = np.ones(len(below), dtype=bool) if gauge == ALL_GAUGES else data.gauge == gauge
        for kind in DAY_KINDS:
            yield gauge, kind, of_gauge & below if kind == "onset" else of_gauge


def as_row(labels: Mapping[str, object], scores: Scores) -> dict[str, Any]:
    """One line of metrics.json; an undefined score is null."""
    rounded = {
        key: value if isinstance(value, int) else round(value, _DECIMALS)
        for key, value in scores._asdict().items()
    }
    return {**labels, **{k: None if math.isnan(v) else v for k, v in rounded.items()}}


def evaluate(
    models: Mapping[str, Mapping[str, bytes]], train: Examples, period: str, data: Examples
) -> list[dict[str, Any]]:
    """Scores of persistence and of every model for each horizon, gauge and kind of days."""
    ratio = data.inputs[:, _RATIO_TODAY].astype(np.float64)
    ratio_in_training = train.inputs[:, _RATIO_TODAY].astype(np.float64)
    answers = {name: probabilities(files, data.inputs) for name, files in models.items()}
    rows = []
    for column, horizon in enumerate(HORIZONS_DAYS):
        persistence = Persistence.learn(ratio_in_training, train.exceeds[:, column])
        forecasts = {"persistence": (ratio, persistence.probability(ratio))}
        forecasts |= {name: (p[:, column], p[:, column]) for name, p in answers.items()}
        for forecast, (rank_by, probability) in forecasts.items():
            for gauge, kind, mask in groups(data):
                labels = {
                    "period": period,
                    "forecast": forecast,
                    "horizon_days": horizon,
                    "gauge": gauge,
                    "days": kind,
                }
                scores = score(data.exceeds[mask, column], rank_by[mask], probability[mask])
                rows.append(as_row(labels, scores))
    return rows
