"""The four gauges, the three periods, and the rule that turns a discharge into "high flow"."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.datetime64]
"""Calendar days (datetime64[D]), one for each value of a series."""

THRESHOLD_QUANTILE: Final = 0.95
"""High flow is discharge above this quantile of the TRAINING period's daily discharges, that is,
what was exceeded on 5 % of the training days (about 18 a year)."""

GAUGES: Final = {
    "asslar": "dill_assl",
    "kalkofen": "lahn_kalk",
    "leun": "lahn_leun",
    "marburg": "lahn_marb",
}
"""Our gauge names, and how HydPy's HydPy-H-Lahn project calls the same gauge in its file names."""


class Period(NamedTuple):
    """A span of issue days, both ends included."""

    name: str
    first: str
    last: str

    def covers(self, days: Days) -> NDArray[np.bool_]:
        """Which of `days` lie in this period."""
        covered: NDArray[np.bool_] = (days >= np.datetime64(self.first)) & (
            days <= np.datetime64(self.last)
        )
        return covered


# Each period stops three days (the longest horizon) before the next one starts, so that no label
# of a period is an observation of the next.
TRAIN: Final = Period("train", "1990-01-01", "2008-12-28")
VALIDATION: Final = Period("validation", "2009-01-01", "2013-12-28")
TEST: Final = Period("test", "2014-01-01", "2020-12-28")


def high_flow_threshold_m3s(discharge_m3s: NDArray[np.float64], days: Days) -> float:
    """The gauge's threshold [m3/s], rounded to 0.01, from training days only."""
    training = discharge_m3s[TRAIN.covers(days)]
    return round(float(np.quantile(training, THRESHOLD_QUANTILE)), 2)
