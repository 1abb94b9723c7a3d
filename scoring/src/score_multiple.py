"""Scoring script of `multi-model` and `multi-model-spark`: three ONNX files, one for each horizon.

The server calls init() once in each worker and run() for each request. Requests and answers are
described in flashflood/request.py and flashflood/predictor.py, and by the server at /swagger.json.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

# The server puts AML_APP_ROOT on the path, which need not be the folder of this script.
sys.path.insert(0, str(Path(__file__).resolve().parent))

from flashflood_azureml.host_functions import before_request, max_body_bytes, unready
from flashflood_azureml.service import ABSENT, Service
from flashflood_azureml.spark_storage import get_spark_storage
from flashflood_azureml.swagger import documented

_service: Service | None = None


def init() -> None:
    """Loads the model and opens the feature table; a failure stops the worker."""
    global _service
    _service = Service.start("multi-model", "multi-model/*.onnx")


@documented
def run(gauges: Any = ABSENT, date: Any = ABSENT, features: Any = ABSENT) -> Any:
    """Probabilities of high flow 1, 2 and 3 days after the issue day, or a refusal (400)."""
    if _service is None:
        raise RuntimeError("init() has not been called")
    return _service.respond(gauges=gauges, date=date, features=features)


# The host of the image calls three more (host/README.md); Azure's server does not.
# The guide's function for interactive use: an endpoint reads its table by identity, and needs no
# password. It starts Spark, so it works in environment-spark only.
__all__ = ["before_request", "get_spark_storage", "init", "max_body_bytes", "run", "unready"]
