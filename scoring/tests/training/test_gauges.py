from __future__ import annotations

import numpy as np

from tests.helpers import METRICS
from training.gauges import TEST, TRAIN, VALIDATION, high_flow_threshold_m3s
from training.lahn import HYDPY_VERSION

DAYS = np.arange("1989-11-01", "2021-01-01", dtype="datetime64[D]")


def test_no_period_overlaps_the_labels_of_the_one_before() -> None:
    longest_horizon = np.timedelta64(3, "D")
    for earlier, later in ((TRAIN, VALIDATION), (VALIDATION, TEST)):
        last_label = np.datetime64(earlier.last) + longest_horizon
        assert last_label < np.datetime64(later.first)
        assert last_label == np.datetime64(later.first) - np.timedelta64(1, "D")


def test_a_period_covers_its_first_and_last_day() -> None:
    covered = DAYS[TRAIN.covers(DAYS)]

    assert (str(covered[0]), str(covered[-1])) == ("1990-01-01", "2008-12-28")
    assert len(covered) == 6937


def test_the_threshold_does_not_see_days_after_training() -> None:
    discharge = np.random.default_rng(1).gamma(2.0, 10.0, len(DAYS))
    changed = np.where(DAYS > np.datetime64(TRAIN.last), discharge * 100, discharge)

    assert high_flow_threshold_m3s(discharge, DAYS) == high_flow_threshold_m3s(changed, DAYS)


def test_five_percent_of_training_days_exceed_the_threshold() -> None:
    discharge = np.arange(len(DAYS), dtype=float)
    above = discharge[TRAIN.covers(DAYS)] > high_flow_threshold_m3s(discharge, DAYS)

    assert above.sum() == round(0.05 * 6937)


def test_the_metrics_are_of_these_periods_and_data() -> None:
    for period in (TRAIN, VALIDATION, TEST):
        listed = METRICS["periods"][period.name]
        assert (listed["first"], listed["last"]) == (period.first, period.last)
        assert listed["gauge_days"] == 4 * int(period.covers(DAYS).sum())
    assert METRICS["hydpy_version"] == HYDPY_VERSION
    assert METRICS["threshold_quantile"] == 0.95
