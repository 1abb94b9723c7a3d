from __future__ import annotations

import json
import logging
from typing import Any

import flask
import pytest

from flashflood.errors import (
    FeatureStorageError,
    FeatureTableError,
    ModelFileError,
    SettingsError,
)
from flashflood.predictor import Predictor
from flashflood_azureml import guard
from flashflood_azureml.service import ABSENT, Service
from scoring_telemetry import identity
from tests.helpers import MODELS, gauge_request

VARIABLES = (
    "AZUREML_MODEL_DIR",
    "FEATURE_TABLE_URI",
    "FEATURE_TABLE_VERSION",
    "FEATURE_TABLE_REFRESH_SECONDS",
    "FEATURE_READER",
    "MAX_ROWS_PER_REQUEST",
    "MAX_BODY_BYTES",
)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A clean environment with the models; gives the limits that the guard was installed with."""
    limits: list[int] = []
    monkeypatch.setattr(guard, "install", lambda limit, unready: limits.append(limit))
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AZUREML_MODEL_DIR", str(MODELS))
    return limits


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("pattern", ["multi-model/*.onnx", "compact/compact.onnx"])
def test_a_started_service_answers(pattern: str) -> None:
    answer = Service.start("name", pattern).respond(**gauge_request(), features=ABSENT)

    assert isinstance(answer, dict)
    assert [row["gauge"] for row in answer["predictions"]] == ["marburg", "leun"]
    assert answer["model"]["name"] == "name"


def test_start_installs_the_guard_and_logs_what_it_serves(
    installed: list[int], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MAX_BODY_BYTES", "77")
    caplog.set_level(logging.INFO)
    Service.start("name", "multi-model/*.onnx")

    assert installed == [77]
    assert caplog.messages[-1].startswith("name ")
    assert " with version 0 of " in caplog.messages[-1]
    assert caplog.messages[-1].endswith("/src/sample-features, read through delta-rs")


def test_start_fails_without_settings_model_or_table(
    installed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ModelFileError, match="^no model file was found for name$"):
        Service.start("name", "nothing/*.onnx")
    monkeypatch.setenv("FEATURE_TABLE_URI", "nowhere")
    with pytest.raises(FeatureTableError, match="^there is no feature table at FEATURE_TABLE_URI$"):
        Service.start("name", "multi-model/*.onnx")
    monkeypatch.delenv("AZUREML_MODEL_DIR")
    with pytest.raises(SettingsError, match="^AZUREML_MODEL_DIR is not set$"):
        Service.start("name", "multi-model/*.onnx")
    assert installed == []


def test_a_remote_table_is_opened_with_a_token_of_the_identity_and_tried_again_without_one(
    installed: list[int], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Refusing:
        def get_token(self, scope: str) -> Any:
            raise RuntimeError(f"no token for {scope}")

    monkeypatch.setattr(identity, "credential", lambda environment: Refusing())
    monkeypatch.setenv("FEATURE_TABLE_URI", "abfss://lake@account.dfs.core.windows.net/features")
    caplog.set_level(logging.INFO)
    response = Service.start("name", "multi-model/*.onnx").respond(**gauge_request())

    assert "no token for https://storage.azure.com/.default" in caplog.text
    assert " with version (not read yet) of abfss://lake@" in caplog.text
    assert isinstance(response, flask.Response)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert json.loads(response.data) == {
        "message": "Scoring failed: there is no token for the feature table's storage.",
        "request_id": "",
    }
    assert len(installed) == 1


@pytest.mark.usefixtures("installed")
def test_a_wrong_request_is_answered_400_with_its_problems_and_the_dropped_arguments() -> None:
    service = Service.start("name", "multi-model/*.onnx")
    with flask.Flask("test").test_request_context("/score"):
        flask.g.dropped_arguments = {"x": 1}
        response = service.respond(gauges=ABSENT, date=None, features=ABSENT)

    assert isinstance(response, flask.Response)
    assert (response.status_code, response.content_type) == (400, "application/json")
    fields = [problem["field"] for problem in json.loads(response.data)["problems"]]
    assert sorted(fields) == ["date", "gauges", "x"]


class Failing(Predictor):
    """A predictor that fails in a given way."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def answer(self, document: Any) -> dict[str, Any]:
        raise self._error


@pytest.mark.parametrize(
    ("error", "status", "message", "retry_after"),
    [
        (RuntimeError("secret"), 500, "Scoring failed.", None),
        (FeatureTableError("no table"), 500, "Scoring failed: no table.", None),
        (FeatureStorageError("too slow"), 503, "Scoring failed: too slow.", "5"),
    ],
)
def test_a_failure_is_logged_with_its_cause_and_answered_with_what_callers_may_know(
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    status: int,
    message: str,
    retry_after: str | None,
) -> None:
    error.__cause__ = OSError("secret host unreachable")
    service = Service(Failing(error))
    with flask.Flask("test").test_request_context("/score"):
        flask.g.request_id = "r-1"
        response = service.respond(gauges=["leun"])

    assert isinstance(response, flask.Response)
    assert response.status_code == status
    assert json.loads(response.data) == {"message": message, "request_id": "r-1"}
    assert response.headers["x-ms-run-function-failed"] == "True"
    assert response.headers.get("Retry-After") == retry_after
    assert caplog.messages == ["request r-1 failed"]
    assert "secret host unreachable" in caplog.text


def test_a_failure_outside_of_a_request_is_answered_alike() -> None:
    response = Service(Failing(ValueError("x"))).respond()

    assert isinstance(response, flask.Response)
    assert json.loads(response.data) == {"message": "Scoring failed.", "request_id": ""}


def test_the_servers_time_out_is_left_to_the_server() -> None:
    with pytest.raises(TimeoutError):
        Service(Failing(TimeoutError())).respond()


def test_absent_can_be_written_as_json_for_the_servers_log() -> None:
    assert json.dumps(ABSENT) == '"(absent)"'


@pytest.mark.usefixtures("installed")
def test_a_caller_cannot_send_absent() -> None:
    response = Service.start("name", "multi-model/*.onnx").respond(gauges=str(ABSENT), date=ABSENT)

    assert isinstance(response, flask.Response)
    assert [p["field"] for p in json.loads(response.data)["problems"]] == ["date", "gauges"]
