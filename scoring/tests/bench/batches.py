"""What batches cost and bring: `python -m tests.bench.batches`.

scorehost with the three models of `multi-model`, of which a call costs more than a row. Without
batches, with those that a free worker finds, and with a wait for them, by turns; 1, 8 and 64
callers; one worker.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Final, NamedTuple

from tests.bench import load
from tests.helpers import MULTI_MODEL, feature_row
from tests.scorehost.serving import Served, serving

SCRIPT: Final = """
import json, os
from pathlib import Path
import numpy as np
import onnxruntime

def init():
    global sessions
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    files = sorted(Path(os.environ["MODELS"]).glob("*.onnx"))
    sessions = [onnxruntime.InferenceSession(file, options) for file in files]

def predicted(rows):
    inputs = {"features": np.array(rows, dtype=np.float32)}
    outputs = [session.run(["probabilities"], inputs)[0] for session in sessions]
    return np.concatenate(outputs, axis=1).tolist()

def run(data):
    return predicted([json.loads(data)])[0]

def run_batch(inputs):
    return predicted([json.loads(one) for one in inputs])
"""
BODY: Final = json.dumps(list(feature_row().values())).encode()
CALLERS: Final = (1, 8, 64)
SETTINGS: Final[dict[str, dict[str, str]]] = {
    "off": {},
    "32, no wait": {"WORKER_BATCH_SIZE": "32"},
    "32, 5 ms": {"WORKER_BATCH_SIZE": "32", "WORKER_BATCH_WAIT_MS": "5"},
}


class Round(NamedTuple):
    """Of one server's turn; milliseconds."""

    per_second: float
    p50: float
    p95: float


def measured(served: Served, callers: int, seconds: float) -> Round:
    """One turn."""
    result = load.run(served.port, load.post(BODY), callers, seconds)
    if result.failures:
        raise SystemExit(f"{result.failures} requests failed:\n{served.log[-2000:]}")
    cuts = statistics.quantiles(result.latencies, n=20)
    return Round(result.per_second, cuts[9] * 1000, cuts[18] * 1000)


def main() -> None:
    """The program; prints a row of a Markdown table for each number of callers and setting."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2)
    arguments = parser.parse_args()
    models = {"MODELS": str(MULTI_MODEL[0].parent)}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = [
            stack.enter_context(serving(SCRIPT, folder / name, environment={**models, **chosen}))
            for name, chosen in SETTINGS.items()
        ]
        for served in servers:
            served.post(BODY)  # waits for init()
        print("| callers | batches | requests/s | × | p50, ms | p95, ms |")
        for callers in CALLERS:
            rounds: list[list[Round]] = [[] for _ in servers]
            for number in range(arguments.rounds):
                order = list(zip(servers, rounds, strict=True))
                for served, found in order if number % 2 == 0 else reversed(order):
                    found.append(measured(served, callers, arguments.seconds))
            for name, found in zip(SETTINGS, rounds, strict=True):
                each = [
                    one.per_second / off.per_second
                    for one, off in zip(found, rounds[0], strict=True)
                ]
                spread = f"{statistics.median(each):.2f} ({min(each):.2f}–{max(each):.2f})"
                middle = Round(
                    *(statistics.median(figures) for figures in zip(*found, strict=True))
                )
                print(
                    f"| {callers} | {name} | {middle.per_second:.0f} | {spread} "
                    f"| {middle.p50:.2f} | {middle.p95:.2f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
