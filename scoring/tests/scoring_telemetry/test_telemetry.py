from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from scoring_telemetry import telemetry
from scoring_telemetry.settings import TelemetryError
from scoring_telemetry.telemetry import Telemetry, start
from tests.scoring_telemetry.made_up import NEVER, SETTINGS, Measured, Recording, span


def test_the_last_export_has_everything() -> None:
    exporter = Recording()
    one = Telemetry(NEVER, exporter)
    measured = Measured(one)
    measured.histogram.record(1.5)
    measured.counter.merge(4)
    settled: list[int] = []
    one.before_export(lambda: settled.append(1))
    for number in range(600):
        one.finished(span(str(number)))
    one.flush(60)

    assert [len(names) for names in exporter.names] == [512, 88]
    assert sum(exporter.names, []) == [str(number) for number in range(600)]
    assert exporter.values() == [{"h": [0, 1, 0], "c": 4, "u": 3, "g": 1.5}]
    assert settled == [1]
    one.flush(60)  # again nothing
    assert len(exporter.data) == 1


def test_nothing_is_exported_where_nothing_was_measured() -> None:
    exporter = Recording()
    one = Telemetry(NEVER, exporter)
    one.flush(60)

    assert (exporter.names, exporter.data) == ([], [])


@pytest.mark.parametrize(
    ("delta", "counts", "histograms"),
    [(False, [1, 3], [[1, 0, 0], [1, 1, 0]]), (True, [1, 2], [[1, 0, 0], [0, 1, 0]])],
)
def test_values_add_up_from_the_start_or_from_the_last_export(
    delta: bool, counts: list[int], histograms: list[list[int]]
) -> None:
    exporter = Recording(delta)
    one = Telemetry(NEVER, exporter)
    measured = Measured(one)
    measured.counter.merge(1)
    measured.histogram.record(0.5)
    one._export_metrics()
    measured.counter.merge(2)
    measured.histogram.record(1.5)
    one.flush(60)

    found = exporter.values()
    assert [said["c"] for said in found] == counts
    assert [said["h"] for said in found] == histograms
    first, second = (
        data.resource_metrics[0].scope_metrics[0].metrics[1].data.data_points[0]
        for data in exporter.data
    )
    began = first.time_unix_nano if delta else first.start_time_unix_nano
    assert second.start_time_unix_nano == began


@pytest.mark.parametrize(("delta", "names"), [(False, ["c", "u", "g"]), (True, ["u", "g"])])
def test_a_delta_of_nothing_is_left_out(delta: bool, names: list[str]) -> None:
    exporter = Recording(delta)
    one = Telemetry(NEVER, exporter)
    Measured(one)
    one.flush(60)

    (data,) = exporter.data
    metrics = data.resource_metrics[0].scope_metrics[0].metrics
    assert [metric.name for metric in metrics] == names


@pytest.mark.parametrize("delta", [False, True])
def test_what_a_failed_export_had_is_in_the_next_one(delta: bool) -> None:
    exporter = Recording(delta)
    exporter.error = OSError("away")
    one = Telemetry(NEVER, exporter)
    measured = Measured(one)
    measured.counter.merge(1)
    measured.histogram.record(0.5)
    one.finished(span("first"))
    for export in (one._export_spans, one._export_metrics):
        with pytest.raises(OSError, match="away"):
            export()
    exporter.error = None
    measured.counter.merge(1)
    one.finished(span("second"))
    one.flush(60)

    assert exporter.names == [["first", "second"]]
    assert exporter.values() == [{"h": [1, 0, 0], "c": 2, "u": 3, "g": 1.5}]


def test_spans_that_wait_are_bounded_and_the_log_says_what_is_lost(
    caplog: pytest.LogCaptureFixture,
) -> None:
    exporter = Recording()
    exporter.error = OSError("away")
    now = [0.0]
    settings = NEVER._replace(max_waiting_spans=2)
    one = Telemetry(settings, exporter, clock=lambda: now[0])
    for _ in range(5):
        one.finished(span())
    with caplog.at_level(logging.WARNING, "azmlinfsrv.telemetry"):
        for at in (0.0, 59.9, 60.0, 119.0):
            now[0] = at
            one._try(one._export_spans)
    exporter.error = None
    one.flush(60)

    line = "Telemetry is not exported to otlp: away (2 spans wait, 3 were dropped)"
    assert [record.getMessage() for record in caplog.records] == [line, line]
    assert [len(names) for names in exporter.names] == [2]


def test_the_log_names_an_error_without_a_text(caplog: pytest.LogCaptureFixture) -> None:
    exporter = Recording()
    exporter.error = TimeoutError()
    one = Telemetry(NEVER, exporter)
    one.finished(span())
    with caplog.at_level(logging.WARNING, "azmlinfsrv.telemetry"):
        one.flush(60)

    assert "not exported to otlp: TimeoutError (1 spans wait" in caplog.text


def test_exports_come_by_themselves() -> None:
    exporter = Recording()
    settings = SETTINGS._replace(spans_seconds=0.001, metrics_seconds=0.001)
    one = Telemetry(settings, exporter)
    Measured(one)
    one.finished(span())
    for _ in range(3):
        exporter.tried.acquire()
    one.flush(60)

    assert exporter.names == [["s"]]
    assert len(exporter.data) > 1


def test_an_exporter_that_hangs_holds_nobody_up() -> None:
    class Hanging(Recording):
        def spans(self, spans: object) -> None:
            self.tried.release()
            released.wait()

    released = threading.Event()
    exporter = Hanging()
    one = Telemetry(SETTINGS._replace(spans_seconds=0.001), exporter)
    one.finished(span())
    exporter.tried.acquire()
    one.finished(span())
    one.flush(0)

    assert one._thread.is_alive()
    released.set()
    one._thread.join()


def test_a_forked_process_exports_by_itself(tmp_path: Path) -> None:
    environment = {"TELEMETRY": "file", "TELEMETRY_FILE": str(tmp_path / "t")}
    one = Telemetry(NEVER, telemetry_exporter(environment))
    Measured(one)
    child = os.fork()
    if child == 0:
        one.flush(60)
        os._exit(0)
    os.waitpid(child, 0)
    assert len((tmp_path / "t").read_text().splitlines()) == 1
    one.flush(60)
    assert len((tmp_path / "t").read_text().splitlines()) == 2


def telemetry_exporter(environment: dict[str, str]):  # type: ignore[no-untyped-def]
    from scoring_telemetry.exporters import exporter_for
    from scoring_telemetry.settings import TelemetrySettings

    return exporter_for(TelemetrySettings.read(environment), environment)


@pytest.fixture
def unstarted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(telemetry, "_started", [])
    yield
    for one in telemetry._started:
        one.flush(60)


@pytest.mark.usefixtures("unstarted")
def test_a_process_starts_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELEASE_ID", "r1")
    assert start({}) is None
    environment = {"TELEMETRY": "file", "TELEMETRY_FILE": str(tmp_path / "t")}
    one = start(environment)

    assert one is not None
    assert start(environment) is one
    about = one._resource.attributes
    assert (about["service.version"], about["process.pid"]) == ("r1", os.getpid())
    with pytest.raises(TelemetryError, match="cannot be written: No such file or directory"):
        monkeypatch.setattr(telemetry, "_started", [])
        start({**environment, "TELEMETRY_FILE": str(tmp_path / "no" / "t")})
