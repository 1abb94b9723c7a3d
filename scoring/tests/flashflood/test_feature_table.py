from __future__ import annotations

import datetime as dt
import logging
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from deltalake import DeltaTable

from flashflood.delta_rs import DeltaRsReader
from flashflood.errors import FeatureStorageError, FeatureTableError
from flashflood.feature_table import RETRY_SECONDS, FeatureTable
from flashflood.features import FEATURE_NAMES
from flashflood.reader import TableVersion
from flashflood.request import Span
from tests.helpers import SAMPLE_TABLE, THRESHOLDS, write_table

DAY = dt.date(2020, 2, 3)


class Clock:
    """A clock that stands still until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def opened(uri: str, version: int | None = None, clock: Clock | None = None) -> FeatureTable:
    reader = DeltaRsReader(uri)
    return FeatureTable(reader, version=version, refresh_seconds=60, clock=clock or Clock())


def refusal(uri: str) -> str:
    with pytest.raises(FeatureTableError) as error:
        opened(uri)
    return str(error.value)


def test_the_sample_table_holds_two_years_of_four_gauges() -> None:
    snapshot = opened(str(SAMPLE_TABLE)).current()

    span = Span(dt.date(2019, 1, 1), dt.date(2020, 12, 31))
    assert snapshot.version == 0
    assert snapshot.spans == dict.fromkeys(("asslar", "kalkofen", "leun", "marburg"), span)
    assert snapshot.thresholds_m3s == THRESHOLDS


def test_the_sample_table_is_small_and_complete() -> None:
    files = [file for file in SAMPLE_TABLE.rglob("*") if file.is_file()]
    snapshot = opened(str(SAMPLE_TABLE)).current()

    assert sum(file.stat().st_size for file in files) < 200_000
    for day in np.arange("2019-01-01", "2021-01-01", 60, dtype="datetime64[D]"):
        assert sorted(snapshot.inputs_of_day(day.item())) == sorted(THRESHOLDS)


def test_a_row_is_looked_up_by_gauge_and_day() -> None:
    inputs = opened(str(SAMPLE_TABLE)).current().inputs_of_day(DAY)["marburg"]

    assert inputs.dtype == np.float32
    row = dict(zip(FEATURE_NAMES, inputs.tolist(), strict=True))
    assert row["rain_mm"] == pytest.approx(13.1)
    assert row["season_sin"] == pytest.approx(np.sin(2 * np.pi * 33 / 365.25), abs=5e-5)


def test_a_day_without_rows_gives_nothing() -> None:
    assert opened(str(SAMPLE_TABLE)).current().inputs_of_day(dt.date(1999, 1, 1)) == {}


def test_a_table_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    assert refusal(str(tmp_path / "none")) == "there is no feature table at FEATURE_TABLE_URI"


def test_an_empty_table_is_an_error(tmp_path: Path) -> None:
    uri = write_table(tmp_path, [("a", DAY, 1.0)])
    DeltaTable(uri).delete()

    assert refusal(uri) == "the feature table is empty"


def test_a_missing_column_is_an_error(tmp_path: Path) -> None:
    uri = write_table(tmp_path, [("a", DAY, 1.0)], without=("rain_mm", "date"))

    assert refusal(uri) == "the feature table lacks the columns ['date', 'rain_mm']"


def test_two_thresholds_of_one_gauge_are_an_error(tmp_path: Path) -> None:
    rows = [("a", DAY, 1.0), ("a", dt.date(2020, 2, 4), 2.0)]

    assert refusal(write_table(tmp_path, rows)) == (
        "the feature table has two thresholds for one gauge"
    )


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_a_stored_value_that_is_missing_or_not_finite_is_an_error(
    tmp_path: Path, value: float | None
) -> None:
    snapshot = opened(write_table(tmp_path, [("a", DAY, 1.0)], values={"rain_mm": value})).current()

    with pytest.raises(FeatureTableError, match="^the feature table lacks values on 2020-02-03$"):
        snapshot.inputs_of_day(DAY)


def test_two_rows_of_one_gauge_and_day_are_an_error(tmp_path: Path) -> None:
    snapshot = opened(write_table(tmp_path, [("a", DAY, 1.0), ("a", DAY, 1.0)])).current()

    with pytest.raises(FeatureTableError, match="two rows for one gauge on 2020-02-03$"):
        snapshot.inputs_of_day(DAY)


def test_a_new_version_is_seen_after_the_refresh_time_and_not_before(tmp_path: Path) -> None:
    clock = Clock()
    table = opened(write_table(tmp_path, [("a", DAY, 1.0)]), clock=clock)
    write_table(tmp_path, [("b", DAY, 2.0)])

    clock.now = 59.9
    assert (table.current().version, sorted(table.current().spans)) == (0, ["a"])
    clock.now = 60.0
    assert (table.current().version, sorted(table.current().spans)) == (1, ["a", "b"])


def test_a_fixed_version_stays(tmp_path: Path) -> None:
    uri = write_table(tmp_path, [("a", DAY, 1.0)])
    write_table(tmp_path, [("b", DAY, 2.0)])
    clock = Clock()
    table = opened(uri, version=0, clock=clock)
    clock.now = 1e6

    assert (table.current().version, sorted(table.current().spans)) == (0, ["a"])


class Failing:
    """A reader whose storage fails, or whose table is no good, as long as `error` is set."""

    def __init__(self, uri: str, error: Exception | None = None) -> None:
        self.reader = DeltaRsReader(uri)
        self.error = error
        self.asked = 0

    def open(self, version: int | None) -> TableVersion:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return self.reader.open(version)


def failing_later(uri: str, clock: Clock, error: Exception) -> tuple[Failing, FeatureTable]:
    """A table that was read once; then it was time to look again, and the reader fails."""
    reader = Failing(uri)
    table = FeatureTable(reader, refresh_seconds=60, outage_seconds=600, clock=clock)
    reader.error = error
    clock.now = 60.0
    return reader, table


def test_the_last_version_serves_on_while_the_storage_fails_and_the_failure_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    uri = write_table(tmp_path, [("a", DAY, 1.0)])
    reader, table = failing_later(uri, clock, FeatureStorageError("gone"))

    assert sorted(table.current().spans) == ["a"]
    assert caplog.messages == ["the feature table was not read, version 0 is held"]
    assert "gone" in str(caplog.records[0].exc_info)
    assert (reader.asked, RETRY_SECONDS) == (2, 5)
    clock.now = 64.9
    table.current()
    assert reader.asked == 2
    write_table(tmp_path, [("b", DAY, 2.0)])
    reader.error = None
    clock.now = 65.0
    assert (table.current().version, reader.asked) == (1, 3)


def test_the_last_version_serves_no_longer_than_the_outage_it_may_bridge(tmp_path: Path) -> None:
    clock = Clock()
    uri = write_table(tmp_path, [("a", DAY, 1.0)])
    reader, table = failing_later(uri, clock, FeatureStorageError("gone"))
    clock.now = 600.0
    assert table.current().version == 0
    clock.now = 600.1
    for _ in range(2):
        with pytest.raises(FeatureStorageError, match="^gone$") as raised:
            table.current()
        assert raised.value is not reader.error
    reader.error = None
    clock.now = 606.0
    assert table.current().version == 0


def test_a_newer_version_that_is_no_good_is_an_error_at_once(tmp_path: Path) -> None:
    clock = Clock()
    uri = write_table(tmp_path, [("a", DAY, 1.0)])
    table = opened(uri, clock=clock)
    write_table(tmp_path, [("a", DAY, 2.0)])
    clock.now = 60.0
    for _ in range(2):
        with pytest.raises(FeatureTableError, match="two thresholds for one gauge$"):
            table.current()
    DeltaTable(uri).restore(0)
    clock.now = 65.0
    assert table.current().version == 2


def test_a_storage_that_fails_at_the_start_is_tried_again_later(tmp_path: Path) -> None:
    clock = Clock()
    reader = Failing(write_table(tmp_path, [("a", DAY, 1.0)]), FeatureStorageError("not yet"))
    table = FeatureTable(reader, refresh_seconds=60, clock=clock)

    assert not table.was_read
    with pytest.raises(FeatureStorageError, match="^not yet$"):
        table.current()
    reader.error = None
    clock.now = 5.0
    assert table.current().version == 0
    assert table.was_read and table.held is table.current()


class Slow:
    """A reader that opens nothing until it is let."""

    def __init__(self, uri: str) -> None:
        self.reader = DeltaRsReader(uri)
        self.go = threading.Event()
        self.go.set()
        self.asked = 0

    def open(self, version: int | None) -> TableVersion:
        self.asked += 1
        assert self.go.wait(120)
        return self.reader.open(version)


def held_up(tmp_path: Path) -> tuple[Clock, Slow, FeatureTable]:
    """A table that has a newer version, which its reader opens only when it is let."""
    clock = Clock()
    reader = Slow(write_table(tmp_path, [("a", DAY, 1.0)]))
    table = FeatureTable(reader, refresh_seconds=60, timeout_seconds=0.05, clock=clock)
    write_table(tmp_path, [("b", DAY, 2.0)])
    reader.go.clear()
    return clock, reader, table


def test_a_look_that_takes_too_long_is_waited_for_again_and_not_begun_again(
    tmp_path: Path,
) -> None:
    clock, reader, table = held_up(tmp_path)
    for clock.now in (60.0, 65.0):
        assert table.current().version == 0
    reader.go.set()
    clock.now = 70.0
    while table.current().version == 0:
        clock.now += 5.0

    assert (table.current().version, reader.asked) == (1, 2)


def test_a_look_that_ends_right_after_the_waiting_is_used_and_not_begun_again(
    tmp_path: Path,
) -> None:
    clock, reader, table = held_up(tmp_path)

    class EndsTheLook(logging.Handler):
        """The warning about the late look is the moment between the waiting and its end."""

        def emit(self, record: logging.LogRecord) -> None:
            reader.go.set()
            assert table._looking is not None
            table._looking.result()

    logger = logging.getLogger("flashflood.feature_table")
    handler = EndsTheLook()
    logger.addHandler(handler)
    try:
        clock.now = 60.0
        assert table.current().version == 0
    finally:
        logger.removeHandler(handler)
    clock.now = 65.0
    assert (table.current().version, reader.asked) == (1, 2)


def test_a_look_up_that_takes_too_long_is_an_error_of_the_storage() -> None:
    table = FeatureTable(Stuck(), refresh_seconds=60, timeout_seconds=0.05)
    snapshot = table.current()
    try:
        for _ in range(6):  # more than there are threads
            with pytest.raises(FeatureStorageError, match="did not answer within 0.05 s$"):
                snapshot.inputs_of_day(DAY)
    finally:
        STUCK.set()


STUCK = threading.Event()


class Stuck:
    """A table that says what gauges it has, and then nothing more."""

    version = 0
    columns = frozenset({"gauge", "date", "threshold_m3s", *FEATURE_NAMES})

    def open(self, version: int | None) -> TableVersion:
        return self

    def query(self, sql: str) -> dict[str, list[Any]]:
        if "GROUP BY" not in sql:
            assert STUCK.wait(120)
        return {"gauge": ["a"], "first": [DAY], "last": [DAY], "low": [1.0], "high": [1.0]}


def test_storage_options_are_asked_for_at_every_opening(tmp_path: Path) -> None:
    asked: list[int] = []

    def options() -> dict[str, str]:
        asked.append(1)
        return {}

    clock = Clock()
    uri = write_table(tmp_path, [("a", DAY, 1.0)])
    table = FeatureTable(DeltaRsReader(uri, options), refresh_seconds=60, clock=clock)
    clock.now = 60.0
    table.current()

    assert len(asked) == 2


def test_a_thread_that_finds_a_refresh_under_way_uses_the_old_version(tmp_path: Path) -> None:
    uri = write_table(tmp_path, [("a", DAY, 1.0)])
    refreshing, done = threading.Event(), threading.Event()
    first = [True]

    def options() -> dict[str, str]:
        if not first.pop():
            refreshing.set()
            assert done.wait(120)
        first.append(False)
        return {}

    clock = Clock()
    table = FeatureTable(DeltaRsReader(uri, options), refresh_seconds=60, clock=clock)
    write_table(tmp_path, [("b", DAY, 2.0)])
    clock.now = 60.0
    refresher = threading.Thread(target=table.current)
    refresher.start()
    try:
        assert refreshing.wait(120)
        assert table.current().version == 0
    finally:
        done.set()
        refresher.join()
    assert table.current().version == 1


def test_threads_can_share_a_snapshot() -> None:
    snapshot = opened(str(SAMPLE_TABLE)).current()
    days = [day.item() for day in np.arange("2019-03-01", "2019-05-01", dtype="datetime64[D]")]
    alone = [snapshot.inputs_of_day(day)["leun"].tolist() for day in days]
    snapshot.inputs_of_day.cache_clear()
    together: list[list[list[float]]] = []

    def look_up() -> None:
        together.append([snapshot.inputs_of_day(day)["leun"].tolist() for day in days])

    threads = [threading.Thread(target=look_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert together == [alone] * 4
