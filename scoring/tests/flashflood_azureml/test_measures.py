from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flashflood.model import Model
from flashflood_azureml import guard, measures
from flashflood_azureml.measures import BOUNDS, Measures
from flashflood_azureml.service import ABSENT, Service
from scoring_telemetry import telemetry
from scoring_telemetry.exporters import exporter_for
from scoring_telemetry.settings import TelemetrySettings
from scoring_telemetry.telemetry import Telemetry
from tests.contract.server import SERVERS, running
from tests.helpers import COMPACT, MODELS, feature_row, gauge_request
from tests.scorehost.exported import Exported, Point


class Held:
    """Of a table that was read."""

    version = 3
    last_day = dt.date(2020, 1, 2)


class Table:
    """A feature table as far as it is asked."""

    was_read = True
    held = Held()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "telemetry.jsonl"


@pytest.fixture
def started(file: Path) -> Iterator[Telemetry]:
    environment = {"TELEMETRY": "file", "TELEMETRY_FILE": str(file)}
    settings = TelemetrySettings.read(environment)
    one = Telemetry(settings._replace(metrics_seconds=3600), exporter_for(settings, environment))
    yield one
    one.flush(60)


def measured(started: Telemetry, table: Any) -> tuple[Measures, dict[str, str | int]]:
    model = Model.load("compact", COMPACT)
    about: dict[str, str | int] = {
        "mlscore.model.name": "compact",
        "mlscore.model.version": model.version,
    }
    noon = dt.datetime(2020, 1, 3, 12, tzinfo=dt.timezone.utc).timestamp()
    return Measures(started, model, table, clock=lambda: noon), about


def test_rows_probabilities_and_age(started: Telemetry, file: Path) -> None:
    one, about = measured(started, Table())
    one.predicted(np.array([[0.0, 0.5, 1.0], [0.01, 0.55, 0.995]]), True)
    one.predicted(np.array([[0.05, 0.5, 0.3]]), False)
    started.flush(60)

    metrics = Exported(file).metrics()
    rows = [
        Point({**about, "mlscore.features": "looked_up"}, 2),
        Point({**about, "mlscore.features": "sent"}, 1),
    ]
    infinity = float("inf")
    probabilities = [
        Point({**about, "mlscore.horizon_days": days}, counts)
        for days, counts in (
            (1, {0.01: 2, 0.05: 1}),
            (2, {0.5: 2, 0.6: 1}),
            (3, {infinity: 2, 0.3: 1}),
        )
    ]
    assert metrics == {
        "mlscore.model.rows": ("{row}", "sum", rows),
        "mlscore.model.probability": ("1", "histogram", probabilities),
        "mlscore.feature_table.age": (
            *("s", "gauge"),
            [Point({"mlscore.feature_table.version": 3}, 36 * 3600)],
        ),
    }


def test_many_rows_are_added_up_at_once(
    started: Telemetry, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measures, "_ROWS_AT_A_TIME", 10)
    one, _ = measured(started, Table())
    values = np.random.default_rng(1).random((95, 3))
    for few in np.split(values, [1, 5, 11, 12, 60]):
        one.predicted(few, False)
    assert one._pending_rows < 10
    started.flush(60)

    metrics = Exported(file).metrics()
    assert [point.value for point in metrics["mlscore.model.rows"][2]] == [95]
    bounds = [*BOUNDS, float("inf")]
    for point, column in zip(metrics["mlscore.model.probability"][2], values.T, strict=True):
        lower = -1.0
        for bound in bounds:
            counted = int(((column > lower) & (column <= bound)).sum())
            assert point.value.get(bound, 0) == counted
            lower = bound
    line = json.loads(file.read_text(encoding="utf-8").splitlines()[-1])
    histogram = line["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][1]["histogram"]
    for point, column in zip(histogram["dataPoints"], values.T, strict=True):
        assert (point["min"], point["max"]) == (column.min(), column.max())
        assert point["sum"] == pytest.approx(column.sum())


def test_a_table_that_was_not_read_has_no_age(started: Telemetry, file: Path) -> None:
    class Unread(Table):
        was_read = False

    one, _ = measured(started, Unread())
    one.predicted(np.array([[0.0, 0.5, 1.0]]), False)
    started.flush(60)

    assert "mlscore.feature_table.age" not in Exported(file).metrics()


@pytest.mark.parametrize("server", SERVERS)
def test_both_servers_export_what_the_model_has_answered(
    tmp_path: Path, file: Path, server: str
) -> None:
    variables = {"TELEMETRY": "file", "TELEMETRY_FILE": str(file)}
    with running("compact", tmp_path, server, 2, variables=variables) as endpoint:
        for _ in range(3):
            assert endpoint.score(gauge_request()).status == 200
        answer = endpoint.score({"features": [feature_row()] * 7})
        assert endpoint.score({"features": []}).status == 400

    metrics = Exported(file).metrics()
    unit, _, rows = metrics["mlscore.model.rows"]
    counted = {"looked_up": 0, "sent": 0}
    for point in rows:
        assert point.attributes["mlscore.model.version"] == answer.json["model"]["version"]
        counted[str(point.attributes["mlscore.features"])] += point.value
    assert (unit, counted) == ("{row}", {"looked_up": 6, "sent": 7})
    _, _, points = metrics["mlscore.model.probability"]
    by_days = {1: 0, 2: 0, 3: 0}
    for point in points:
        by_days[int(point.attributes["mlscore.horizon_days"])] += sum(point.value.values())
    assert by_days == {1: 13, 2: 13, 3: 13}
    # Of each worker, and of no other process.
    ages = metrics["mlscore.feature_table.age"][2]
    assert [point.attributes for point in ages] == [{"mlscore.feature_table.version": 0}] * 2
    assert ("http.server.request.duration" in metrics) == (server == "scorehost")


def test_a_service_measures_what_it_answers(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables = {"TELEMETRY": "file", "TELEMETRY_FILE": str(file), "AZUREML_MODEL_DIR": str(MODELS)}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(guard, "install", lambda limit, unready: None)
    monkeypatch.setattr(telemetry, "_started", [])
    service = Service.start("compact", "compact/compact.onnx")
    (started,) = telemetry._started
    answer = service.respond(**gauge_request(), features=ABSENT)
    started.flush(60)

    assert isinstance(answer, dict)
    values = [
        [row["probabilities"][at]["probability"] for row in answer["predictions"]]
        for at in range(3)
    ]
    line = json.loads(file.read_text(encoding="utf-8"))
    rows, probability, _ = line["resourceMetrics"][0]["scopeMetrics"][0]["metrics"]
    assert [point["asInt"] for point in rows["sum"]["dataPoints"]] == ["2", "0"]
    points = probability["histogram"]["dataPoints"]
    assert [(point["min"], point["max"]) for point in points] == [
        (min(found), max(found)) for found in values
    ]
