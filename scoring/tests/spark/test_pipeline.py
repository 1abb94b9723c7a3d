"""The pipeline on Spark makes what training/build_feature_table.py makes, again and again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from deltalake import DeltaTable, write_deltalake

from flashflood.delta_rs import DeltaRsReader
from flashflood.snapshot import Snapshot
from pipeline.derive import feature_rows, series_frame, ship_code
from pipeline.table import TableShapeError, ensure_table, maintain, merge
from tests.made_up import GAUGES
from training.build_feature_table import feature_table
from training.gauges import Period

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

PERIOD = Period("test", "2019-12-01", "2020-01-31")
CONTENT = "SELECT * FROM {features} ORDER BY gauge, date"


@pytest.fixture(scope="module")
def series(spark: SparkSession) -> DataFrame:
    ship_code(spark)
    return series_frame(spark, GAUGES).persist()


@pytest.fixture(scope="module")
def built(
    spark: SparkSession, series: DataFrame, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, DataFrame]:
    """A table of the whole period, and the rows that it was made of."""
    uri = str(tmp_path_factory.mktemp("pipeline") / "table")
    rows = feature_rows(series, PERIOD).persist()
    ensure_table(spark, uri)
    assert merge(spark, uri, rows) == 2 * 62
    return uri, rows


def content(uri: str, version: int | None = None) -> dict[str, list[Any]]:
    return dict(DeltaRsReader(uri).open(version).query(CONTENT))


def test_it_is_the_table_that_training_builds_and_delta_rs_reads_it(
    built: tuple[str, DataFrame], tmp_path: Path
) -> None:
    uri, _ = built
    write_deltalake(tmp_path, feature_table(GAUGES, PERIOD))
    ours, expected = content(uri), content(str(tmp_path))

    assert ours.pop("year") == [day.year for day in ours["date"]]
    assert ours == expected
    snapshot = Snapshot(DeltaRsReader(uri).open(None))
    assert str(snapshot.spans["a"]) == "2019-12-01 to 2020-01-31"
    assert sorted(snapshot.inputs_of_day(dt.date(2020, 1, 1))) == ["a", "b"]
    assert sorted(folder.name for folder in Path(uri).glob("year=*")) == ["year=2019", "year=2020"]


def test_the_same_days_again_change_and_commit_nothing(
    spark: SparkSession, built: tuple[str, DataFrame]
) -> None:
    uri, rows = built
    before = DeltaTable(uri).version()

    assert merge(spark, uri, rows) == 0
    ensure_table(spark, uri)
    assert DeltaTable(uri).version() == before


def test_a_corrected_day_changes_that_day_only_and_the_old_version_stays(
    spark: SparkSession, built: tuple[str, DataFrame]
) -> None:
    uri, rows = built
    before, version = content(uri), DeltaTable(uri).version()
    day = dt.date(2020, 1, 7)
    corrected = rows.where(f"date = DATE '{day}' AND gauge = 'b'")
    corrected = corrected.selectExpr(
        *(c if c != "rain_mm" else "CAST(499 AS FLOAT) AS rain_mm" for c in corrected.columns)
    )
    try:
        assert merge(spark, uri, corrected) == 1
        after = content(uri)
        changed = [
            (gauge, date)
            for gauge, date, old, new in zip(
                after["gauge"], after["date"], before["rain_mm"], after["rain_mm"], strict=True
            )
            if old != new
        ]
        assert changed == [("b", day)]
        assert content(uri, version) == before
        assert DeltaTable(uri).version() == version + 1
    finally:
        assert merge(spark, uri, rows) == 1
    assert content(uri) == before


@pytest.mark.parametrize(
    ("column", "value", "constraint"),
    [
        ("rain_mm", "CAST(-1 AS FLOAT)", "physical_ranges"),
        ("rain_mm", "CAST('NaN' AS FLOAT)", "physical_ranges"),
        ("rain_mm", "CAST(NULL AS FLOAT)", "rain_mm"),
        ("gauge", "''", "gauge_named"),
        ("threshold_m3s", "0.0D", "threshold_positive"),
    ],
)
def test_a_row_that_breaks_a_constraint_is_refused_and_nothing_of_its_merge_is_kept(
    spark: SparkSession, built: tuple[str, DataFrame], column: str, value: str, constraint: str
) -> None:
    uri, rows = built
    before = DeltaTable(uri).version()
    wrong = rows.where("date = DATE '2020-01-07'").selectExpr(
        *(f"{value} AS {c}" if c == column else c for c in rows.columns)
    )
    with pytest.raises(Exception, match=constraint):
        merge(spark, uri, wrong)
    assert DeltaTable(uri).version() == before


def test_two_rows_for_one_gauge_and_day_are_refused(
    spark: SparkSession, built: tuple[str, DataFrame]
) -> None:
    uri, rows = built
    one = rows.where("date = DATE '2020-01-07' AND gauge = 'a'")
    two = [
        one.selectExpr(
            *(f"CAST({v} AS FLOAT) AS rain_mm" if c == "rain_mm" else c for c in one.columns)
        )
        for v in (7, 8)
    ]
    with pytest.raises(Exception, match="DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE"):
        merge(spark, uri, two[0].union(two[1]))


def test_a_table_of_another_shape_is_not_written_to(spark: SparkSession, tmp_path: Path) -> None:
    uri = str(tmp_path)
    spark.sql(f"CREATE TABLE delta.`{uri}` (gauge STRING, date STRING) USING delta")
    with pytest.raises(TableShapeError, match="date string instead of date, .* year None instead"):
        ensure_table(spark, uri)


def test_a_series_with_a_gap_is_refused(spark: SparkSession, series: DataFrame) -> None:
    with pytest.raises(Exception, match="has a gap or a day twice"):
        feature_rows(series.where("date <> DATE '2000-01-01'"), PERIOD).collect()


def test_maintenance_packs_files_and_keeps_what_readers_may_hold(
    spark: SparkSession, built: tuple[str, DataFrame]
) -> None:
    uri, rows = built
    before = content(uri)
    held = DeltaRsReader(uri).open(None)
    maintain(spark, uri)

    assert content(uri) == before
    assert dict(held.query(CONTENT)) == before
    assert len(DeltaTable(uri).file_uris()) == 2  # one a year
    assert merge(spark, uri, rows) == 0
