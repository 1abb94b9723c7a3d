"""Reads a feature table through delta-rs: no Java, and one row costs milliseconds."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from deltalake import DeltaTable, QueryBuilder
from deltalake.exceptions import TableNotFoundError

from flashflood.errors import FeatureStorageError, FeatureTableError

logger = logging.getLogger(__name__)

# One row of one small file: a second partition only adds planning and hand-over between threads.
_SESSION: Final = {"datafusion.execution.target_partitions": "1"}
# Of a query, delta-rs 1.6 reports everything as a bare Exception; this is how its texts tell what
# went wrong on the way to the storage (object_store's errors) from what is wrong with the files.
_STORAGE: Final = re.compile(
    r"Generic MicrosoftAzure|Server returned|HTTP error|necessary privileges|valid authentication"
)


def _translated(error: Exception) -> FeatureStorageError | FeatureTableError:
    if isinstance(error, TableNotFoundError):
        return FeatureTableError("there is no feature table at FEATURE_TABLE_URI")
    if isinstance(error, OSError) or _STORAGE.search(str(error)):
        return FeatureStorageError("the storage of the feature table cannot be reached")
    return FeatureTableError("the feature table is damaged: its log or one of its files is no good")


class _Version:
    def __init__(self, table: DeltaTable) -> None:
        self.version: int = table.version()
        self.columns = frozenset(field.name for field in table.schema().fields)
        self._query = QueryBuilder(_SESSION).register("features", table)

    def query(self, sql: str) -> Mapping[str, list[Any]]:
        try:
            found: Any = self._query.execute(sql.format(features="features")).read_all()
        except Exception as error:
            raise _translated(error) from error
        return {name: found[name].to_pylist() for name in found.column_names}


class DeltaRsReader:
    """The table at `uri`. `storage_options` is called at each opening: a token expires."""

    def __init__(self, uri: str, storage_options: Callable[[], dict[str, str]] = dict) -> None:
        self._uri = uri
        self._storage_options = storage_options

    def open(self, version: int | None) -> _Version:
        """See Reader.open."""
        try:
            options = self._storage_options() or None
        except Exception as error:  # azure-identity's errors, of which this package knows nothing
            raise FeatureStorageError(
                "there is no token for the feature table's storage"
            ) from error
        try:
            return _Version(DeltaTable(self._uri, version=version, storage_options=options))
        except Exception as error:  # delta-rs raises OSError, DeltaError and more for its storages
            raise _translated(error) from error
