"""Every wrong request is the caller's mistake, said so with the field, and never an error 500."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from flashflood.features import FEATURE_NAMES
from tests.contract.endpoint import Endpoint, Response
from tests.helpers import feature_request, feature_row, gauge_request

GAUGES, DATE, BODY = ["gauges"], ["date"], ["(body)"]


def fields(response: Response) -> list[str]:
    """The fields of a refusal, whose form is checked."""
    assert response.status == 400, response.body
    body = response.json
    assert list(body) == ["message", "problems"]
    assert body["message"].startswith("The request was refused: ")
    assert all(list(p) == ["field", "value", "problem", "allowed"] for p in body["problems"])
    return [problem["field"] for problem in body["problems"]]


def without(document: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != key}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({}, BODY),
        ({**gauge_request(), **feature_request()}, BODY),
        (without(gauge_request(), "date"), DATE),
        (without(gauge_request(), "gauges"), GAUGES),
        (gauge_request(gauges=None), GAUGES),
        (gauge_request(gauges=[]), GAUGES),
        (gauge_request(gauges="leun"), GAUGES),
        (gauge_request(gauges={"leun": True}), GAUGES),
        (gauge_request(gauges=["leun"] * 1001), GAUGES),
        (gauge_request(gauges=["leun", "leun"]), ["gauges[1]"]),
        (gauge_request(gauges=["leun", 1]), ["gauges[1]"]),
        (gauge_request(gauges=[None]), ["gauges[0]"]),
        (gauge_request(gauges=[["leun"]]), ["gauges[0]"]),
        (gauge_request(gauges=["atlantis"]), ["gauges[0]"]),
        (gauge_request(gauges=["leun'; DROP TABLE features; --"]), ["gauges[0]"]),
        (gauge_request(gauges=["\ud800", "\u0000"]), ["gauges[0]", "gauges[1]"]),
        (gauge_request(date=None), DATE),
        (gauge_request(date=""), DATE),
        (gauge_request(date="2020-02-30"), DATE),
        (gauge_request(date="20200203"), DATE),
        (gauge_request(date="2020-02-03T00:00:00Z"), DATE),
        (gauge_request(date=1580688000), DATE),
        (gauge_request(date=["2020-02-03"]), DATE),
        (gauge_request(date="9999-12-31"), ["date", "date"]),
        (gauge_request(date="1066-10-14"), ["date", "date"]),
        (gauge_request(extra=1), ["extra"]),
        (gauge_request(data=[]), ["data"]),
        (feature_request(gauge="leun"), ["features[0].gauge"]),
        ({**feature_request(), "method": "predict"}, ["method"]),
        ({"features": None}, ["features"]),
        ({"features": []}, ["features"]),
        ({"features": {}}, ["features"]),
        ({"features": feature_row()}, ["features"]),
        ({"features": [feature_row()] * 1001}, ["features"]),
        ({"features": [list(feature_row().values())]}, ["features[0]"]),
        ({"features": [feature_row(), None]}, ["features[1]"]),
        ({"features": [{}]}, [f"features[0].{name}" for name in FEATURE_NAMES]),
        ({"features": [without(feature_row(), "rain_mm")]}, ["features[0].rain_mm"]),
        (feature_request(rain_mm=None), ["features[0].rain_mm"]),
        (feature_request(rain_mm="1.5"), ["features[0].rain_mm"]),
        (feature_request(rain_mm=True), ["features[0].rain_mm"]),
        (feature_request(rain_mm=[1.0]), ["features[0].rain_mm"]),
        (feature_request(rain_mm={}), ["features[0].rain_mm"]),
        (feature_request(rain_mm=math.nan), ["features[0].rain_mm"]),
        (feature_request(rain_mm=math.inf), ["features[0].rain_mm"]),
        (feature_request(rain_mm=-math.inf), ["features[0].rain_mm"]),
        (feature_request(rain_mm=10**300), ["features[0].rain_mm"]),
        (feature_request(rain_mm=10**4000), ["features[0].rain_mm"]),
        (feature_request(rain_mm=-1), ["features[0].rain_mm"]),
        (feature_request(season_sin=1.5), ["features[0].season_sin"]),
        (
            {"gauges": ["x"], "date": "y", "z": 0},
            ["z", "gauges[0]", "date"],
        ),
    ],
)
def test_a_wrong_document_is_refused_with_the_fields_that_are_wrong(
    endpoint: Endpoint, document: dict[str, Any], expected: list[str]
) -> None:
    assert sorted(fields(endpoint.score(document))) == sorted(expected)


def test_a_refusal_says_what_is_allowed(endpoint: Endpoint) -> None:
    response = endpoint.score({"gauges": ["atlantis"], "date": "2020-02-03"})

    assert fields(response) == ["gauges[0]"]
    assert response.json["problems"] == [
        {
            "field": "gauges[0]",
            "value": '"atlantis"',
            "problem": "is not a known gauge",
            "allowed": "one of: asslar, kalkofen, leun, marburg",
        }
    ]


def test_a_day_outside_the_table_is_refused_with_the_days_it_holds(endpoint: Endpoint) -> None:
    response = endpoint.score(gauge_request(gauges=["leun"], date="2030-01-01"))

    (problem,) = response.json["problems"]
    assert (response.status, problem["field"]) == (400, "date")
    first, _, last = problem["allowed"].partition(" to ")
    assert "2000-01-01" < first < last < "2030-01-01"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"1",
        b"gauges=leun",
        b"\xff\xfe",
        b'{"gauges": ["\xe4"], "date": "2020-02-03"}',
        b'\xef\xbb\xbf{"gauges": ["leun"], "date": "2020-02-03"}',
        '{"gauges": ["leun"], "date": "2020-02-03"}'.encode("utf-16"),
        '{"gauges": ["leun"], "date": "2020-02-03"}'.encode("utf-32"),
        b'{"gauges": ["leun"], "date": "2020-02-03",}',
        b'{"gauges": ["leun"], "date": "2020-02-03"} {}',
        b'{"gauges": ["leun"], "date": "2020-02-03", "date": "2020-02-04"}',
        b"{'gauges': ['leun'], 'date': '2020-02-03'}",
        b'{"features": [{"rain_mm": ' + b"9" * 5000 + b"}]}",
        b'{"features": ' + b"[" * 950 + b"]" * 950 + b"}",
        b'{"features": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b"[" * 100_000,
    ],
    ids=range(22),
)
def test_a_body_that_is_not_one_json_object_is_refused(endpoint: Endpoint, body: bytes) -> None:
    assert fields(endpoint.post(body)) == BODY


def test_a_body_of_more_than_a_mebibyte_is_refused(endpoint: Endpoint) -> None:
    padding = " " * (1_048_576 - len(json.dumps(gauge_request())))
    longest = (json.dumps(gauge_request()) + padding).encode()

    assert len(longest) == 1_048_576
    assert endpoint.post(longest).status == 200
    refused = endpoint.post(longest + b" ")
    assert refused.status == 413
    assert refused.json == {"message": "The body is longer than 1048576 bytes."}


@pytest.mark.parametrize("megabytes", [1, 30])
@pytest.mark.parametrize(
    ("method", "path", "content_type", "status"),
    [
        ("POST", "/score", "application/json", 413),
        ("POST", "/score", "text/plain", 415),
        ("POST", "/score", "", 415),
        ("PUT", "/score", "application/json", 405),
        ("GET", "/score", "application/json", 405),
    ],
)
def test_a_refused_request_gets_its_answer_however_much_it_sends(
    endpoint: Endpoint, method: str, path: str, content_type: str, status: int, megabytes: int
) -> None:
    body = b" " * (megabytes * 1_000_000 + 100_000)
    headers = {"Content-Type": content_type}
    # A connection that is closed too early breaks now and then.
    answers = [endpoint.send(method, path, body, headers) for _ in range(5)]

    assert [answer.status for answer in answers] == [status] * 5
    # An endpoint refuses the method before the server does, in Azure's form of an error.
    by_endpoint = endpoint.has_key and method == "PUT"
    form = ["error"] if by_endpoint else ["message"]
    assert [list(answer.json) for answer in answers] == [form] * 5


@pytest.mark.server
def test_an_unknown_path_gets_its_answer_however_much_it_sends(endpoint: Endpoint) -> None:
    statuses = [endpoint.send("POST", "/nothing", b" " * 30_000_000).status for _ in range(5)]

    assert statuses == [404] * 5


def test_a_body_in_broken_chunks_is_refused(endpoint: Endpoint) -> None:
    headers = {"Content-Type": "application/json", "Transfer-Encoding": "chunked"}

    assert endpoint.send("POST", "/score", b"zz\r\n", headers).status == 400


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "text/json", ""])
def test_another_content_type_than_json_is_415(endpoint: Endpoint, content_type: str) -> None:
    response = endpoint.post(json.dumps(gauge_request()).encode(), content_type)

    assert response.status == 415
    assert response.json == {"message": "Expects Content-Type to be application/json"}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method_than_post_is_405(endpoint: Endpoint, method: str) -> None:
    assert endpoint.send(method, "/score?gauges=leun&date=2020-02-03").status == 405


@pytest.mark.server
def test_a_request_id_that_is_too_long_is_431(endpoint: Endpoint) -> None:
    headers = {"Content-Type": "application/json", "x-ms-client-request-id": "x" * 101}

    assert endpoint.send("POST", "/score", b"{}", headers).status == 431


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4)
    ),
    max_leaves=8,
)
ARGUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "gauges": JSON_VALUES | st.just(["leun"]),
        "date": JSON_VALUES | st.dates().map(str),
        "features": JSON_VALUES
        | st.lists(st.dictionaries(st.sampled_from(FEATURE_NAMES), JSON_VALUES)),
        "other": JSON_VALUES,
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example({"gauges": ["leun"], "date": "2020-02-03"})
@given(ARGUMENTS | st.dictionaries(st.text(max_size=9), JSON_VALUES, max_size=3))
def test_no_document_is_an_error_of_the_server(endpoint: Endpoint, document: Any) -> None:
    response = endpoint.score(document)

    assert response.status in (200, 400)
    assert response.json
