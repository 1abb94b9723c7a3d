"""The part of a scoring script that is the same for every deployment."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any, Final

import flask
from azureml_inference_server_http.api.aml_response import AMLResponse

from flashflood.errors import RequestRefused
from flashflood.feature_table import FeatureTable
from flashflood.model import Model
from flashflood.predictor import Predictor
from flashflood.settings import Settings
from flashflood_azureml import guard, storage

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

        `model_files` is a glob pattern inside AZUREML_MODEL_DIR. Any failure is a ScoringError,
        which ends the process before it can report itself healthy.
        """
        code_root = Path(__file__).resolve().parent.parent
        settings = Settings.read(os.environ, code_root)
        options: storage.StorageOptions = dict
        if settings.feature_table_is_remote:
            options = storage.bearer_token(storage.credential(os.environ))
        table = FeatureTable(
            settings.feature_table_uri,
            version=settings.feature_table_version,
            refresh_seconds=settings.feature_table_refresh_seconds,
            storage_options=options,
        )
        model = Model.load(model_name, sorted(settings.model_dir.glob(model_files)))
        predictor = Predictor(model, table, max_rows=settings.max_rows)
        guard.install(settings.max_body_bytes)
        logger.info(
            "%s %s with version %s of %s",
            model.name,
            model.version,
            table.current().version,
            settings.feature_table_uri,
        )
        return cls(predictor)

    def respond(self, **arguments: Any) -> dict[str, Any] | AMLResponse:
        """The answer to one request, or a response that says why there is none.

        A refused request is answered with its problems. Any other failure is logged with its cause
        and answered with the request's id only.
        """
        sent = {name: value for name, value in arguments.items() if value is not ABSENT}
        try:
            return self._predictor.answer({**sent, **guard.dropped_arguments()})
        except RequestRefused as refused:
            logger.info("refused: %s", refused)
            return AMLResponse(refused.body(), refused.status, json_str=True)
        except TimeoutError:
            raise  # SCORING_TIMEOUT_MS is over: the server raised this, and answers it
        except Exception:
            request_id = flask.g.get("request_id", "") if flask.has_request_context() else ""
            logger.exception("request %s failed", request_id)
            body = {"message": "Scoring failed.", "request_id": request_id}
            return AMLResponse(body, 500, json_str=True, run_function_failed=True)
