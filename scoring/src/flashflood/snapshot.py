"""One version of the feature table, checked: gauges, their spans and thresholds, and look-ups.

Columns: gauge, date, threshold_m3s, and the features by their names. One row a gauge and day.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from flashflood.errors import FeatureTableError
from flashflood.features import FEATURE_NAMES
from flashflood.reader import TableVersion
from flashflood.request import Span

# Most requests ask for the latest issue day: a version's days are immutable and worth keeping.
_DAYS_KEPT: Final = 64

Columns = Mapping[str, list[Any]]
Run = Callable[[Callable[[], Columns]], Columns]


class Snapshot:
    """One version of the table. It does not change, and threads may share it.

    `run` runs each look-up; by default nothing is put around it.
    """

    def __init__(self, table: TableVersion, run: Run = lambda read: read()) -> None:
        missing = {"gauge", "date", "threshold_m3s", *FEATURE_NAMES} - table.columns
        if missing:
            raise FeatureTableError(f"the feature table lacks the columns {sorted(missing)}")
        self.version = table.version
        self._table = table
        self._run = run
        spans, thresholds = self._gauges()
        self.spans: Mapping[str, Span] = spans
        self.thresholds_m3s: Mapping[str, float] = thresholds
        self.last_day = max(span.last for span in spans.values())
        self.inputs_of_day = functools.lru_cache(maxsize=_DAYS_KEPT)(self._inputs_of_day)

    def _gauges(self) -> tuple[dict[str, Span], dict[str, float]]:
        found = self._table.query(
            "SELECT gauge, min(date) AS first, max(date) AS last,"
            " min(threshold_m3s) AS low, max(threshold_m3s) AS high FROM {features} GROUP BY gauge"
        )
        names, low, high = found["gauge"], found["low"], found["high"]
        if not names:
            raise FeatureTableError("the feature table is empty")
        if low != high:
            raise FeatureTableError("the feature table has two thresholds for one gauge")
        spans = {
            name: Span(first, last)
            for name, first, last in zip(names, found["first"], found["last"], strict=True)
        }
        return spans, dict(zip(names, low, strict=True))

    def _inputs_of_day(self, day: dt.date) -> Mapping[str, NDArray[np.float32]]:
        """The inputs, shape (features,), of each gauge that has a row for `day`.

        Raises FeatureTableError when a stored value is missing or not finite, or a row is double,
        and FeatureStorageError when the storage does not give the rows.
        """
        columns = ", ".join(("gauge", *FEATURE_NAMES))
        sql = f"SELECT {columns} FROM {{features}} WHERE date = DATE '{day.isoformat()}'"
        rows = self._run(lambda: self._table.query(sql))
        names = rows["gauge"]
        if len(set(names)) < len(names):
            raise FeatureTableError(f"the feature table has two rows for one gauge on {day}")
        stored = [rows[name] for name in FEATURE_NAMES]
        inputs = np.array(stored, dtype=np.float32).T  # a missing value becomes NaN
        if not np.isfinite(inputs).all():
            raise FeatureTableError(f"the feature table lacks values on {day}")
        return MappingProxyType(dict(zip(names, inputs, strict=True)))
