"""The same table gives the same answers through delta-rs and through Spark."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from deltalake import DeltaTable

from flashflood.delta_rs import DeltaRsReader
from flashflood.errors import FeatureTableError
from flashflood.feature_table import FeatureTable
from flashflood.model import Model
from flashflood.predictor import Predictor
from flashflood.reader import Reader, TableVersion
from flashflood.snapshot import Snapshot
from flashflood.spark import SparkReader
from tests.helpers import MULTI_MODEL, SAMPLE_TABLE, THRESHOLDS, write_table

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DAY = dt.date(2020, 2, 3)


@pytest.fixture
def readers(spark: SparkSession) -> Any:
    return lambda uri: (DeltaRsReader(uri), SparkReader(uri, lambda: spark))


def predictor(reader: Reader, version: int | None = None) -> Predictor:
    table = FeatureTable(reader, version=version, refresh_seconds=60, timeout_seconds=60)
    return Predictor(Model.load("name", MULTI_MODEL), table, max_rows=100)


class Held:
    """A version whose rows were all read at once, and are then picked by day."""

    def __init__(self, version: TableVersion) -> None:
        self.version, self.columns = version.version, version.columns
        self._read = version
        self._all = version.query("SELECT * FROM {features} ORDER BY date, gauge")
        self._rows: dict[dt.date, list[int]] = {}
        for index, date in enumerate(self._all["date"]):
            self._rows.setdefault(date, []).append(index)

    def open(self, version: int | None) -> TableVersion:
        return self

    def query(self, sql: str) -> Mapping[str, list[Any]]:
        if "GROUP BY" in sql:
            return self._read.query(sql)
        day = dt.date.fromisoformat(sql.split("'")[1])
        rows = self._rows.get(day, [])
        return {name: [values[i] for i in rows] for name, values in self._all.items()}


def test_every_gauge_on_every_day_gets_the_same_answer(readers: Any) -> None:
    """One query of Spark's for all days, which would take minutes one by one; see the next test."""
    fast, slow = readers(str(SAMPLE_TABLE))
    by_delta_rs, by_spark = predictor(fast), predictor(Held(slow.open(None)))
    days = [d.item() for d in np.arange("2019-01-01", "2021-01-01", dtype="datetime64[D]")]
    requests = [{"gauges": sorted(THRESHOLDS), "date": day.isoformat()} for day in days]
    answers = [by_delta_rs.answer(request) for request in requests]

    assert len(answers) == 731
    assert sum(len(answer["predictions"]) for answer in answers) == 2924
    assert [by_spark.answer(request) for request in requests] == answers


def test_a_day_is_looked_up_with_the_same_bits(readers: Any) -> None:
    fast, slow = (Snapshot(reader.open(None)) for reader in readers(str(SAMPLE_TABLE)))

    assert (slow.version, slow.spans, slow.thresholds_m3s, slow.last_day) == (
        fast.version,
        fast.spans,
        fast.thresholds_m3s,
        fast.last_day,
    )
    for day in (dt.date(2019, 1, 1), dt.date(2020, 2, 29), DAY, dt.date(2020, 12, 31)):
        expected = {gauge: row.tobytes() for gauge, row in fast.inputs_of_day(day).items()}
        assert len(expected) == 4
        assert {g: row.tobytes() for g, row in slow.inputs_of_day(day).items()} == expected
    assert slow.inputs_of_day(dt.date(2018, 12, 31)) == fast.inputs_of_day(dt.date(2018, 12, 31))


def test_both_travel_to_the_same_version(readers: Any, tmp_path: Path) -> None:
    rows = [(gauge, DAY, threshold) for gauge, threshold in THRESHOLDS.items()]
    uri = write_table(tmp_path, rows)
    DeltaTable(uri).update(new_values={"rain_mm": 9.0})
    write_table(tmp_path, [(gauge, dt.date(2020, 2, 4), level) for gauge, _, level in rows])
    request = {"gauges": sorted(THRESHOLDS), "date": "2020-02-03"}
    answers = []
    for version in (0, 1, 2, None):
        fast, slow = (predictor(reader, version).answer(request) for reader in readers(uri))
        assert slow == fast
        answers.append(fast)

    assert [answer["feature_table_version"] for answer in answers] == [0, 1, 2, 2]
    assert answers[0]["predictions"] != answers[1]["predictions"] == answers[2]["predictions"]


def test_both_say_the_same_of_a_table_that_is_no_good(readers: Any, tmp_path: Path) -> None:
    lacking = write_table(tmp_path / "lacking", [("a", DAY, 1.0)], without=("rain_mm",))
    double = write_table(tmp_path / "double", [("a", DAY, 1.0), ("a", DAY, 1.0)])
    empty = write_table(tmp_path / "empty", [("a", DAY, 1.0)])
    DeltaTable(empty).delete()
    damaged = write_table(tmp_path / "damaged", [("a", DAY, 1.0)])
    for file in (tmp_path / "damaged").glob("*.parquet"):
        file.write_bytes(b"no parquet at all")
    log = write_table(tmp_path / "log", [("a", DAY, 1.0)])
    (tmp_path / "log" / "_delta_log" / f"{0:020}.json").write_text("{garbage\n")
    said = {}
    for uri in (lacking, double, empty, damaged, log, str(tmp_path / "none")):
        messages = []
        for reader in readers(uri):
            with pytest.raises(FeatureTableError) as raised:
                Snapshot(reader.open(None)).inputs_of_day(DAY)
            messages.append(str(raised.value))
        assert messages[0] == messages[1]
        said[Path(uri).name] = messages[0]

    damage = "the feature table is damaged: its log or one of its files is no good"
    assert said == {
        "lacking": "the feature table lacks the columns ['rain_mm']",
        "double": "the feature table has two rows for one gauge on 2020-02-03",
        "empty": "the feature table is empty",
        "damaged": damage,
        "log": damage,
        "none": "there is no feature table at FEATURE_TABLE_URI",
    }
