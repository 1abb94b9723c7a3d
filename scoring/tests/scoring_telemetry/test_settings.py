from __future__ import annotations

import pytest

from scoring_telemetry.settings import TelemetryError, TelemetrySettings

DEFAULTS = TelemetrySettings(
    exporter="none",
    file="",
    connection_string="",
    traces_endpoint="http://localhost:4318/v1/traces",
    metrics_endpoint="http://localhost:4318/v1/metrics",
    headers={},
    timeout_seconds=10,
    sampled_share=0.01,
    metrics_seconds=60,
    spans_seconds=5,
    max_waiting_spans=2048,
)


def test_without_variables_nothing_is_exported() -> None:
    assert TelemetrySettings.read({}) == DEFAULTS
    assert TelemetrySettings.read({"TELEMETRY": ""}) == DEFAULTS


def test_every_variable_is_read() -> None:
    assert TelemetrySettings.read(
        {
            "TELEMETRY": "otlp",
            "TELEMETRY_FILE": "f",
            "APPLICATIONINSIGHTS_CONNECTION_STRING": "c",
            "OTEL_EXPORTER_OTLP_ENDPOINT": "https://collector:1/base/",
            "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://other/m",
            "OTEL_EXPORTER_OTLP_HEADERS": "api-key=a%20b, x=y=z,",
            "OTEL_EXPORTER_OTLP_TIMEOUT": "2500",
            "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json",
            "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
            "OTEL_TRACES_SAMPLER_ARG": "0.5",
            "OTEL_METRIC_EXPORT_INTERVAL": "100",
            "OTEL_BSP_SCHEDULE_DELAY": "200",
            "OTEL_BSP_MAX_QUEUE_SIZE": "3",
        }
    ) == TelemetrySettings(
        exporter="otlp",
        file="f",
        connection_string="c",
        traces_endpoint="https://collector:1/base/v1/traces",
        metrics_endpoint="http://other/m",
        headers={"api-key": "a b", "x": "y=z"},
        timeout_seconds=2.5,
        sampled_share=0.5,
        metrics_seconds=0.1,
        spans_seconds=0.2,
        max_waiting_spans=3,
    )


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({"TELEMETRY": "x"}, "TELEMETRY='x' is none of none, otlp, file, azure_monitor"),
        ({"TELEMETRY": "file"}, "TELEMETRY_FILE is not set, which TELEMETRY=file needs"),
        (
            {"TELEMETRY": "azure_monitor"},
            "APPLICATIONINSIGHTS_CONNECTION_STRING is not set, which TELEMETRY=azure_monitor needs",
        ),
        (
            {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
            "OTEL_EXPORTER_OTLP_PROTOCOL='grpc' is not offered, only http/json",
        ),
        (
            {"OTEL_TRACES_SAMPLER": "always_on"},
            "OTEL_TRACES_SAMPLER='always_on' is not offered, only parentbased_traceidratio",
        ),
        (
            {"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4317"},
            "OTEL_EXPORTER_OTLP_ENDPOINT is not an http:// or https:// address",
        ),
        (
            {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http:///v1/traces"},
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is not an http:// or https:// address",
        ),
        (
            {"OTEL_EXPORTER_OTLP_HEADERS": "secret"},
            "OTEL_EXPORTER_OTLP_HEADERS is not a list of key=value with commas",
        ),
        (
            {"OTEL_EXPORTER_OTLP_TIMEOUT": "0"},
            "OTEL_EXPORTER_OTLP_TIMEOUT='0' is not a whole number of at least 1",
        ),
        (
            {"OTEL_TRACES_SAMPLER_ARG": "1.1"},
            "OTEL_TRACES_SAMPLER_ARG='1.1' is not a number from 0 to 1",
        ),
        (
            {"OTEL_TRACES_SAMPLER_ARG": "nan", "TELEMETRY": "x"},
            "TELEMETRY='x' is none of none, otlp, file, azure_monitor;"
            " OTEL_TRACES_SAMPLER_ARG='nan' is not a number from 0 to 1",
        ),
        (
            {"OTEL_TRACES_SAMPLER_ARG": "few"},
            "OTEL_TRACES_SAMPLER_ARG='few' is not a number from 0 to 1",
        ),
    ],
)
def test_everything_that_is_wrong_is_named(variables: dict[str, str], problem: str) -> None:
    with pytest.raises(TelemetryError) as error:
        TelemetrySettings.read(variables)

    assert str(error.value) == problem
