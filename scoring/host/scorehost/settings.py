"""What the environment decides, read once at start-up.

Names and defaults are those of azureml-inference-server-http 1.5.1 (server/config.py, constants.py)
wherever that server has the setting.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from scorehost import __version__

DEFAULT_APP_ROOT: Final = "/var/azureml-app"
_NOT_OFFERED: Final = (
    "AML_APP_INSIGHTS_ENABLED",
    "AML_MODEL_DC_STORAGE_ENABLED",
    "AZUREML_DEBUG_PORT",
)


class SettingsError(Exception):
    """Settings are wrong; the message lists all of them."""


class Settings(NamedTuple):
    """The settings of one server, by the environment variable that sets each.

    AML_APP_ROOT               folder of the code; default /var/azureml-app
    AZUREML_SOURCE_DIRECTORY   folder below it that scripts import from; default: none
    AZUREML_ENTRY_SCRIPT       the scoring script, below AML_APP_ROOT; default: the module `main`
    AZUREML_MODEL_DIR          listed in the log when init() fails
    SERVICE_NAME               title of the Swagger documents; default ML service
    SERVICE_VERSION            version in them; default 1.0
    SERVICE_PATH_PREFIX        put before their paths
    SCORING_TIMEOUT_MS         how long run() may take; default 3600000
    AML_CORS_ORIGINS           origins whose pages may call, with commas; default: none
    WORKER_COUNT               processes that run the script; default 1
    WORKER_TIMEOUT             seconds for init() and for run(); 0: no limit; default 300
    WORKER_PRELOAD             true: the script is loaded once, and workers are forked
                               from it (preload.py); default false
    WORKER_BATCH_SIZE          requests that run_batch() gets at a time, at most; default 1: run()
    WORKER_BATCH_WAIT_MS       how long the first one of a batch waits for others; default 0: a
                               free worker takes what there is
    HTTP_X_MS_SERVER_VERSION   the answers' header x-ms-server-version, unless
                               SERVER_VERSION_LOG_RESPONSE_ENABLED is false
    DRAIN_SECONDS              how long requests in work have after SIGTERM; default 20
    CALLER_SILENCE_SECONDS     how long a caller may send nothing; default 60
    MAX_WAITING_REQUESTS       requests that wait for a worker; the next one gets 429; default 200
    """

    app_root: str
    source_dir: str
    entry_script: str
    model_dir: str
    service_name: str
    service_version: str
    service_path_prefix: str
    scoring_timeout_ms: int
    cors_origins: tuple[str, ...]
    worker_count: int
    worker_timeout_seconds: int
    preload: bool
    batch_size: int
    batch_wait_ms: int
    server_version: str
    drain_seconds: int
    caller_silence_seconds: int
    max_waiting_requests: int

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """Raises SettingsError that names every variable that is wrong."""
        problems: list[str] = []
        values = {**_config_file(environment, problems), **environment}

        def whole_number(name: str, default: int, minimum: int) -> int:
            text = values.get(name) or str(default)
            if not (text.isascii() and text.isdigit()) or int(text) < minimum:
                problems.append(f"{name}={text!r} is not a whole number of at least {minimum}")
                return minimum
            return int(text)

        for name in _NOT_OFFERED:
            if values.get(name, "false").lower() not in ("", "false"):
                problems.append(f"{name} is not offered by this server: use azmlinfsrv for it")
        preload = values.get("WORKER_PRELOAD", "").lower()
        if preload not in ("", "false", "true"):
            problems.append(f"WORKER_PRELOAD={values['WORKER_PRELOAD']!r} is not true or false")
        if preload == "true" and sys.platform != "linux":
            problems.append("WORKER_PRELOAD is offered on Linux only")
        version = ""
        if values.get("SERVER_VERSION_LOG_RESPONSE_ENABLED", "true").lower() == "true":
            version = values.get("HTTP_X_MS_SERVER_VERSION", f"scorehost/{__version__}")
        origins = (origin.strip() for origin in values.get("AML_CORS_ORIGINS", "").split(","))
        settings = cls(
            app_root=values.get("AML_APP_ROOT", DEFAULT_APP_ROOT),
            source_dir=values.get("AZUREML_SOURCE_DIRECTORY", ""),
            entry_script=values.get("AZUREML_ENTRY_SCRIPT", ""),
            model_dir=values.get("AZUREML_MODEL_DIR", ""),
            service_name=values.get("SERVICE_NAME", "ML service"),
            service_version=values.get("SERVICE_VERSION", "1.0"),
            service_path_prefix=values.get("SERVICE_PATH_PREFIX", ""),
            scoring_timeout_ms=whole_number("SCORING_TIMEOUT_MS", 3_600_000, 1),
            cors_origins=tuple(origin for origin in origins if origin),
            worker_count=whole_number("WORKER_COUNT", 1, 1),
            worker_timeout_seconds=whole_number("WORKER_TIMEOUT", 300, 0),
            preload=preload == "true",
            batch_size=whole_number("WORKER_BATCH_SIZE", 1, 1),
            batch_wait_ms=whole_number("WORKER_BATCH_WAIT_MS", 0, 0),
            server_version=version,
            drain_seconds=whole_number("DRAIN_SECONDS", 20, 0),
            caller_silence_seconds=whole_number("CALLER_SILENCE_SECONDS", 60, 1),
            max_waiting_requests=whole_number("MAX_WAITING_REQUESTS", 200, 0),
        )
        if settings.batch_wait_ms > 0 and settings.batch_size == 1:
            problems.append("WORKER_BATCH_WAIT_MS needs a WORKER_BATCH_SIZE of at least 2")
        if problems:
            raise SettingsError("; ".join(problems))
        return settings


def _config_file(environment: Mapping[str, str], problems: list[str]) -> dict[str, str]:
    """Settings of the JSON file that azmlinfsrv reads too; the environment goes before them."""
    places = [environment.get("AZUREML_CONFIG_FILE", "")]
    places.append(os.path.join(environment.get("AML_APP_ROOT", DEFAULT_APP_ROOT), "config.json"))
    if script := environment.get("AZUREML_ENTRY_SCRIPT"):
        places.append(os.path.join(os.path.dirname(os.path.abspath(script)), "config.json"))
    for place in filter(None, places):
        file = Path(place)
        if not file.is_file() or file.stat().st_size == 0:
            continue
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            problems.append(f"{file} is not a JSON file of settings: {error}")
            return {}
        if not isinstance(found, dict):
            problems.append(f"{file} is not a JSON object of settings")
            return {}
        return {str(key): str(value) for key, value in found.items() if value is not None}
    return {}
