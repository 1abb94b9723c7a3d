from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from training.scores import Persistence, average_precision, brier, roc_auc, score

HAPPENED = np.array([0.0, 0.0, 1.0, 1.0])


def test_scores_of_a_small_case_worked_by_hand() -> None:
    rank = np.array([0.1, 0.4, 0.35, 0.8])

    assert roc_auc(HAPPENED, rank) == 0.75  # 3 of 4 pairs in the right order
    assert average_precision(HAPPENED, rank) == pytest.approx((1 / 1 + 2 / 3) / 2)
    assert brier(HAPPENED, rank) == pytest.approx((0.01 + 0.16 + 0.4225 + 0.04) / 4)


def test_a_constant_forecast_has_no_skill() -> None:
    constant = np.full(4, 0.5, dtype=np.float64)

    assert roc_auc(HAPPENED, constant) == 0.5
    assert average_precision(HAPPENED, constant) == 0.5
    assert brier(HAPPENED, constant) == 0.25


def test_a_perfect_forecast_has_the_best_scores() -> None:
    scores = score(HAPPENED, HAPPENED, HAPPENED)

    assert scores._asdict() == {
        "rows": 4,
        "events": 2,
        "expected_events": 2.0,
        "roc_auc": 1.0,
        "average_precision": 1.0,
        "brier": 0.0,
    }


@pytest.mark.parametrize("only", [0.0, 1.0])
def test_ranking_scores_are_undefined_without_both_outcomes(only: float) -> None:
    happened = np.full(3, only)

    assert math.isnan(roc_auc(happened, np.array([0.0, 1.0, 2.0])))
    assert math.isnan(average_precision(happened, np.array([0.0, 1.0, 2.0])))


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=40))
def test_roc_auc_is_the_share_of_rightly_ordered_pairs(rows: list[tuple[bool, int]]) -> None:
    events = [rank for happened, rank in rows if happened]
    others = [rank for happened, rank in rows if not happened]
    assume(events and others)
    pairs = [(e > o) + 0.5 * (e == o) for e in events for o in others]

    happened = np.array([float(h) for h, _ in rows])
    rank = np.array([float(r) for _, r in rows])
    assert roc_auc(happened, rank) == pytest.approx(sum(pairs) / len(pairs))


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=40))
def test_ranking_scores_agree_with_scikit_learn(rows: list[tuple[bool, int]]) -> None:
    metrics = pytest.importorskip(
        "sklearn.metrics", reason="scikit-learn is not installed: requirements-train.txt"
    )
    happened = np.array([float(h) for h, _ in rows])
    rank = np.array([float(r) for _, r in rows])
    assume(0 < happened.sum() < len(rows))

    assert roc_auc(happened, rank) == pytest.approx(metrics.roc_auc_score(happened, rank))
    expected = metrics.average_precision_score(happened, rank)
    assert average_precision(happened, rank) == pytest.approx(expected)


def test_persistence_learns_how_often_high_flow_followed_each_state() -> None:
    ratio = np.array([2.0, 2.0, 1.0, 0.5, 0.5])
    persistence = Persistence.learn(ratio, np.array([1.0, 0.0, 1.0, 0.0, 0.0]))

    assert persistence == Persistence(after_high_flow=0.5, after_other=1 / 3)
    assert persistence.probability(np.array([1.01, 1.0])).tolist() == [0.5, 1 / 3]
