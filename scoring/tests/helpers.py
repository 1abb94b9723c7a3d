"""Paths, good requests and small tables that several tests share."""

from __future__ import annotations

import copy
import datetime as dt
import json
from pathlib import Path
from typing import Any, Final

import numpy as np
from arro3.core import Array, DataType, Table
from deltalake import write_deltalake

from flashflood.features import FEATURE_NAMES
from flashflood.request import Span

SCORING: Final = Path(__file__).resolve().parent.parent
MODELS: Final = SCORING / "models"
MULTI_MODEL: Final = sorted((MODELS / "multi-model").glob("*.onnx"))
COMPACT: Final = [MODELS / "compact" / "compact.onnx"]
SAMPLE_TABLE: Final = SCORING / "src" / "sample-features"
METRICS: Final[dict[str, Any]] = json.loads((MODELS / "metrics.json").read_text(encoding="utf-8"))
THRESHOLDS: Final[dict[str, float]] = METRICS["thresholds_m3s"]

SPANS: Final = {
    "leun": Span(dt.date(2019, 1, 1), dt.date(2020, 12, 31)),
    "marburg": Span(dt.date(2019, 1, 1), dt.date(2020, 6, 30)),
}

_ROW: Final = {
    "discharge_ratio": 1.02,
    "discharge_ratio_1d_ago": 0.71,
    "discharge_ratio_2d_ago": 0.55,
    "discharge_ratio_mean_7d": 0.58,
    "discharge_ratio_mean_30d": 0.36,
    "rain_mm": 13.1,
    "rain_1d_ago_mm": 21.4,
    "rain_sum_3d_mm": 36.3,
    "rain_sum_7d_mm": 58.7,
    "rain_sum_30d_mm": 96.2,
    "temperature_degc": 6.4,
    "temperature_mean_7d_degc": 4.1,
    "snowmelt_mm": 0,
    "season_sin": 0.5,
    "season_cos": 0.87,
}


def feature_row(**changes: Any) -> dict[str, Any]:
    """A good row of features, with changes."""
    return {**copy.deepcopy(_ROW), **changes}


def gauge_request(**changes: Any) -> dict[str, Any]:
    """A good request for gauges, with changes."""
    return {"gauges": ["marburg", "leun"], "date": "2020-02-03", **changes}


def feature_request(**changes: Any) -> dict[str, Any]:
    """A good request that brings its own features, with changes of its only row."""
    return {"features": [feature_row(**changes)]}


def write_table(
    folder: Path,
    rows: list[tuple[str, dt.date, float]],
    *,
    values: dict[str, float | None] | None = None,
    without: tuple[str, ...] = (),
) -> str:
    """Writes (or adds to) a Delta table with these gauges, days and thresholds; gives its path.

    Every feature is 0.5 unless `values` says otherwise; the columns `without` are left out.
    """
    columns = {
        "gauge": Array([gauge for gauge, _, _ in rows], DataType.utf8()),
        "date": Array.from_numpy(
            np.array([day for _, day, _ in rows], dtype="datetime64[D]").astype(np.int32)
        ).cast(DataType.date32()),
        "threshold_m3s": Array.from_numpy(
            np.array([value for _, _, value in rows], dtype=np.float64)
        ),
    }
    for name in FEATURE_NAMES:
        value = {**dict.fromkeys(FEATURE_NAMES, 0.5), **(values or {})}[name]
        columns[name] = Array([value] * len(rows), DataType.float32())
    write_deltalake(
        folder,
        Table.from_pydict({k: v for k, v in columns.items() if k not in without}),
        mode="append",
    )
    return str(folder)
