from __future__ import annotations

import numpy as np
import pytest

from training.dataset import examples, thresholds_m3s
from training.gauges import Period
from training.lahn import Series

DAYS = np.arange("1989-11-01", "1992-01-01", dtype="datetime64[D]")


def gauge(scale: float) -> Series:
    random = np.random.default_rng(3)
    zeros = np.zeros(len(DAYS))
    return Series(DAYS, scale * random.gamma(2.0, 10.0, len(DAYS)), zeros, zeros)


GAUGES = {"small": gauge(1.0), "large": gauge(10.0)}


def test_gauges_of_different_size_become_alike_by_their_thresholds() -> None:
    data = examples(GAUGES, Period("p", "1990-06-01", "1990-06-30"))
    small, large = (data.of(data.gauge == name) for name in GAUGES)

    assert thresholds_m3s(GAUGES)["large"] == pytest.approx(
        10 * thresholds_m3s(GAUGES)["small"], 1e-3
    )
    assert small.inputs.shape == large.inputs.shape == (30, 15)
    assert np.allclose(small.inputs, large.inputs, rtol=1e-3, atol=2e-4)
    assert np.array_equal(small.exceeds, large.exceeds)


@pytest.mark.parametrize(
    "period",
    [Period("early", "1989-11-29", "1990-01-01"), Period("late", "1991-01-01", "1991-12-29")],
)
def test_a_period_with_incomplete_days_is_an_error(period: Period) -> None:
    with pytest.raises(
        ValueError, match=f"^the period {period.name} holds days without all inputs"
    ):
        examples(GAUGES, period)
