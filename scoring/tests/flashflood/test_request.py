from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashflood import request
from flashflood.errors import Problem, RequestRefused
from flashflood.features import FEATURE_NAMES, FEATURES, Feature
from flashflood.request import FeatureRequest, GaugeRequest, validated
from tests.helpers import SPANS, feature_request, feature_row, gauge_request

MAX_ROWS = 3
KNOWN = "one of: leun, marburg"
GAUGE_LIST = "a list of 1 to 3 different gauges"
ROW_LIST = "a list of 1 to 3 objects"
DAY = "a day written YYYY-MM-DD"
FORMS = 'either "gauges" and "date", or "features"'
RAIN = "a number from 0 to 500 mm"


def problems(document: dict[str, Any]) -> list[Problem]:
    with pytest.raises(RequestRefused) as refused:
        validated(document, SPANS, MAX_ROWS)
    return list(refused.value.problems)


def test_a_request_for_gauges_keeps_their_order() -> None:
    assert validated(gauge_request(), SPANS, MAX_ROWS) == GaugeRequest(
        ("marburg", "leun"), dt.date(2020, 2, 3)
    )


def test_a_request_with_features_becomes_a_matrix_in_the_order_of_the_model() -> None:
    row = feature_row()
    backwards = dict(reversed(row.items()))
    request = validated({"features": [row, backwards]}, SPANS, MAX_ROWS)

    assert isinstance(request, FeatureRequest)
    assert request.inputs.dtype == np.float32
    expected = np.array([row[name] for name in FEATURE_NAMES], dtype=np.float32)
    assert np.array_equal(request.inputs, np.stack([expected, expected]))


@pytest.mark.parametrize(
    ("gauges", "expected"),
    [
        (None, Problem("gauges", "null", "is not a list", GAUGE_LIST)),
        ("leun", Problem("gauges", '"leun"', "is not a list", GAUGE_LIST)),
        ({"leun": 1}, Problem("gauges", '{"leun": 1}', "is not a list", GAUGE_LIST)),
        ([], Problem("gauges", "[]", "is empty", GAUGE_LIST)),
        (["leun"] * 4, Problem("gauges", None, "has 4 entries", GAUGE_LIST)),
        ([1], Problem("gauges[0]", "1", "is not a string", KNOWN)),
        ([["leun"]], Problem("gauges[0]", '["leun"]', "is not a string", KNOWN)),
        (["leun", None], Problem("gauges[1]", "null", "is not a string", KNOWN)),
        (["Leun"], Problem("gauges[0]", '"Leun"', "is not a known gauge", KNOWN)),
        (["' OR 1=1"], Problem("gauges[0]", '"\' OR 1=1"', "is not a known gauge", KNOWN)),
        (["leun", "leun"], Problem("gauges[1]", '"leun"', "was already named", "each gauge once")),
    ],
)
def test_wrong_gauges_are_refused(gauges: Any, expected: Problem) -> None:
    assert problems(gauge_request(gauges=gauges)) == [expected]


@pytest.mark.parametrize(
    "date",
    [
        None,
        20200203,
        True,
        ["2020-02-03"],
        "",
        "2020-02-30",
        "20200203",
        "2020-W06-1",
        "2020-2-3",
        "2020-02-03T00:00:00",
        " 2020-02-03",
        "2020-02-03\n",
        "２０２０-02-03",
        "0000-01-01",
    ],
)
def test_what_is_not_a_day_is_refused(date: Any) -> None:
    (problem,) = problems(gauge_request(date=date))

    assert (problem.field, problem.problem, problem.allowed) == ("date", "is not a date", DAY)


def test_a_day_outside_the_table_is_refused_with_the_span_of_each_gauge_it_is_outside_of() -> None:
    assert problems(gauge_request(date="2020-07-01")) == [
        Problem(
            "date", '"2020-07-01"', "is outside the data of marburg", "2019-01-01 to 2020-06-30"
        )
    ]
    assert [problem.allowed for problem in problems(gauge_request(date="2018-12-31"))] == [
        "2019-01-01 to 2020-12-31",
        "2019-01-01 to 2020-06-30",
    ]


