from __future__ import annotations

from typing import Any

import pytest

from flashflood.features import FEATURE_NAMES
from tests.contract.conformity import violations
from tests.contract.endpoint import Endpoint


def schemas(endpoint: Endpoint, version: str) -> dict[str, Any]:
    response = endpoint.send("GET", f"/swagger.json?version={version}")
    assert response.status == 200
    document = response.json
    found = document["definitions"] if version == "2" else document["components"]["schemas"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("version", "key", "value"),
    [("2", "swagger", "2.0"), ("3", "openapi", "3.0.3"), ("3.1", "openapi", "3.1.0")],
)
def test_every_version_describes_the_three_arguments(
    endpoint: Endpoint, version: str, key: str, value: str
) -> None:
    document = endpoint.send("GET", f"/swagger.json?version={version}").json
    put = schemas(endpoint, version)["ServiceInput"]

    assert document[key] == value
    assert list(put["properties"]) == ["gauges", "date", "features"]
    assert list(put["properties"]["features"]["items"]["properties"]) == list(FEATURE_NAMES)


def test_an_unknown_version_is_404(endpoint: Endpoint) -> None:
    assert endpoint.send("GET", "/swagger.json?version=9").status == 404


@pytest.mark.parametrize("form", ["by gauge", "by feature"])
def test_the_examples_work_and_their_answers_are_as_documented(
    endpoint: Endpoint, form: str
) -> None:
    found = schemas(endpoint, "3")
    response = endpoint.score(found["ServiceInput"]["x-examples"][form])

    assert response.status == 200
    assert list(violations(response.json, found["ServiceOutput"])) == []


def test_the_documented_example_of_an_answer_is_as_documented(endpoint: Endpoint) -> None:
    output = schemas(endpoint, "3")["ServiceOutput"]

    assert list(violations(output["example"], output)) == []
