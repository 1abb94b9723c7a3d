"""Trains both models, scores them and writes models, metrics.json and the model card.

Run in scoring/:  python -m training.train [--cache DIR] [--models DIR]
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any, Final

from training import fit, lahn, model_card
from training.dataset import examples, thresholds_m3s
from training.evaluate import evaluate
from training.gauges import TEST, THRESHOLD_QUANTILE, TRAIN, VALIDATION

SCORING: Final = Path(__file__).resolve().parent.parent
DEFAULT_CACHE: Final = SCORING / ".cache"


def metrics_text(metrics: dict[str, Any]) -> str:
    """JSON with one score a line, so that a change of the model is a readable difference."""
    scores = ",\n".join("    " + json.dumps(row) for row in metrics["scores"])
    rest = json.dumps({k: v for k, v in metrics.items() if k != "scores"}, indent=2)
    return rest.removesuffix("\n}") + f',\n  "scores": [\n{scores}\n  ]\n}}\n'


def train(cache: Path, models_folder: Path) -> None:
    """Does everything; the files of an earlier run are overwritten."""
    gauges = lahn.read(lahn.download(cache))
    thresholds = thresholds_m3s(gauges)
    data = {period.name: examples(gauges, period) for period in (TRAIN, VALIDATION, TEST)}
    models = {
        "multi-model": fit.multi_model(data["train"], data["validation"], thresholds),
        "compact": fit.compact_model(data["train"], thresholds),
    }
    files = {}
    for folder, contents in models.items():
        (models_folder / folder).mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            (models_folder / folder / name).write_bytes(content)
            digest = hashlib.sha256(content).hexdigest()
            files[f"{folder}/{name}"] = {"bytes": len(content), "sha256": digest}
    scores = []
    for period in (VALIDATION, TEST):
        scores += evaluate(models, data["train"], period.name, data[period.name])
    metrics = {
        "hydpy_version": lahn.HYDPY_VERSION,
        "threshold_quantile": THRESHOLD_QUANTILE,
        "thresholds_m3s": thresholds,
        "periods": {
            period.name: {
                "first": period.first,
                "last": period.last,
                "gauge_days": len(data[period.name].gauge),
            }
            for period in (TRAIN, VALIDATION, TEST)
        },
        "files": files,
        "scores": scores,
    }
    (models_folder / "metrics.json").write_text(metrics_text(metrics), encoding="utf-8")
    (models_folder / "MODEL_CARD.md").write_text(model_card.render(metrics), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE, help="where HydPy is kept")
    parser.add_argument("--models", type=Path, default=SCORING / "models", help="where to write")
    arguments = parser.parse_args()
    train(arguments.cache, arguments.models)
