from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.contract.endpoint import Endpoint, Response
from tests.helpers import (
    METRICS,
    SCORING,
    THRESHOLDS,
    feature_request,
    feature_row,
    gauge_request,
)

SAMPLE = (SCORING / "flash-flood-predictor" / "sample-request.json").read_bytes()


def answer(response: Response) -> dict[str, Any]:
    """The body of a response that must be a complete, right answer."""
    assert response.status == 200, response.body
    body: dict[str, Any] = response.json
    assert set(body) == {"model", "feature_table_version", "predictions"}
    assert set(body["model"]) == {"name", "version"}
    assert body["model"]["name"] in {"multi-model", "compact"}
    assert len(body["model"]["version"]) == 12
    for row in body["predictions"]:
        assert set(row) == {"gauge", "date", "threshold_m3s", "probabilities"}
        assert [set(entry) for entry in row["probabilities"]] == [
            {"horizon_days", "probability"}
        ] * 3
        assert [entry["horizon_days"] for entry in row["probabilities"]] == [1, 2, 3]
        assert all(0.0 <= entry["probability"] <= 1.0 for entry in row["probabilities"])
    return body


def test_the_sample_request_is_answered_for_all_gauges_in_its_order(endpoint: Endpoint) -> None:
    body = answer(endpoint.post(SAMPLE))

    asked = json.loads(SAMPLE)
    assert isinstance(body["feature_table_version"], int)
    assert [row["gauge"] for row in body["predictions"]] == asked["gauges"]
    assert {row["date"] for row in body["predictions"]} == {asked["date"]}
    found = {row["gauge"]: row["threshold_m3s"] for row in body["predictions"]}
    assert found == THRESHOLDS == METRICS["thresholds_m3s"]


def test_own_features_are_answered_row_by_row(endpoint: Endpoint) -> None:
    rows = [feature_row(), feature_row(discharge_ratio=0.01), feature_row()]
    first, second, third = answer(endpoint.score({"features": rows}))["predictions"]

    assert (first["gauge"], first["date"], first["threshold_m3s"]) == (None, None, None)
    assert first == third
    assert first != second


def test_own_features_do_not_depend_on_the_table(endpoint: Endpoint) -> None:
    assert answer(endpoint.score(feature_request()))["feature_table_version"] is None


def test_a_thousand_rows_are_answered(endpoint: Endpoint) -> None:
    body = answer(endpoint.score({"features": [feature_row()] * 1000}))

    assert len(body["predictions"]) == 1000


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8"])
def test_json_is_accepted_with_and_without_charset(endpoint: Endpoint, content_type: str) -> None:
    answer(endpoint.post(SAMPLE, content_type))


def test_the_same_request_gets_the_same_answer(endpoint: Endpoint) -> None:
    bodies = {endpoint.post(SAMPLE).body for _ in range(10)}

    assert len(bodies) == 1


def test_threads_get_the_answers_to_their_own_requests(endpoint: Endpoint) -> None:
    days = [f"2020-02-{day:02}" for day in range(1, 11)] * 4
    # As many as the smaller deployment takes at a time before an endpoint's gateway answers 429.
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda d: endpoint.score(gauge_request(date=d)).body, days))

    alone = {day: endpoint.score(gauge_request(date=day)).body for day in set(days)}
    assert together == [alone[day] for day in days]
    assert len(set(alone.values())) == 10


def test_a_callers_request_id_comes_back(endpoint: Endpoint) -> None:
    headers = {"Content-Type": "application/json", "x-ms-client-request-id": "caller-1"}
    response = endpoint.send("POST", "/score", SAMPLE, headers)

    assert response.headers["x-ms-client-request-id"] == "caller-1"
