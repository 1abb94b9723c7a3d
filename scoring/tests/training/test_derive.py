from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from flashflood.features import FEATURE_NAMES, FEATURES
from training import derive
from training.lahn import Series


def series(seed: int = 0, days: int = 120) -> Series:
    random = np.random.default_rng(seed)
    return Series(
        days=np.datetime64("1999-11-20") + np.arange(days),
        discharge_m3s=random.gamma(2.0, 10.0, days),
        rain_mm=random.gamma(0.5, 5.0, days),
        temperature_degc=random.normal(2.0, 5.0, days),
    )


def column(matrix: NDArray[np.float32], name: str) -> NDArray[np.float32]:
    return matrix[:, FEATURE_NAMES.index(name)]


@given(seed=st.integers(0, 1000), day=st.integers(0, 118))
def test_inputs_of_a_day_do_not_change_when_later_data_does(seed: int, day: int) -> None:
    past, future = series(seed), series(seed + 1)
    joined = Series(
        past.days,
        *(
            np.concatenate([a[: day + 1], b[day + 1 :]])
            for a, b in zip(past[1:], future[1:], strict=True)
        ),
    )

    before = derive.features(past, 20.0)[: day + 1]
    after = derive.features(joined, 20.0)[: day + 1]
    assert np.array_equal(before, after, equal_nan=True)


def test_inputs_of_a_day_do_change_with_that_days_data() -> None:
    past = series()
    for index, changed in ((1, "discharge_ratio"), (2, "rain_mm"), (3, "temperature_degc")):
        values = past[index].copy()
        values[60] += 1.0
        kinds: list[Any] = list(past)
        kinds[index] = values
        other = Series(*kinds)
        difference = derive.features(other, 20.0)[60] != derive.features(past, 20.0)[60]
        assert difference[FEATURE_NAMES.index(changed)]


def test_inputs_have_the_values_that_their_names_say() -> None:
    data = series()
    matrix, day = derive.features(data, 20.0), 60
    ratio, rain, temperature = data.discharge_m3s / 20.0, data.rain_mm, data.temperature_degc
    angle = 2 * np.pi * 18 / 365.25  # day 60 is 19 January 2000
    expected = {
        "discharge_ratio": ratio[60],
        "discharge_ratio_1d_ago": ratio[59],
        "discharge_ratio_2d_ago": ratio[58],
        "discharge_ratio_mean_7d": ratio[54:61].mean(),
        "discharge_ratio_mean_30d": ratio[31:61].mean(),
        "rain_mm": rain[60],
        "rain_1d_ago_mm": rain[59],
        "rain_sum_3d_mm": rain[58:61].sum(),
        "rain_sum_7d_mm": rain[54:61].sum(),
        "rain_sum_30d_mm": rain[31:61].sum(),
        "temperature_degc": temperature[60],
        "temperature_mean_7d_degc": temperature[54:61].mean(),
        "snowmelt_mm": derive.snowmelt_mm(rain, temperature)[60],
        "season_sin": np.sin(angle),
        "season_cos": np.cos(angle),
    }

    assert str(data.days[day]) == "2000-01-19"
    assert list(expected) == list(FEATURE_NAMES)
    for name, value in expected.items():
        assert column(matrix, name)[day] == pytest.approx(value, abs=6e-5), name


def test_only_the_warm_up_is_incomplete() -> None:
    matrix = derive.features(series(), 20.0)

    assert np.isnan(matrix[: derive.WARM_UP_DAYS]).any(axis=1).all()
    assert np.isfinite(matrix[derive.WARM_UP_DAYS :]).all()


@given(st.integers(0, 1000))
def test_derived_inputs_are_in_the_ranges_that_requests_are_checked_against(seed: int) -> None:
    matrix = derive.features(series(seed), 20.0)[derive.WARM_UP_DAYS :]

    for index, feature in enumerate(FEATURES):
        assert matrix[:, index].min() >= feature.minimum
        assert matrix[:, index].max() <= feature.maximum


def test_snow_is_stored_in_frost_and_melts_at_three_mm_a_degree() -> None:
    rain = np.array([5.0, 4.0, 7.0, 0.0, 1.0, 0.0])
    temperature = np.array([-1.0, 0.0, 2.0, 0.5, 3.0, 3.0])

    assert derive.snowmelt_mm(rain, temperature).tolist() == [0.0, 0.0, 6.0, 1.5, 1.5, 0.0]


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(-20, 20)), min_size=1, max_size=60))
def test_no_more_snow_melts_than_fell_as_snow(days: list[tuple[float, float]]) -> None:
    rain, temperature = (np.array(values) for values in zip(*days, strict=True))
    melt = derive.snowmelt_mm(rain, temperature)

    assert (melt >= 0.0).all()
    fallen = np.cumsum(np.where(temperature <= 0.0, rain, 0.0))
    assert (np.cumsum(melt) <= fallen + 1e-9).all()


def test_labels_look_one_two_and_three_days_ahead() -> None:
    discharge = np.array([0.0, 0.0, 9.0, 0.0, 0.0, 0.0])
    data = series(days=6)._replace(discharge_m3s=discharge)
    labels = derive.labels(data, 5.0)

    nan = np.nan
    expected = [[0, 1, 0], [1, 0, 0], [0, 0, 0], [0, 0, nan], [0, nan, nan], [nan, nan, nan]]
    assert np.array_equal(labels, np.array(expected), equal_nan=True)


def test_discharge_at_the_threshold_does_not_exceed_it() -> None:
    data = series(days=4)._replace(discharge_m3s=np.full(4, 5.0))

    assert derive.labels(data, 5.0)[0].tolist() == [0.0, 0.0, 0.0]


def test_the_season_returns_to_its_start_each_year() -> None:
    days = np.array(["2019-01-01", "2020-01-01", "2020-12-31"], dtype="datetime64[D]")

    assert derive.season_angle(days).tolist() == [0.0, 0.0, 2 * np.pi * 365 / 365.25]


def test_sums_need_as_many_days_as_they_cover() -> None:
    short = derive.sum_of_last(np.array([1.0, 2.0]), 3)
    long = derive.sum_of_last(np.array([1.0, 2.0, 3.0, 4.0]), 3)

    assert np.isnan(short).all()
    assert np.isnan(long[:2]).all()
    assert long[2:].tolist() == [6.0, 9.0]
