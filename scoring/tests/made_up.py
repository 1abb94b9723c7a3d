"""Two gauges with made-up series as long as the real ones."""

from __future__ import annotations

from typing import Final

import numpy as np

from training.lahn import Series

DAYS: Final = np.arange("1989-11-01", "2021-01-01", dtype="datetime64[D]")


def _gauge(seed: int) -> Series:
    random = np.random.default_rng(seed)
    return Series(
        DAYS,
        random.gamma(2.0, 10.0, len(DAYS)),
        random.gamma(0.5, 5.0, len(DAYS)),
        random.normal(8.0, 7.0, len(DAYS)),
    )


GAUGES: Final = {"a": _gauge(1), "b": _gauge(2)}
