from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashflood.delta_rs import DeltaRsReader
from flashflood.errors import FeatureStorageError, FeatureTableError, Problem, RequestRefused
from flashflood.feature_table import FeatureTable
from flashflood.features import FEATURE_NAMES
from flashflood.freshness import Freshness
from flashflood.model import Model
from flashflood.predictor import Predictor, _rounded
from flashflood.reader import TableVersion
from tests.helpers import (
    COMPACT,
    MULTI_MODEL,
    SAMPLE_TABLE,
    THRESHOLDS,
    feature_request,
    feature_row,
    gauge_request,
    write_table,
)

DAY = dt.date(2020, 2, 3)


def predictor(uri: str = str(SAMPLE_TABLE), files: list[Path] = MULTI_MODEL) -> Predictor:
    table = FeatureTable(DeltaRsReader(uri), refresh_seconds=60)
    return Predictor(Model.load("name", files), table, max_rows=100)


def values(prediction: dict[str, Any]) -> list[float]:
    return [entry["probability"] for entry in prediction["probabilities"]]


def test_gauges_are_answered_in_the_order_of_the_request() -> None:
    answer = predictor().answer(gauge_request())

    version = Model.load("name", MULTI_MODEL).version
    assert list(answer) == ["model", "feature_table_version", "predictions"]
    assert answer["model"] == {"name": "name", "version": version}
    assert answer["feature_table_version"] == 0
    marburg, leun = answer["predictions"]
    assert (marburg["gauge"], marburg["date"]) == ("marburg", "2020-02-03")
    assert (marburg["threshold_m3s"], leun["threshold_m3s"]) == (53.02, 111.2)
    assert leun["gauge"] == "leun"
    assert [entry["horizon_days"] for entry in leun["probabilities"]] == [1, 2, 3]


def test_own_features_are_answered_without_gauge_and_date() -> None:
    answer = predictor().answer(feature_request())

    assert answer["feature_table_version"] is None
    (row,) = answer["predictions"]
    assert (row["gauge"], row["date"], row["threshold_m3s"]) == (None, None, None)
    assert all(0.0 < value < 1.0 for value in values(row))


@pytest.mark.parametrize("files", [MULTI_MODEL, COMPACT], ids=["multi-model", "compact"])
def test_both_forms_give_the_same_probabilities_for_the_same_inputs(files: list[Path]) -> None:
    inputs = (
        FeatureTable(DeltaRsReader(str(SAMPLE_TABLE)), refresh_seconds=60)
        .current()
        .inputs_of_day(DAY)
    )
    row = dict(zip(FEATURE_NAMES, inputs["marburg"].tolist(), strict=True))
    service = predictor(files=files)

    by_gauge = service.answer(gauge_request(gauges=["marburg"]))["predictions"][0]
    by_feature = service.answer({"features": [row]})["predictions"][0]
    assert values(by_gauge) == values(by_feature)


@pytest.mark.parametrize("files", [MULTI_MODEL, COMPACT], ids=["multi-model", "compact"])
def test_a_rising_river_is_likelier_to_be_high_tomorrow_than_a_dry_one(files: list[Path]) -> None:
    dry = {**dict.fromkeys(FEATURE_NAMES, 0.0), "discharge_ratio": 0.05, "season_cos": 1.0}
    service = predictor(files=files)
    wet, arid = service.answer({"features": [feature_row(), dry]})["predictions"]

    assert values(wet)[0] > 0.9
    assert values(arid)[0] < 0.01


def test_probabilities_are_rounded_to_a_millionth() -> None:
    (row,) = predictor().answer(feature_request())["predictions"]
    inputs = np.array([[feature_row()[name] for name in FEATURE_NAMES]], dtype=np.float32)
    exact = Model.load("name", MULTI_MODEL).probabilities(inputs)[0].tolist()

    assert values(row) == [round(value, 6) for value in exact]


def test_a_wrong_request_is_refused() -> None:
    with pytest.raises(RequestRefused, match="asks for nothing"):
        predictor().answer({})


