"""Scoring script of the deployment `compact`: one small ONNX file for all horizons.

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
from flashflood_azureml.swagger import documented

_service: Service | None = None


def init() -> None:
    """Loads the model and opens the feature table; a failure stops the worker."""
    global _service
    _service = Service.start("compact", "compact.onnx")


@documented
def run(gauges: Any = ABSENT, date: Any = ABSENT, features: Any = ABSENT) -> Any:
    """Probabilities of high flow 1, 2 and 3 days after the issue day, or a refusal (400)."""
    if _service is None:
        raise RuntimeError("init() has not been called")
    return _service.respond(gauges=gauges, date=date, features=features)


# The host of the image calls these as well (host/README.md); Azure's server does not.
__all__ = ["before_request", "init", "max_body_bytes", "run", "unready"]
