from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from flashflood.delta_rs import DeltaRsReader
from flashflood.feature_table import FeatureTable
from flashflood.features import FEATURE_NAMES
from tests.made_up import GAUGES
from training import build_feature_table, lahn
from training.dataset import thresholds_m3s
from training.derive import features


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(lahn, "download", lambda cache: cache / "wheel")
    monkeypatch.setattr(lahn, "read", lambda wheel: GAUGES)
    build_feature_table.build(tmp_path, tmp_path / "table", replace=False)
    return tmp_path / "table"


def test_the_table_holds_the_very_numbers_that_a_model_is_trained_on(table: Path) -> None:
    snapshot = FeatureTable(DeltaRsReader(str(table)), refresh_seconds=60).current()
    day = dt.date(2020, 12, 31)
    trained_on = features(GAUGES["b"], thresholds_m3s(GAUGES)["b"])[-1]

    assert snapshot.thresholds_m3s == thresholds_m3s(GAUGES)
    assert str(snapshot.spans["a"]) == "2019-01-01 to 2020-12-31"
    assert snapshot.inputs_of_day(day)["b"].tolist() == trained_on.tolist()
    assert len(trained_on) == len(FEATURE_NAMES)


def test_an_existing_table_is_kept_unless_it_is_to_be_replaced(table: Path) -> None:
    before = sorted(file.name for file in table.iterdir())
    with pytest.raises(Exception, match="already exists"):
        build_feature_table.build(table.parent, table, replace=False)
    assert sorted(file.name for file in table.iterdir()) == before

    build_feature_table.build(table.parent, table, replace=True)
    after = sorted(file.name for file in table.iterdir())
    assert len(after) == len(before)
    assert after != before
