"""Trains both models, scores them and writes models, metrics.json and the model card.

Run in scoring/:  PYTHONPATH=src:. python -m training.train [--cache DIR] [--models DIR]
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

from training import fit, lahn, model_card
from training.dataset import examples, thresholds_m3s
from training.evaluate import evaluate
from training.gauges import TEST, THRESHOLD_QUANTILE, TRAIN, VALIDATION
from training.metrics_file import metrics_text
from training.paths import CACHE, MODELS


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
    parser.add_argument("--cache", type=Path, default=CACHE, help="where HydPy is kept")
    parser.add_argument("--models", type=Path, default=MODELS, help="where to write")
    arguments = parser.parse_args()
    train(arguments.cache, arguments.models)