def test_a_gap_in_the_table_is_refused_with_the_gauges_that_have_it(tmp_path: Path) -> None:
    rows = [
        (gauge, dt.date(2020, 2, day), threshold)
        for gauge, threshold in THRESHOLDS.items()
        for day in (2, 3, 4)
        if (gauge, day) != ("leun", 3)
    ]
    with pytest.raises(RequestRefused) as refused:
        predictor(write_table(tmp_path, rows)).answer(gauge_request())

    assert refused.value.problems == (
        Problem("gauges[1]", '"leun"', "has no data on 2020-02-03", "another day"),
    )


def test_a_table_for_other_thresholds_than_the_models_is_an_error_at_start(tmp_path: Path) -> None:
    uri = write_table(tmp_path, [("leun", DAY, 1.0)])

    with pytest.raises(
        FeatureTableError, match="version 0 of the feature table has the thresholds"
    ):
        predictor(uri)


def test_a_table_that_changes_its_thresholds_later_is_an_error_at_the_next_request(
    tmp_path: Path,
) -> None:
    now = [0.0]
    uri = write_table(tmp_path, [(gauge, DAY, value) for gauge, value in THRESHOLDS.items()])
    table = FeatureTable(DeltaRsReader(uri), refresh_seconds=60, clock=lambda: now[0])
    service = Predictor(Model.load("name", COMPACT), table, max_rows=100)
    write_table(tmp_path, [("newcomer", DAY, 5.0)])
    now[0] = 60.0

    with pytest.raises(FeatureTableError, match="version 1 of the feature table"):
        service.answer(gauge_request())
    assert service.answer(feature_request())["feature_table_version"] is None


class Down:
    """A reader whose storage is down until it is up."""

    def __init__(self, uri: str = str(SAMPLE_TABLE)) -> None:
        self.reader = DeltaRsReader(uri)
        self.error: Exception | None = FeatureStorageError("down")

    def open(self, version: int | None) -> TableVersion:
        if self.error is not None:
            raise self.error
        return self.reader.open(version)


def test_without_its_storage_a_predictor_starts_unready_and_answers_what_needs_no_table() -> None:
    now = [0.0]
    reader = Down()
    table = FeatureTable(reader, refresh_seconds=60, clock=lambda: now[0])
    service = Predictor(Model.load("name", COMPACT), table, max_rows=100)

    assert service.unready() == "down"
    assert len(service.answer(feature_request())["predictions"]) == 1
    with pytest.raises(FeatureStorageError, match="^down$"):
        service.answer(gauge_request())
    with pytest.raises(RequestRefused, match="asks for nothing"):
        service.answer({})
    reader.error = None
    now[0] = 5.0
    assert service.unready() is None
    assert service.answer(gauge_request())["feature_table_version"] == 0
    reader.error = FeatureStorageError("down again")
    now[0] = 5000.0
    assert service.unready() is None


def aged(freshness: Freshness, today: dt.date) -> Predictor:
    table = FeatureTable(DeltaRsReader(str(SAMPLE_TABLE)), refresh_seconds=60)
    model = Model.load("name", COMPACT)
    return Predictor(model, table, max_rows=100, freshness=freshness, today=lambda: today)


def test_an_old_table_makes_a_predictor_unready_or_its_answers_say_so() -> None:
    today = dt.date(2021, 1, 10)
    reporting = aged(Freshness(9), today)
    assert reporting.unready() is None
    assert reporting.answer(gauge_request())["feature_table_age_days"] == 10
    assert "feature_table_age_days" not in reporting.answer(feature_request())
    assert "feature_table_age_days" not in aged(Freshness(10), today).answer(gauge_request())

    refusing = aged(Freshness(9, True), today)
    assert str(refusing.unready()).startswith("the feature table ends on 2020-12-31, 10 days ago")
    assert aged(Freshness(10, True), today).unready() is None


@given(st.lists(st.floats(0, 1, width=32), min_size=3, max_size=3))
def test_probabilities_have_six_decimals(row: list[float]) -> None:
    (rounded,) = _rounded(np.array([row], dtype=np.float32)).tolist()

    assert rounded == [round(value, 6) for value in rounded]
    # Halves may go either way.
    assert all(abs(a - b) < 0.51e-6 for a, b in zip(rounded, row, strict=True))