@pytest.mark.parametrize("date", ["2019-01-01", "2020-06-30"])
def test_the_first_and_the_last_day_of_the_table_are_accepted(date: str) -> None:
    request = validated(gauge_request(date=date), SPANS, MAX_ROWS)

    assert isinstance(request, GaugeRequest)
    assert request.day.isoformat() == date


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({}, [Problem("(body)", None, "asks for nothing", FORMS)]),
        (
            {"gauges": ["leun"]},
            [Problem("date", None, "is missing", '"gauges" and "date" together')],
        ),
        (
            {"date": "2020-02-03"},
            [Problem("gauges", None, "is missing", '"date" and "gauges" together')],
        ),
        (
            {**gauge_request(), **feature_request()},
            [Problem("(body)", None, "mixes both forms", FORMS)],
        ),
        (
            gauge_request(Gauges=1),
            [Problem("Gauges", "1", "is not an argument", "only: gauges, date, features")],
        ),
        ({"features": {}}, [Problem("features", "{}", "is not a list", ROW_LIST)]),
        ({"features": None}, [Problem("features", "null", "is not a list", ROW_LIST)]),
        ({"features": []}, [Problem("features", "[]", "is empty", ROW_LIST)]),
        (
            {"features": [feature_row()] * 4},
            [Problem("features", None, "has 4 entries", ROW_LIST)],
        ),
        (
            {"features": [feature_row(), 5]},
            [Problem("features[1]", "5", "is not an object", "an object of named numbers")],
        ),
    ],
)
def test_wrong_shapes_are_refused(document: dict[str, Any], expected: list[Problem]) -> None:
    assert problems(document) == expected


@pytest.mark.parametrize(
    ("value", "shown", "problem"),
    [
        (None, "null", "is not a number"),
        (True, "true", "is not a number"),
        ("1.5", '"1.5"', "is not a number"),
        ([1.5], "[1.5]", "is not a number"),
        (math.nan, "NaN", "is out of range"),
        (math.inf, "Infinity", "is out of range"),
        (-math.inf, "-Infinity", "is out of range"),
        (-0.1, "-0.1", "is out of range"),
        (500.1, "500.1", "is out of range"),
        (10**400, "1" + "0" * 78 + "…", "is out of range"),
    ],
)
def test_a_wrong_value_of_a_feature_is_refused(value: Any, shown: str, problem: str) -> None:
    assert problems(feature_request(rain_mm=value)) == [
        Problem("features[0].rain_mm", shown, problem, RAIN)
    ]


@pytest.mark.parametrize("name", FEATURE_NAMES)
def test_every_feature_is_required(name: str) -> None:
    row = feature_row()
    del row[name]

    assert problems({"features": [row]}) == [
        Problem(f"features[0].{name}", None, "is missing", "every feature in every row")
    ]


def test_an_unknown_feature_is_refused_with_the_known_ones() -> None:
    assert problems(feature_request(rain=1)) == [
        Problem("features[0].rain", "1", "is not a feature", "only: " + ", ".join(FEATURE_NAMES))
    ]


def test_everything_wrong_is_reported_at_once() -> None:
    document = {"gauges": ["x", 2], "date": "tomorrow", "features": [{"rain_mm": "a"}], "y": 0}
    found = problems(document)

    missing = [f"features[0].{name}" for name in FEATURE_NAMES if name != "rain_mm"]
    expected = ["y", "(body)", "gauges[0]", "gauges[1]", "date", "features[0].rain_mm", *missing]
    assert sorted(problem.field for problem in found) == sorted(expected)


@given(st.data())
def test_every_value_in_range_is_accepted_and_kept(data: st.DataObject) -> None:
    def number(feature: Feature) -> st.SearchStrategy[float]:
        return st.floats(feature.minimum, feature.maximum, width=32)

    row = {feature.name: data.draw(number(feature)) for feature in FEATURES}
    request = validated({"features": [row]}, SPANS, MAX_ROWS)

    assert isinstance(request, FeatureRequest)
    assert request.inputs.tolist() == [[row[name] for name in FEATURE_NAMES]]


VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [0, 1, 0.5, -0.0, 1e9, -1, True, None, "1", [], math.nan, math.inf, 10**400]
)


@given(
    st.lists(
        st.dictionaries(st.sampled_from([*FEATURE_NAMES, "other"]), VALUES, max_size=3).map(
            lambda changes: feature_row(**changes)
        )
        | st.sampled_from([feature_row(), None, [], {}]),
        max_size=4,
    )
)
def test_all_rows_at_once_get_what_each_alone_would(rows: list[Any]) -> None:
    document = {"features": rows}

    def outcome() -> str:
        try:
            return repr(validated(document, SPANS, 3))
        except RequestRefused as refused:
            return repr(refused.problems)

    at_once = outcome()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(request, "_right_rows", lambda document, max_rows: None)
        assert outcome() == at_once
