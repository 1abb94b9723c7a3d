"""Three scores of probability forecasts, and persistence to compare them with.

ROC AUC and average precision judge the ranking, the Brier score the probabilities themselves.
Definitions as in Fawcett (2006) and Brier (1950); ties count as they do in scikit-learn.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


class Scores(NamedTuple):
    """How good a forecast is; ROC AUC and average precision are NaN without both classes.

    `expected_events` is the sum of the probabilities: near `events` if they are right on average.
    """

    rows: int
    events: int
    expected_events: float
    roc_auc: float
    average_precision: float
    brier: float


def roc_auc(happened: Values, rank_by: Values) -> float:
    """The share of (event, non-event) pairs that are ranked rightly; a tie counts one half."""
    events = int(happened.sum())
    others = len(happened) - events
    if events == 0 or others == 0:
        return float("nan")
    _, group, size = np.unique(rank_by, return_inverse=True, return_counts=True)
    mean_rank = np.cumsum(size) - (size - 1) / 2
    rank_sum = float(mean_rank[group][happened == 1.0].sum())
    return (rank_sum - events * (events + 1) / 2) / (events * others)


def average_precision(happened: Values, rank_by: Values) -> float:
    """The mean over events of the precision at that event's rank; ties share one rank."""
    events = int(happened.sum())
    if events == 0 or events == len(happened):
        return float("nan")
    levels, group = np.unique(-rank_by, return_inverse=True)
    hits = np.bincount(group, weights=happened, minlength=len(levels))
    rows = np.bincount(group, minlength=len(levels))
    precision = np.cumsum(hits) / np.cumsum(rows)
    return float((hits * precision).sum() / events)


def brier(happened: Values, probability: Values) -> float:
    """The mean squared distance between probability and outcome; 0 is perfect."""
    return float(np.mean((probability - happened) ** 2))


def score(happened: Values, rank_by: Values, probability: Values) -> Scores:
    """All scores. `rank_by` may be another monotone measure than the probability itself."""
    return Scores(
        rows=len(happened),
        events=int(happened.sum()),
        expected_events=float(probability.sum()),
        roc_auc=roc_auc(happened, rank_by),
        average_precision=average_precision(happened, rank_by),
        brier=brier(happened, probability),
    )


class Persistence(NamedTuple):
    """What is so stays so: the forecast that a model must beat.

    It ranks days by the discharge ratio of the issue day. Its probability is how often, in the
    training period, high flow followed a day in the same state (above the threshold, or not):
    a fairer rival than a bare 0 or 1.
    """

    after_high_flow: float
    after_other: float

    @classmethod
    def learn(cls, ratio_today: Values, happened: Values) -> Persistence:
        """Reads the two frequencies off the training days of one horizon."""
        above = ratio_today > 1.0
        return cls(float(happened[above].mean()), float(happened[~above].mean()))

    def probability(self, ratio_today: Values) -> Values:
        """The probability for each day."""
        return np.where(ratio_today > 1.0, self.after_high_flow, self.after_other)
