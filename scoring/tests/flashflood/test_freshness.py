from __future__ import annotations

import datetime as dt

import pytest

from flashflood.freshness import Freshness

LAST = dt.date(2020, 12, 31)


@pytest.mark.parametrize("today", [dt.date(2020, 12, 30), LAST, dt.date(2021, 1, 2)])
@pytest.mark.parametrize("unready", [True, False])
def test_a_table_within_its_limit_is_as_good_as_one_without(today: dt.date, unready: bool) -> None:
    freshness = Freshness(2, unready)

    assert freshness.unready(LAST, today) is None
    assert freshness.said(LAST, today) == {}


def test_without_a_limit_no_table_is_too_old() -> None:
    assert Freshness().unready(LAST, dt.date(2099, 1, 1)) is None
    assert Freshness().said(LAST, dt.date(2099, 1, 1)) == {}


def test_beyond_the_limit_a_deployment_is_unready_or_its_answers_say_the_age() -> None:
    today = dt.date(2021, 1, 3)
    said = {"feature_table_age_days": 3}

    assert Freshness(2, True).unready(LAST, today) == (
        "the feature table ends on 2020-12-31, 3 days ago; 2 are allowed"
    )
    assert Freshness(2, False).unready(LAST, today) is None
    assert Freshness(2, True).said(LAST, today) == said
    assert Freshness(2, False).said(LAST, today) == said
