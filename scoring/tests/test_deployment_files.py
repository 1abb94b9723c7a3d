"""The YAML in flash-flood-predictor/ fits the files it points at."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from flashflood.request import GaugeRequest, validated
from flashflood.settings import Settings
from tests.helpers import COMPACT, MULTI_MODEL, SAMPLE_TABLE, SCORING, SPANS, THRESHOLDS

FOLDER = SCORING / "flash-flood-predictor"
DEPLOYMENTS = ("compact", "multi-model", "multi-model-spark")


def load(name: str) -> dict[str, Any]:
    document = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    assert isinstance(document, dict)
    return document


def test_traffic_goes_to_two_of_the_deployments_and_sums_to_100() -> None:
    endpoint = load("endpoint")

    assert endpoint["name"] == "flash-flood-predictor"
    assert endpoint["traffic"] == {"multi-model": 90, "compact": 10, "multi-model-spark": 0}
    assert sorted(file.stem for file in FOLDER.glob("*.yml")) == [
        "compact",
        "endpoint",
        "multi-model",
        "multi-model-spark",
    ]


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_deployment_points_at_what_is_there(name: str) -> None:
    deployment = load(name)
    code = FOLDER / deployment["code_configuration"]["code"]

    assert (deployment["name"], deployment["endpoint_name"]) == (name, "flash-flood-predictor")
    assert (code / deployment["code_configuration"]["scoring_script"]).is_file()
    assert code.resolve() == SCORING / "src"


def test_one_model_is_a_folder_and_the_other_a_file() -> None:
    folder = (FOLDER / load("multi-model")["model"]["path"]).resolve()
    file = (FOLDER / load("compact")["model"]["path"]).resolve()

    assert sorted(folder.iterdir()) == MULTI_MODEL
    assert file == COMPACT[0]


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_deployments_variables_are_settings(name: str) -> None:
    variables: dict[str, str] = load(name)["environment_variables"]

    assert all(isinstance(value, str) for value in variables.values())
    settings = Settings.read({**variables, "AZUREML_MODEL_DIR": "/m"}, SCORING / "src")
    assert Path(settings.feature_table_uri) == SAMPLE_TABLE
    server = {"WORKER_COUNT", "SCORING_TIMEOUT_MS"}
    documented = Settings.__doc__ or ""
    assert all(key in documented for key in variables.keys() - server)


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_the_server_gives_up_before_the_gateway_and_has_a_worker_for_each_request(
    name: str,
) -> None:
    deployment = load(name)
    variables, requests = deployment["environment_variables"], deployment["request_settings"]

    assert int(variables["SCORING_TIMEOUT_MS"]) < requests["request_timeout_ms"]
    assert int(variables["WORKER_COUNT"]) == requests["max_concurrent_requests_per_instance"]


def test_two_deployments_share_one_environment_and_all_share_one_image_by_digest() -> None:
    environment = load("compact")["environment"]

    assert environment == load("multi-model")["environment"]
    assert environment["conda_file"] == "../environment/conda.yml"
    assert len(environment["image"].partition("@sha256:")[2]) == 64
    assert load("multi-model-spark")["environment"] == {"build": {"path": "../environment-spark"}}
    dockerfile = (SCORING / "environment-spark" / "Dockerfile").read_text(encoding="utf-8")
    assert f"ARG BASE_IMAGE={environment['image']}\n" in dockerfile


def test_the_deployment_with_spark_differs_in_what_spark_needs_only() -> None:
    fast, slow = load("multi-model"), load("multi-model-spark")
    differing = {key for key in fast if fast[key] != slow[key]}

    assert differing == {
        "name",
        "description",
        "environment",
        "environment_variables",
        "instance_count",
        "instance_type",
        "liveness_probe",
        "readiness_probe",
        "request_settings",
    }
    assert slow["environment_variables"]["FEATURE_READER"] == "spark"
    assert "FEATURE_READER" not in fast["environment_variables"]


def test_the_sample_request_is_right() -> None:
    request = validated(
        json.loads((FOLDER / "sample-request.json").read_text(encoding="utf-8")),
        dict.fromkeys(THRESHOLDS, SPANS["leun"]),
        max_rows=100,
    )

    assert isinstance(request, GaugeRequest)
    assert sorted(request.gauges) == sorted(THRESHOLDS)


def test_the_code_folder_stands_alone() -> None:
    """Nothing in src/ imports from the rest of the repository: the snapshot has only src/."""
    for name in ("training", "tests"):
        assert importlib.util.find_spec(name) is not None
        for file in (SCORING / "src").rglob("*.py"):
            content = file.read_text(encoding="utf-8")
            assert f"from {name}" not in content
            assert f"import {name}" not in content
