"""The feature table as the pipeline makes it: its columns, constraints, merges and maintenance.

    gauge STRING, date DATE, threshold_m3s DOUBLE, year INT (generated from date), features FLOAT

All are NOT NULL. Partitioned by year, so that a day's merge touches the files of one year. Every
feature has a CHECK of its physical range (flashflood/features.py): a row that a request could not
bring may not be looked up either. delta-rs reads such a table: constraints and generated columns
bind writers only (Delta's protocol, "Table Features").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flashflood.features import FEATURES

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

COLUMNS: Final = {
    "gauge": "STRING",
    "date": "DATE",
    "threshold_m3s": "DOUBLE",
    **{feature.name: "FLOAT" for feature in FEATURES},
}
"""What a row of features holds, in Spark's types; `year` follows from `date`."""

ROW_SCHEMA: Final = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())

_CHECKS: Final = {
    "gauge_named": "gauge <> ''",
    "threshold_positive": "threshold_m3s > 0.0D",
    # NaN is greater than every number to Spark, so it is out of every range.
    "physical_ranges": " AND ".join(
        f"{f.name} BETWEEN {f.minimum!r}D AND {f.maximum!r}D" for f in FEATURES
    ),
}

RETAIN_HOURS: Final = 168
"""How long files of old versions are kept: far longer than a reader holds on to one (refresh and
outage, at most hours), and the least that Delta allows without an override."""


class TableShapeError(Exception):
    """There is a table already, and it is of another shape."""


def ensure_table(spark: SparkSession, uri: str) -> None:
    """Makes the table if there is none. Raises TableShapeError when there is another one."""
    from delta.tables import DeltaTable

    wanted = {**{name: kind.lower() for name, kind in COLUMNS.items()}, "year": "int"}
    if DeltaTable.isDeltaTable(spark, uri):
        found = dict(spark.read.format("delta").load(uri).dtypes)
        if found != wanted:
            differing = sorted(k for k in {**found, **wanted} if found.get(k) != wanted.get(k))
            raise TableShapeError(
                f"the table at {uri} has other columns than this pipeline writes: "
                + ", ".join(f"{k} {found.get(k)} instead of {wanted.get(k)}" for k in differing)
                + ". Migrate it, or write to another place."
            )
        return
    builder = DeltaTable.create(spark).location(uri)
    for name, kind in COLUMNS.items():
        builder = builder.addColumn(name, kind, nullable=False)
    builder = builder.addColumn("year", "INT", nullable=False, generatedAlwaysAs="YEAR(date)")
    # Deletion vectors would save rewriting a few small files, and are a feature of readers.
    builder.partitionedBy("year").property("delta.enableDeletionVectors", "false").execute()
    for name, check in _CHECKS.items():
        spark.sql(f"ALTER TABLE delta.`{uri}` ADD CONSTRAINT {name} CHECK ({check})")


def merge(spark: SparkSession, uri: str, rows: DataFrame) -> int:
    """Brings the table to these rows, by gauge and date; gives how many were new or differed.

    Rows that are there already change nothing, and when all are, nothing is committed. One commit:
    readers see all of the rows or none. Raises Delta's error, and changes nothing, when a row
    violates a constraint or two rows are for one gauge and day.
    """
    from delta.tables import DeltaTable

    names = list(COLUMNS)
    there = spark.read.format("delta").load(uri).select(names)
    changed = rows.select(names).exceptAll(there).selectExpr("*", "YEAR(date) AS year").persist()
    try:
        count: int = changed.count()
        if count > 0:
            same = "t.year = s.year AND t.gauge = s.gauge AND t.date = s.date"
            columns = {name: f"s.{name}" for name in [*names, "year"]}
            (
                DeltaTable.forPath(spark, uri)
                .alias("t")
                .merge(changed.alias("s"), same)
                .whenMatchedUpdate(set=columns)
                .whenNotMatchedInsert(values=columns)
                .execute()
            )
        return count
    finally:
        changed.unpersist()


def maintain(spark: SparkSession, uri: str, retain_hours: int = RETAIN_HOURS) -> None:
    """Packs the small files of many merges together, and removes those of old versions.

    See docs/features.md for what it brings, and why not to keep less than a week.
    """
    spark.sql(f"OPTIMIZE delta.`{uri}` ZORDER BY (date)")
    spark.sql(f"VACUUM delta.`{uri}` RETAIN {retain_hours} HOURS")
