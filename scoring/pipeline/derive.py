"""Derives features on Spark: a gauge's series goes to one task, through the training's own code.

The numbers are those of training/derive.py bit for bit, because they are made by it. What is spread
over a cluster is gauges: a series of 30 years is 11,000 rows, some 350 kB.
"""

from __future__ import annotations

import atexit
import datetime as dt
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pipeline.table import COLUMNS, ROW_SCHEMA
from training.derive import features
from training.gauges import Period, high_flow_threshold_m3s
from training.lahn import Series
from training.paths import SCORING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SERIES_SCHEMA: Final = (
    "gauge STRING, date DATE, discharge_m3s DOUBLE, rain_mm DOUBLE, temperature_degc DOUBLE"
)
"""One row a gauge and day, without gaps: what is derived from."""

_PACKAGES: Final = ("src/flashflood", "training", "pipeline")


def ship_code(spark: SparkSession) -> None:
    """Gives the session's workers the code that derives; they need Python with NumPy."""
    # Executors fetch it when they get their first task, so it stays until this process ends.
    folder = Path(tempfile.mkdtemp(prefix="pipeline-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    archive = folder / "flashflood_pipeline.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        for package in _PACKAGES:
            root = SCORING / package
            for file in sorted(root.rglob("*.py")):
                zipped.write(file, file.relative_to(root.parent))
    spark.sparkContext.addPyFile(str(archive))


def series_frame(spark: SparkSession, gauges: Mapping[str, Series]) -> DataFrame:
    """Series in memory as a frame of `SERIES_SCHEMA`."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for gauge, series in gauges.items():
            days = series.days.astype("datetime64[D]").tolist()
            values = (series.discharge_m3s, series.rain_mm, series.temperature_degc)
            yield from zip(
                [gauge] * len(days), days, *(column.tolist() for column in values), strict=True
            )

    return spark.createDataFrame(list(rows()), SERIES_SCHEMA)


def _of_gauge(rows: list[Any], first: str, last: str) -> list[tuple[Any, ...]]:
    """The feature rows of one gauge for the days from `first` to `last`."""
    ordered = sorted(rows, key=lambda row: row["date"])
    days = np.array([row["date"] for row in ordered], dtype="datetime64[D]")
    if (np.diff(days) != np.timedelta64(1, "D")).any():
        raise ValueError("a gauge's series has a gap or a day twice, so its sums would be wrong")
    columns = ("discharge_m3s", "rain_mm", "temperature_degc")
    series = Series(
        days, *(np.array([row[name] for row in ordered], dtype=np.float64) for name in columns)
    )
    threshold = high_flow_threshold_m3s(series.discharge_m3s, days)
    wanted = Period("wanted", first, last).covers(days)
    matrix = features(series, threshold)[wanted]
    dates: list[dt.date] = days[wanted].tolist()
    return [(day, threshold, *row) for day, row in zip(dates, matrix.tolist(), strict=True)]


def feature_rows(series: DataFrame, period: Period) -> DataFrame:
    """One row for each gauge and day of `period`, with the columns of the table.

    `series` has to reach back as far as the thresholds do (to the training period's beginning).
    """
    from pyspark.sql import functions as f

    kinds = ROW_SCHEMA.removeprefix("gauge STRING, ")
    # Without Arrow, which would want pandas and pyarrow for a few rows a gauge.
    derive = f.udf(
        lambda rows: _of_gauge(rows, period.first, period.last),
        f"array<struct<{kinds}>>",
        useArrow=False,
    )
    struct = f.struct("date", "discharge_m3s", "rain_mm", "temperature_degc")
    derived = series.groupBy("gauge").agg(derive(f.collect_list(struct)).alias("rows"))
    exploded = derived.select("gauge", f.explode("rows").alias("row"))
    return exploded.select("gauge", *(f"row.{name}" for name in COLUMNS if name != "gauge"))
