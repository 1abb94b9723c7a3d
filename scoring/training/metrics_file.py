"""The form of models/metrics.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def metrics_text(metrics: Mapping[str, Any]) -> str:
    """JSON with one score a line, so that a change of the model is a readable difference."""
    scores = ",\n".join("    " + json.dumps(row) for row in metrics["scores"])
    rest = json.dumps({k: v for k, v in metrics.items() if k != "scores"}, indent=2)
    return rest.removesuffix("\n}") + f',\n  "scores": [\n{scores}\n  ]\n}}\n'
