"""Fits the two models and returns them as ONNX files' contents.

Needs scikit-learn and onnx (requirements-train.txt); nothing that serves or tests does.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.preprocessing import StandardScaler

from flashflood.features import FEATURE_NAMES, HORIZONS_DAYS
from training.dataset import Examples
from training.gauges import THRESHOLD_QUANTILE, TRAIN
from training.onnx_export import boosted_trees, logistic

SEED: Final = 20_260_101
_MOST_TREES: Final = 200
_RIDGE_C: Final = 0.1


def metadata(horizons_days: list[int], thresholds_m3s: Mapping[str, float]) -> dict[str, object]:
    """What a model file says about itself. No time stamp: same data, same bytes."""
    return {
        "feature_names": list(FEATURE_NAMES),
        "horizons_days": horizons_days,
        "threshold_quantile": THRESHOLD_QUANTILE,
        "thresholds_m3s": dict(thresholds_m3s),
        "trained_on": [TRAIN.first, TRAIN.last],
    }


def best_tree_count(
    model: Any, inputs: NDArray[np.float32], exceeds: NDArray[np.float64]
) -> tuple[int, float]:
    """How many of the fitted trees give the least log loss on `inputs`, and that loss."""
    losses = [log_loss(exceeds, stage[:, 1]) for stage in model.staged_predict_proba(inputs)]
    best = int(np.argmin(losses))
    return best + 1, float(losses[best])


def multi_model(
    train: Examples, validation: Examples, thresholds_m3s: Mapping[str, float]
) -> dict[str, bytes]:
    """Gradient-boosted trees, one file for each horizon, by file name.

    The validation period decides only how many trees are kept.
    """
    files = {}
    for column, horizon in enumerate(HORIZONS_DAYS):
        model = GradientBoostingClassifier(
            n_estimators=_MOST_TREES,
            learning_rate=0.05,
            max_depth=3,
            min_samples_leaf=20,
            subsample=0.5,
            random_state=SEED,
        ).fit(train.inputs, train.exceeds[:, column])
        count, _ = best_tree_count(model, validation.inputs, validation.exceeds[:, column])
        base_rate = float(train.exceeds[:, column].mean())
        files[f"horizon-{horizon}d.onnx"] = boosted_trees(
            trees=[row[0].tree_ for row in model.estimators_[:count]],
            learning_rate=model.learning_rate,
            initial_log_odds=float(np.log(base_rate / (1.0 - base_rate))),
            features=len(FEATURE_NAMES),
            metadata=metadata([horizon], thresholds_m3s),
        )
    return files


def compact_model(train: Examples, thresholds_m3s: Mapping[str, float]) -> dict[str, bytes]:
    """Three logistic regressions in one small file."""
    scaler = StandardScaler().fit(train.inputs.astype(np.float64))
    standardised = scaler.transform(train.inputs.astype(np.float64))
    weights, bias = [], []
    for column in range(len(HORIZONS_DAYS)):
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a fit that did not converge must not be shipped
            model = LogisticRegression(C=_RIDGE_C, max_iter=5000).fit(
                standardised, train.exceeds[:, column]
            )
        weights.append(model.coef_[0])
        bias.append(model.intercept_[0])
    content = logistic(
        mean=scaler.mean_,
        scale=scaler.scale_,
        weights=np.column_stack(weights),
        bias=np.array(bias),
        metadata=metadata(list(HORIZONS_DAYS), thresholds_m3s),
    )
    return {"compact.onnx": content}
