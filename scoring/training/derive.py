"""Derives the model inputs and the labels from a gauge's daily series.

Every input of day d uses the series up to and including day d, never later: the rain of the
issue day itself is known, a forecast of rain is not used. Labels look ahead, by definition.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from flashflood.features import FEATURE_NAMES, HORIZONS_DAYS
from training.gauges import Days
from training.lahn import Series

Values = NDArray[np.float64]

WARM_UP_DAYS: Final = 29
"""How many days at the start of a series have no complete 30-day window."""

_MELT_MM_PER_DEGC_DAY: Final = 3.0
_STORED_DECIMALS: Final = 4


def days_ago(values: Values, days: int) -> Values:
    """The value of `days` days earlier; NaN where the series has not begun."""
    shifted = np.full_like(values, np.nan)
    shifted[days:] = values[: len(values) - days]
    return shifted


def sum_of_last(values: Values, days: int) -> Values:
    """The sum of the last `days` values, the present one included; NaN while there are fewer."""
    sums = np.full_like(values, np.nan)
    if len(values) >= days:
        sums[days - 1 :] = np.lib.stride_tricks.sliding_window_view(values, days).sum(axis=1)
    return sums


def snowmelt_mm(rain_mm: Values, temperature_degc: Values) -> Values:
    """Daily melt [mm] of a degree-day snow store that is empty at the start of the series."""
    melt = np.zeros_like(rain_mm)
    store = 0.0
    for day, (rain, temperature) in enumerate(zip(rain_mm, temperature_degc, strict=True)):
        if temperature <= 0.0:
            store += rain
        else:
            melt[day] = min(store, _MELT_MM_PER_DEGC_DAY * temperature)
            store -= melt[day]
    return melt


def season_angle(days: Days) -> Values:
    """2 pi n / 365.25 with n the number of days since 1 January of the same year."""
    january_first = days.astype("datetime64[Y]").astype("datetime64[D]")
    angle: Values = 2.0 * np.pi * (days - january_first).astype(np.float64) / 365.25
    return angle


def features(series: Series, threshold_m3s: float) -> NDArray[np.float32]:
    """The input matrix, shape (days, features), columns as in `FEATURE_NAMES`.

    Values are rounded to 4 decimals, as the feature table stores them, so that a model is trained
    on the very numbers that it later looks up. The first `WARM_UP_DAYS` rows contain NaN.
    """
    ratio = series.discharge_m3s / threshold_m3s
    rain, temperature = series.rain_mm, series.temperature_degc
    angle = season_angle(series.days)
    columns = {
        "discharge_ratio": ratio,
        "discharge_ratio_1d_ago": days_ago(ratio, 1),
        "discharge_ratio_2d_ago": days_ago(ratio, 2),
        "discharge_ratio_mean_7d": sum_of_last(ratio, 7) / 7,
        "discharge_ratio_mean_30d": sum_of_last(ratio, 30) / 30,
        "rain_mm": rain,
        "rain_1d_ago_mm": days_ago(rain, 1),
        "rain_sum_3d_mm": sum_of_last(rain, 3),
        "rain_sum_7d_mm": sum_of_last(rain, 7),
        "rain_sum_30d_mm": sum_of_last(rain, 30),
        "temperature_degc": temperature,
        "temperature_mean_7d_degc": sum_of_last(temperature, 7) / 7,
        "snowmelt_mm": snowmelt_mm(rain, temperature),
        "season_sin": np.sin(angle),
        "season_cos": np.cos(angle),
    }
    matrix = np.column_stack([columns[name] for name in FEATURE_NAMES])
    return np.round(matrix, _STORED_DECIMALS).astype(np.float32)


def labels(series: Series, threshold_m3s: float) -> Values:
    """1.0 where discharge exceeds the threshold 1, 2, 3 days after the day, else 0.0.

    Shape (days, horizons). NaN where the future is beyond the end of the series: such days must be
    left out, they are not "no high flow".
    """
    exceeds = (series.discharge_m3s > threshold_m3s).astype(np.float64)
    ahead = np.full((len(exceeds), len(HORIZONS_DAYS)), np.nan)
    for column, horizon in enumerate(HORIZONS_DAYS):
        ahead[: len(exceeds) - horizon, column] = exceeds[horizon:]
    return ahead
