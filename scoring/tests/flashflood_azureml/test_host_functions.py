"""What the image's host asks of a script; the contract tests prove it in the real host."""

from __future__ import annotations

from typing import Any

import pytest

from flashflood_azureml import guard, host_functions

LIMIT = 100


class Request:
    def __init__(
        self, method: str = "POST", body: bytes | None = b"{}", is_json: bool = True
    ) -> None:
        self.method, self.body, self.is_json = method, body, is_json
        self.query, self.request_id, self.document = b"", "id-1", None


@pytest.fixture(autouse=True)
def served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_functions, "_current", host_functions._current)
    monkeypatch.setattr(host_functions, "_service", host_functions._service)
    guard.install(LIMIT, lambda: "the table is too old")


def refused(request: Request) -> tuple[int, Any]:
    response = host_functions.before_request(request)
    assert response is not None
    return response.status_code, response.json


def test_the_host_is_told_the_limit_and_why_the_script_is_not_ready() -> None:
    assert host_functions.max_body_bytes() == LIMIT
    assert host_functions.unready() == "the table is too old"


def test_a_good_request_passes_with_its_document_and_its_id() -> None:
    request = Request(body=b'{"gauges": ["leun"], "x": 1}')

    assert host_functions.before_request(request) is None
    assert request.document == {"gauges": ["leun"], "x": 1}
    assert guard.dropped_arguments() == {"x": 1}
    assert guard.request_id() == "id-1"


@pytest.mark.parametrize(
    "request_",
    [Request("OPTIONS"), Request(is_json=False), Request(body=None)],
    ids=["options", "other-type", "too-long"],
)
def test_what_the_host_answers_itself_passes(request_: Request) -> None:
    assert host_functions.before_request(request_) is None
    assert guard.dropped_arguments() == {}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_other_methods_than_post_are_refused(method: str) -> None:
    response = host_functions.before_request(Request(method))

    assert response is not None
    assert (response.status_code, response.headers["Allow"]) == (405, "POST, OPTIONS")


def test_a_body_that_is_not_a_json_object_is_refused() -> None:
    status, body = refused(Request(body=b"\xff"))

    assert status == 400
    assert [problem["problem"] for problem in body["problems"]] == ["is not UTF-8 at byte 0"]


def test_a_query_that_is_not_ascii_is_refused() -> None:
    request = Request()
    request.query = b"\xff"

    assert refused(request) == (
        400,
        {"message": "The query string holds bytes that are not ASCII."},
    )
