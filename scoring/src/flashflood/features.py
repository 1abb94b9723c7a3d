"""What a model is fed: the names, order, units and permitted ranges of its inputs.

This is the one place where they are written down. Training derives exactly these columns, the
feature table stores them under these names, every ONNX file carries the names in its metadata,
and a request that brings its own features is checked against the ranges here.
"""

from __future__ import annotations

from typing import Final, NamedTuple

HORIZONS_DAYS: Final = (1, 2, 3)
"""How many days after the issue day each probability is about, in the order of the answer."""


class Feature(NamedTuple):
    """One model input.

    `minimum` and `maximum` (inclusive, in `unit`) are what a physical reading may be: wide enough
    for any gauge in Central Europe, narrow enough to catch a wrong unit. They are not the range
    seen in training.
    """

    name: str
    unit: str
    minimum: float
    maximum: float
    meaning: str


FEATURES: Final = (
    Feature(
        "discharge_ratio",
        "1",
        0.0,
        100.0,
        "mean discharge of the issue day divided by the gauge's high-flow threshold",
    ),
    Feature("discharge_ratio_1d_ago", "1", 0.0, 100.0, "the same, one day before the issue day"),
    Feature("discharge_ratio_2d_ago", "1", 0.0, 100.0, "the same, two days before the issue day"),
    Feature("discharge_ratio_mean_7d", "1", 0.0, 100.0, "mean of the last 7 days' ratios"),
    Feature("discharge_ratio_mean_30d", "1", 0.0, 100.0, "mean of the last 30 days' ratios"),
    Feature("rain_mm", "mm", 0.0, 500.0, "precipitation of the issue day, sub-catchment mean"),
    Feature("rain_1d_ago_mm", "mm", 0.0, 500.0, "precipitation of the day before the issue day"),
    Feature("rain_sum_3d_mm", "mm", 0.0, 1000.0, "precipitation of the last 3 days"),
    Feature("rain_sum_7d_mm", "mm", 0.0, 2000.0, "precipitation of the last 7 days"),
    Feature("rain_sum_30d_mm", "mm", 0.0, 4000.0, "precipitation of the last 30 days"),
    Feature("temperature_degc", "degC", -50.0, 50.0, "mean air temperature of the issue day"),
    Feature("temperature_mean_7d_degc", "degC", -50.0, 50.0, "mean air temperature, last 7 days"),
    Feature(
        "snowmelt_mm",
        "mm",
        0.0,
        500.0,
        "melt of the issue day by a degree-day snow store (precipitation at or below 0 degC is "
        "stored; 3 mm melt per degC above 0 and day, as long as the store lasts)",
    ),
    Feature("season_sin", "1", -1.0, 1.0, "sin(2 pi n / 365.25), n = days since 1 January"),
    Feature("season_cos", "1", -1.0, 1.0, "cos(2 pi n / 365.25), n = days since 1 January"),
)
"""The inputs in the order of the columns of a model's input matrix."""

FEATURE_NAMES: Final = tuple(feature.name for feature in FEATURES)
