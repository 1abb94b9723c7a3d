"""Builds days of the feature table on Spark, or builds them again: what is right stays as it is.

Run in scoring/ with the packages of requirements-spark.txt, baked (docs/features.md):

    PYTHONPATH=src:. python -m pipeline.build --table TABLE --first 2019-01-01 --last 2020-12-31
        [--series SERIES] [--master URL] [--maintain]

TABLE and SERIES are Delta tables: paths, or abfss:// URIs that the current identity may use.
Without SERIES, the river Lahn's from the package HydPy. The master is Spark's own way of naming
one: local[2], spark://…, k8s://….
"""

from __future__ import annotations

import argparse
import os

from flashflood.spark import open_session
from flashflood_azureml.spark_storage import account_of, session_by_identity
from pipeline.derive import feature_rows, series_frame, ship_code
from pipeline.table import ensure_table, maintain, merge
from training import lahn
from training.gauges import Period
from training.paths import CACHE


def build(table: str, period: Period, *, series: str | None, master: str, maintenance: bool) -> int:
    """Does it; gives the number of rows that were new or differed."""
    spark = open_session(master)
    for uri in (table, series):
        if uri is not None and "://" in uri:
            session_by_identity(account_of(uri), os.environ)
    ship_code(spark)
    if series is None:
        source = series_frame(spark, lahn.read(lahn.download(CACHE)))
    else:
        source = spark.read.format("delta").load(series)
    ensure_table(spark, table)
    changed = merge(spark, table, feature_rows(source, period))
    if maintenance:
        maintain(spark, table)
    return changed


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--table", required=True, help="Delta table to bring up to date")
    parser.add_argument("--first", required=True, help="first issue day, YYYY-MM-DD")
    parser.add_argument("--last", required=True, help="last issue day, YYYY-MM-DD")
    parser.add_argument("--series", help="Delta table of daily series")
    parser.add_argument("--master", default="local[2]", help="Spark's master URL")
    parser.add_argument("--maintain", action="store_true", help="OPTIMIZE and VACUUM afterwards")
    given = parser.parse_args()
    rows = build(
        given.table,
        Period("asked for", given.first, given.last),
        series=given.series,
        master=given.master,
        maintenance=given.maintain,
    )
    print(f"{rows} rows were new or differed")
