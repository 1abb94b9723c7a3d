"""What run() costs in this process, beside the model alone: `python -m tests.bench.in_process`.

By turns, in rounds, so that a slow moment of the machine meets both. Medians, and the ratio of each
round to ONNX Runtime's own time for the same rows.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from flashflood.document import read_document
from flashflood.features import FEATURE_NAMES
from flashflood.model import Model
from tests.helpers import COMPACT, MULTI_MODEL, feature_row, gauge_request

_MODELS = {"score_compact": COMPACT, "score_multiple": MULTI_MODEL}


def _median_us(call: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1e6


def _script(name: str, folder: Path) -> Any:
    files = _MODELS[name]
    place = folder / "multi-model" if len(files) > 1 else folder
    place.mkdir(exist_ok=True)
    for file in files:
        shutil.copy(file, place / file.name)
    os.environ["AZUREML_MODEL_DIR"] = str(folder)
    script = importlib.import_module(name)
    script.init()
    return script


def compare(name: str, rounds: int) -> dict[int, float]:
    """Prints each part; gives the median of run() by the number of rows."""
    with tempfile.TemporaryDirectory() as folder:
        script = _script(name, Path(folder))
    model = Model.load(name, _MODELS[name])
    medians = {}
    for rows, times in ((1, 400), (1000, 10)):
        request = {"features": [feature_row()] * rows}
        body = json.dumps(request).encode()
        values = [[row[feature] for feature in FEATURE_NAMES] for row in request["features"]]
        inputs = np.array(values, dtype=np.float32)
        parts: dict[str, Callable[[], object]] = {
            "model": partial(model.probabilities, inputs),
            "run()": partial(script.run, **request),
            "read": partial(read_document, body),
        }
        if rows == 1:
            parts["run(), look-up"] = partial(script.run, **gauge_request())
        found: dict[str, list[float]] = {part: [] for part in parts}
        for _ in range(rounds):
            for part, call in parts.items():
                found[part].append(_median_us(call, times))
        for part, taken in found.items():
            ratios = [one / bare for one, bare in zip(taken, found["model"], strict=True)]
            spread = f"({min(ratios):.2f} to {max(ratios):.2f})"
            print(
                f"{name} {rows:5} rows  {part:14} {statistics.median(taken):9.1f} us"
                f"   {statistics.median(ratios):6.2f} x model {spread}"
            )
        medians[rows] = statistics.median(found["run()"])
    print(f"{name} 1,000 rows cost {medians[1000] / medians[1]:.1f} times one row", flush=True)
    return medians


def main() -> None:
    """The program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    for name in _MODELS:
        compare(name, rounds)


if __name__ == "__main__":
    main()
