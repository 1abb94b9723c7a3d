"""Reads a feature table through Spark, as the team's guide does. pyspark is imported when used.

A look-up costs most of a second and a session 700 MB or more (docs/features.md has the numbers):
this reader is for comparing with, and for tables that delta-rs cannot read.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from flashflood.errors import FeatureStorageError, FeatureTableError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SESSION_SETTINGS: Final = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    # Days are days; a session in another zone would shift none of them, but say so in its plans.
    "spark.sql.session.timeZone": "UTC",
    # It would show the session's settings to everyone who can reach it.
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # What Spark redacts where it shows settings: its own rule, and all of the storage's.
    "spark.redaction.regex": "(?i)secret|password|token|access[.]?key|fs[.]azure[.]account",
    # A small table: a second partition only adds hand-over between tasks.
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.sql.shuffle.partitions": "1",
}
"""Whatever the master. No spark.jars.packages: the JARs were baked in (environment-spark/)."""

_LOCAL: Final = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    # VACUUM lists folders in as many tasks; by default 10,000, which takes minutes on one machine.
    "spark.sql.sources.parallelPartitionDiscovery.parallelism": "2",
}

# Which Java exceptions are about the way to the storage. Anything else is about the table.
_STORAGE: Final = re.compile(
    r"AbfsRestOperationException|AbfsDriverException|AzureADAuthenticator|HttpException"
    r"|java\.net\.|SocketTimeout|java\.util\.concurrent\.TimeoutException|AccessDeniedException"
)
_NO_TABLE: Final = re.compile(r"DELTA_TABLE_ONLY_OPERATION|_delta_log does not exist")


def check_baked_jars() -> None:
    """Raises FeatureTableError unless the environment's packages, lock and JARs agree.

    The check was put beside pyspark when the environment was built (environment-spark/bake.py).
    """
    try:
        baked = importlib.import_module("baked_spark")
    except ImportError as error:
        raise FeatureTableError(
            "FEATURE_READER=spark needs an environment that environment-spark/bake.py was run in;"
            " this one has no baked JARs"
        ) from error
    try:
        baked.check()
    except baked.BakeError as error:
        raise FeatureTableError(str(error)) from error


def open_session(master: str = "local[2]", **settings: str) -> SparkSession:
    """A session on `master` that reads and writes Delta tables, or the one that there is already.

    With a local master nothing listens beyond this machine. `settings` are Spark's, and win.
    """
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master).appName("feature-table")
    bound = {}
    if master.startswith("local"):
        bound = _LOCAL
        # Its workers are of this Python, which has the packages, and not of any python3.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    for name, value in {**SESSION_SETTINGS, **bound, **settings}.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def _translated(error: Exception) -> FeatureStorageError | FeatureTableError:
    text = str(error)
    if _STORAGE.search(text):
        return FeatureStorageError("the storage of the feature table cannot be reached")
    if _NO_TABLE.search(text):
        return FeatureTableError("there is no feature table at FEATURE_TABLE_URI")
    return FeatureTableError("the feature table is damaged: its log or one of its files is no good")


class _Version:
    def __init__(self, spark: SparkSession, table: DataFrame, version: int) -> None:
        self.version = version
        self.columns = frozenset(table.columns)
        self._spark = spark
        self._table = table

    def query(self, sql: str) -> Mapping[str, list[Any]]:
        try:
            found = self._spark.sql(sql, features=self._table)
            rows = found.collect()
        except Exception as error:  # py4j's and pyspark's have no common base
            raise _translated(error) from error
        return {name: [row[name] for row in rows] for name in found.columns}


class SparkReader:
    """The table at `uri`. `session` is called at each opening and gives the same session."""

    def __init__(self, uri: str, session: Callable[[], SparkSession] = open_session) -> None:
        self._uri = uri
        self._session = session

    def open(self, version: int | None) -> _Version:
        """See Reader.open."""
        spark = self._session()
        try:
            if version is None:
                # Asked first and then fixed, so that one snapshot never mixes two versions.
                newest = spark.sql(f"DESCRIBE HISTORY delta.`{self._uri}` LIMIT 1").collect()
                version = int(newest[0]["version"])
            reader = spark.read.format("delta").option("versionAsOf", version)
            return _Version(spark, reader.load(self._uri), version)
        except Exception as error:
            raise _translated(error) from error
