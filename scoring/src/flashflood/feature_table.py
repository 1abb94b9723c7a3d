"""Looks features up in a Delta table with one row for each gauge and day.

Read through delta-rs, without Spark: one row costs milliseconds instead of most of a second.
Columns: gauge, date, threshold_m3s, and the features by their names.
"""

from __future__ import annotations

import datetime as dt
import functools
import logging
import threading
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from deltalake import DeltaTable, QueryBuilder
from numpy.typing import NDArray

from flashflood.errors import FeatureTableError
from flashflood.features import FEATURE_NAMES
from flashflood.request import Span

logger = logging.getLogger(__name__)

# One row of one small file: a second partition only adds planning and hand-over between threads.
_SESSION: Final = {"datafusion.execution.target_partitions": "1"}


# Most requests ask for the latest issue day: a version's days are immutable and worth keeping.
_DAYS_KEPT: Final = 64


class Snapshot:
    """One version of the table. It does not change, and threads may share it."""

    def __init__(self, table: DeltaTable) -> None:
        missing = {"gauge", "date", "threshold_m3s", *FEATURE_NAMES} - {
            field.name for field in table.schema().fields
        }
        if missing:
            raise FeatureTableError(f"the feature table lacks the columns {sorted(missing)}")
        self.version: int = table.version()
        self._query = QueryBuilder(_SESSION).register("features", table)
        spans, thresholds = self._gauges()
        self.spans: Mapping[str, Span] = spans
        self.thresholds_m3s: Mapping[str, float] = thresholds
        self.inputs_of_day = functools.lru_cache(maxsize=_DAYS_KEPT)(self._inputs_of_day)

    def _rows(self, sql: str) -> Any:
        return self._query.execute(sql).read_all()

    def _gauges(self) -> tuple[dict[str, Span], dict[str, float]]:
        found = self._rows(
            "SELECT gauge, min(date) AS first, max(date) AS last,"
            " min(threshold_m3s) AS low, max(threshold_m3s) AS high FROM features GROUP BY gauge"
        )
        names = found["gauge"].to_pylist()
        first, last = found["first"].to_pylist(), found["last"].to_pylist()
        low, high = found["low"].to_pylist(), found["high"].to_pylist()
        if not names:
            raise FeatureTableError("the feature table is empty")
        if low != high:
            raise FeatureTableError("the feature table has two thresholds for one gauge")
        spans = {n: Span(f, t) for n, f, t in zip(names, first, last, strict=True)}
        return spans, dict(zip(names, low, strict=True))

    def _inputs_of_day(self, day: dt.date) -> Mapping[str, NDArray[np.float32]]:
        """The inputs, shape (features,), of each gauge that has a row for `day`.

        Raises FeatureTableError when a stored value is missing or not finite, or a row is double.
        """
        columns = ", ".join(("gauge", *FEATURE_NAMES))
        rows = self._rows(f"SELECT {columns} FROM features WHERE date = DATE '{day.isoformat()}'")
        names = rows["gauge"].to_pylist()
        if len(set(names)) < len(names):
            raise FeatureTableError(f"the feature table has two rows for one gauge on {day}")
        stored = [rows[name].to_pylist() for name in FEATURE_NAMES]
        inputs = np.array(stored, dtype=np.float32).T  # a missing value becomes NaN
        if not np.isfinite(inputs).all():
            raise FeatureTableError(f"the feature table lacks values on {day}")
        return MappingProxyType(dict(zip(names, inputs, strict=True)))


class FeatureTable:
    """A table that is kept open and looked at again after `refresh_seconds`.

    With a fixed `version` it never changes. `storage_options` is called at each opening, because
    a token for the storage expires.
    """

    def __init__(
        self,
        uri: str,
        *,
        version: int | None = None,
        refresh_seconds: float,
        storage_options: Callable[[], dict[str, str]] = dict,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._uri = uri
        self._version = version
        self._refresh_seconds = refresh_seconds
        self._storage_options = storage_options
        self._clock = clock
        self._lock = threading.Lock()
        self._opened_at = clock()
        self._snapshot = self._open()

    def _open(self) -> Snapshot:
        try:
            options = self._storage_options() or None
            return Snapshot(DeltaTable(self._uri, version=self._version, storage_options=options))
        except FeatureTableError:
            raise
        except Exception as error:  # delta-rs raises OSError, DeltaError and more for its storages
            raise FeatureTableError(f"the feature table cannot be read: {error}") from error

    def current(self) -> Snapshot:
        """The newest version known, no older than `refresh_seconds` unless the storage fails.

        When it fails, the last version goes on serving and the failure is logged: old features
        with their date are better than none.
        """
        if self._version is not None:
            return self._snapshot
        if self._clock() - self._opened_at < self._refresh_seconds:
            return self._snapshot
        if self._lock.acquire(blocking=False):  # others go on with the old one meanwhile
            try:
                self._snapshot = self._open()
            except FeatureTableError:
                logger.exception(
                    "serving the old feature table, version %s", self._snapshot.version
                )
            finally:
                self._opened_at = self._clock()
                self._lock.release()
        return self._snapshot
