"""Training proper; skipped, with the reason, where its requirements are not installed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

REASON = "not installed: needs requirements-train.txt"
pytest.importorskip("onnx", reason=f"onnx is {REASON}")
pytest.importorskip("sklearn", reason=f"scikit-learn is {REASON}")

from flashflood.features import FEATURE_NAMES
from flashflood.model import Model
from training.dataset import Examples
from training.evaluate import probabilities
from training.fit import compact_model, multi_model
from training.onnx_export import float32_at_most

RANDOM = np.random.default_rng(11)
ROWS = 400
INPUTS = RANDOM.uniform(0.0, 2.0, (ROWS, len(FEATURE_NAMES))).astype(np.float32)
CHANCE = 1 / (1 + np.exp(-6 * (INPUTS[:, :1] - 1)))
EXCEEDS = (RANDOM.uniform(size=(ROWS, 3)) < CHANCE).astype(np.float64)
DATA = Examples(INPUTS, EXCEEDS, np.full(ROWS, "gauge"))


def test_fitting_twice_gives_the_same_bytes() -> None:
    assert multi_model(DATA, DATA, {"g": 1.0}) == multi_model(DATA, DATA, {"g": 1.0})
    assert compact_model(DATA, {"g": 1.0}) == compact_model(DATA, {"g": 1.0})


def test_exported_trees_answer_as_the_fitted_ones() -> None:
    from sklearn.ensemble import GradientBoostingClassifier

    from training.onnx_export import boosted_trees

    model = GradientBoostingClassifier(n_estimators=40, random_state=1).fit(INPUTS, EXCEEDS[:, 0])
    rate = float(EXCEEDS[:, 0].mean())
    content = boosted_trees(
        [row[0].tree_ for row in model.estimators_],
        model.learning_rate,
        float(np.log(rate / (1 - rate))),
        len(FEATURE_NAMES),
        {},
    )

    answer = probabilities({"a": content}, INPUTS)[:, 0]
    assert np.abs(answer - model.predict_proba(INPUTS)[:, 1]).max() < 1e-6


def test_exported_regressions_answer_as_the_fitted_ones() -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    answer = probabilities(compact_model(DATA, {}), INPUTS)
    for column in range(3):
        fitted = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=5000))
        fitted.fit(INPUTS.astype(np.float64), EXCEEDS[:, column])
        expected = fitted.predict_proba(INPUTS.astype(np.float64))[:, 1]
        assert np.abs(answer[:, column] - expected).max() < 1e-5


def test_fitted_files_are_accepted_by_the_scoring_code(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    for files in (multi_model(DATA, DATA, {"g": 1.0}), compact_model(DATA, {"g": 1.0})):
        paths = []
        for name, content in files.items():
            (folder / name).write_bytes(content)
            paths.append(folder / name)
        model = Model.load("m", paths)
        assert model.thresholds_m3s == {"g": 1.0}
        assert model.probabilities(INPUTS).shape == (ROWS, 3)


@given(st.floats(-(2.0**100), 2.0**100), st.floats(-(2.0**100), 2.0**100, width=32))
def test_a_rounded_threshold_sends_every_float32_to_the_same_side(
    threshold: float, value: float
) -> None:
    rounded = float32_at_most(threshold)

    assert rounded == float(np.float32(rounded))
    assert rounded <= threshold
    assert (value <= rounded) == (value <= threshold)
