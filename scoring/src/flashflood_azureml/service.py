"""The part of a scoring script that is the same for every deployment."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any, Final

from azureml_inference_server_http.api.aml_response import AMLResponse

from flashflood.errors import FeatureStorageError, FeatureTableError, RequestRefused
from flashflood.feature_table import RETRY_SECONDS, FeatureTable
from flashflood.model import Model
from flashflood.predictor import Predictor
from flashflood.settings import Settings
from flashflood_azureml import guard
from flashflood_azureml.measures import Measures
from flashflood_azureml.readers import reader_for
from scoring_telemetry.telemetry import start as start_telemetry

logger = logging.getLogger(__name__)


class _Absent(str):
    """A string, so that the server can write it into a log of inputs; told apart by identity."""


ABSENT: Final = _Absent("(absent)")
"""The default of run()'s arguments: nothing was sent, not even null."""


class Service:
    """A predictor as the server's init() and run() use it."""

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor

    @classmethod
    def start(cls, model_name: str, model_files: str) -> Service:
        """Reads the environment, loads model and table, and installs the guard.

        `model_files` is a glob pattern inside AZUREML_MODEL_DIR. Any failure is a ScoringError or
        a TelemetryError, which ends the process before it can report itself healthy.
        """
        code_root = Path(__file__).resolve().parent.parent
        settings = Settings.read(os.environ, code_root)
        table = FeatureTable(
            reader_for(settings, os.environ),
            version=settings.feature_table_version,
            refresh_seconds=settings.feature_table_refresh_seconds,
            timeout_seconds=settings.feature_storage_timeout_ms / 1000,
            outage_seconds=settings.feature_table_outage_seconds,
        )
        model = Model.load(model_name, sorted(settings.model_dir.glob(model_files)))
        telemetry = start_telemetry(os.environ)
        predictor = Predictor(
            model,
            table,
            max_rows=settings.max_rows,
            freshness=settings.freshness,
            observe=None if telemetry is None else Measures(telemetry, model, table).predicted,
        )
        guard.install(settings.max_body_bytes, predictor.unready)
        logger.info(
            "%s %s with version %s of %s, read through %s",
            model.name,
            model.version,
            table.held.version if table.was_read else "(not read yet)",
            settings.feature_table_uri,
            settings.feature_reader,
        )
        return cls(predictor)

    def respond(self, **arguments: Any) -> dict[str, Any] | AMLResponse:
        """The answer to one request, or a response that says why there is none.

        A refused request is answered with its problems, a feature table that is no good or cannot
        be reached with which of them it is. Any other failure is logged with its cause and answered
        with the request's id only.
        """
        sent = {name: value for name, value in arguments.items() if value is not ABSENT}
        try:
            return self._predictor.answer({**sent, **guard.dropped_arguments()})
        except RequestRefused as refused:
            logger.info("refused: %s", refused)
            return AMLResponse(refused.body(), refused.status, json_str=True)
        except FeatureStorageError as error:
            return _failed(f"Scoring failed: {error}.", error.status, {"Retry-After": _RETRY_AFTER})
        except FeatureTableError as error:
            return _failed(f"Scoring failed: {error}.", error.status)
        except TimeoutError:
            raise  # SCORING_TIMEOUT_MS is over: the server raised this, and answers it
        except Exception:
            return _failed("Scoring failed.", 500)


_RETRY_AFTER: Final = str(RETRY_SECONDS)


def _failed(message: str, status: int, headers: dict[str, str] | None = None) -> AMLResponse:
    """The answer to a request that failed here; the current exception goes into the log."""
    request_id = guard.request_id()
    logger.exception("request %s failed", request_id)
    body = {"message": message, "request_id": request_id}
    return AMLResponse(body, status, headers or {}, json_str=True, run_function_failed=True)
