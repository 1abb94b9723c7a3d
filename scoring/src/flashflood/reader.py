"""What a feature table is read through: delta-rs (`delta_rs.py`) or Spark (`spark.py`).

Both are asked the same SQL, and everything that is checked is checked above them (`snapshot.py`),
so that they cannot come to differ in what they accept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class TableVersion(Protocol):
    """One version of a Delta table, which never changes. Threads may share it."""

    @property
    def version(self) -> int: ...

    @property
    def columns(self) -> frozenset[str]: ...

    def query(self, sql: str) -> Mapping[str, list[Any]]:
        """Columns by name, in the words of Python (float, str, datetime.date).

        `sql` names the table `{features}`. Raises FeatureStorageError or FeatureTableError.
        """
        ...


class Reader(Protocol):
    """Opens the versions of one table."""

    def open(self, version: int | None) -> TableVersion:
        """This version, or the newest. Raises FeatureStorageError or FeatureTableError."""
        ...
