from __future__ import annotations

import numpy as np
import pytest

from flashflood.features import FEATURE_NAMES
from tests.helpers import COMPACT, MULTI_MODEL
from training.dataset import Examples
from training.evaluate import evaluate, groups, probabilities

RANDOM = np.random.default_rng(7)
INPUTS = RANDOM.uniform(0.0, 2.0, (40, len(FEATURE_NAMES))).astype(np.float32)
DATA = Examples(
    inputs=INPUTS,
    exceeds=(RANDOM.uniform(size=(40, 3)) < 0.5).astype(np.float64),
    gauge=np.array(["leun", "marburg"] * 20),
)
MODELS = {
    "multi-model": {file.name: file.read_bytes() for file in MULTI_MODEL},
    "compact": {file.name: file.read_bytes() for file in COMPACT},
}


def test_files_answer_one_column_for_each_horizon() -> None:
    for files in MODELS.values():
        answer = probabilities(files, INPUTS)
        assert answer.shape == (40, 3)
        assert ((answer >= 0.0) & (answer <= 1.0)).all()


def test_onset_keeps_only_days_that_are_not_above_the_threshold() -> None:
    below = INPUTS[:, 0] <= 1.0
    found = {(gauge, kind): rows for gauge, kind, rows in groups(DATA)}

    gauges = ("all", "leun", "marburg")
    assert list(found) == [(gauge, kind) for gauge in gauges for kind in ("all", "onset")]
    assert found["all", "all"].all()
    assert np.array_equal(found["all", "onset"], below)
    assert np.array_equal(found["leun", "onset"], below & (DATA.gauge == "leun"))


def test_every_forecast_is_scored_for_every_horizon_gauge_and_kind_of_days() -> None:
    rows = evaluate(MODELS, DATA, "test", DATA)

    assert len(rows) == 3 * 3 * 3 * 2
    assert {row["forecast"] for row in rows} == {"persistence", "multi-model", "compact"}
    first = rows[0]
    assert (first["period"], first["horizon_days"], first["rows"]) == ("test", 1, 40)
    assert first["events"] == int(DATA.exceeds[:, 0].sum())
    # On the very days it was learnt from, persistence is right on average.
    assert first["expected_events"] == pytest.approx(first["events"])


def test_an_undefined_score_is_null() -> None:
    never = DATA._replace(exceeds=np.zeros((40, 3)))

    assert all(row["roc_auc"] is None for row in evaluate(MODELS, DATA, "test", never))
