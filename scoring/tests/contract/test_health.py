from __future__ import annotations

import pytest

from tests.contract.endpoint import Endpoint

# These paths belong to the server; an endpoint's gateway does not let callers see them.
pytestmark = pytest.mark.server


def test_a_ready_endpoint_says_healthy(endpoint: Endpoint) -> None:
    response = endpoint.send("GET", "/")

    assert (response.status, response.body) == (200, b"Healthy")


def test_an_unknown_path_is_404_as_json(endpoint: Endpoint) -> None:
    response = endpoint.send("GET", "/nothing")

    assert response.status == 404
    assert list(response.json) == ["message"]
