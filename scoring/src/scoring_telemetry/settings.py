"""What the environment decides about telemetry.

Names that begin with OTEL_ are OpenTelemetry's own, with its meaning:
opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables and, of the exporter,
opentelemetry.io/docs/specs/otel/protocol/exporter.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

EXPORTERS: Final = ("none", "otlp", "file", "azure_monitor")
_SAMPLER: Final = "parentbased_traceidratio"
_PROTOCOL: Final = "http/json"


class TelemetryError(Exception):
    """Telemetry cannot be started; the message lists everything that is wrong."""


class TelemetrySettings(NamedTuple):
    """The settings of one process, by the environment variable that sets each.

    TELEMETRY                          none, otlp, file or azure_monitor; default none
    TELEMETRY_FILE                     with file: where to append, a line of OTLP JSON at a time
    APPLICATIONINSIGHTS_CONNECTION_STRING  with azure_monitor: the component; sent to with the
                                       token of the process's identity
    OTEL_EXPORTER_OTLP_ENDPOINT        with otlp: the collector; default http://localhost:4318
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT
                                       complete addresses, instead of that one and its paths
    OTEL_EXPORTER_OTLP_HEADERS         key=value, with commas; sent along
    OTEL_EXPORTER_OTLP_TIMEOUT         milliseconds for one attempt; default 10000
    OTEL_EXPORTER_OTLP_PROTOCOL        http/json, the only one here
    OTEL_TRACES_SAMPLER                parentbased_traceidratio, the only one here
    OTEL_TRACES_SAMPLER_ARG            share of the requests without a traceparent that are traced;
                                       default 0.01
    OTEL_METRIC_EXPORT_INTERVAL        milliseconds; default 60000
    OTEL_BSP_SCHEDULE_DELAY            milliseconds between exports of spans; default 5000
    OTEL_BSP_MAX_QUEUE_SIZE            spans that wait at most; further ones are dropped;
                                       default 2048

    OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES are read by OpenTelemetry's SDK.
    """

    exporter: str
    file: str
    connection_string: str
    traces_endpoint: str
    metrics_endpoint: str
    headers: dict[str, str]
    timeout_seconds: float
    sampled_share: float
    metrics_seconds: float
    spans_seconds: float
    max_waiting_spans: int

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> TelemetrySettings:
        """Raises TelemetryError that names every variable that is wrong."""
        problems: list[str] = []

        def only(name: str, value: str) -> None:
            if environment.get(name, value) not in ("", value):
                problems.append(f"{name}={environment[name]!r} is not offered, only {value}")

        def whole_number(name: str, default: int) -> int:
            text = environment.get(name) or str(default)
            if not (text.isascii() and text.isdigit()) or int(text) < 1:
                problems.append(f"{name}={text!r} is not a whole number of at least 1")
                return default
            return int(text)

        exporter = environment.get("TELEMETRY") or "none"
        if exporter not in EXPORTERS:
            problems.append(f"TELEMETRY={exporter!r} is none of {', '.join(EXPORTERS)}")
        file = environment.get("TELEMETRY_FILE", "")
        if exporter == "file" and not file:
            problems.append("TELEMETRY_FILE is not set, which TELEMETRY=file needs")
        connection_string = environment.get("APPLICATIONINSIGHTS_CONNECTION_STRING", "")
        if exporter == "azure_monitor" and not connection_string:
            problems.append(
                "APPLICATIONINSIGHTS_CONNECTION_STRING is not set, which TELEMETRY=azure_monitor"
                " needs"
            )
        only("OTEL_EXPORTER_OTLP_PROTOCOL", _PROTOCOL)
        only("OTEL_TRACES_SAMPLER", _SAMPLER)
        settings = cls(
            exporter=exporter,
            file=file,
            connection_string=connection_string,
            traces_endpoint=_endpoint(environment, "traces", problems),
            metrics_endpoint=_endpoint(environment, "metrics", problems),
            headers=_headers(environment.get("OTEL_EXPORTER_OTLP_HEADERS", ""), problems),
            timeout_seconds=whole_number("OTEL_EXPORTER_OTLP_TIMEOUT", 10_000) / 1000,
            sampled_share=_share(environment.get("OTEL_TRACES_SAMPLER_ARG") or "0.01", problems),
            metrics_seconds=whole_number("OTEL_METRIC_EXPORT_INTERVAL", 60_000) / 1000,
            spans_seconds=whole_number("OTEL_BSP_SCHEDULE_DELAY", 5_000) / 1000,
            max_waiting_spans=whole_number("OTEL_BSP_MAX_QUEUE_SIZE", 2048),
        )
        if problems:
            raise TelemetryError("; ".join(dict.fromkeys(problems)))
        return settings


def _endpoint(environment: Mapping[str, str], signal: str, problems: list[str]) -> str:
    # "Endpoint URLs for OTLP/HTTP": a path is added to the common address only.
    own, common = f"OTEL_EXPORTER_OTLP_{signal.upper()}_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"
    name, address = own, environment.get(own, "")
    if not address:
        name = common
        address = environment.get(common) or "http://localhost:4318"
    if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).netloc:
        problems.append(f"{name} is not an http:// or https:// address")
    return address if name == own else f"{address.rstrip('/')}/v1/{signal}"


def _headers(text: str, problems: list[str]) -> dict[str, str]:
    headers = {}
    for pair in filter(None, (one.strip() for one in text.split(","))):
        key, found, value = pair.partition("=")
        if not found or not key.strip():
            # A value may be a key of the collector: it is not repeated.
            problems.append("OTEL_EXPORTER_OTLP_HEADERS is not a list of key=value with commas")
        headers[key.strip()] = unquote(value.strip())
    return headers


def _share(text: str, problems: list[str]) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1
    if not 0 <= share <= 1:
        problems.append(f"OTEL_TRACES_SAMPLER_ARG={text!r} is not a number from 0 to 1")
    return share
