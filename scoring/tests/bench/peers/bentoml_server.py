"""A service of BentoML: `python -m tests.bench.peers.bentoml_server PORT`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import bentoml

from tests.bench.peers.scoring_script import WORKERS, initialised


@bentoml.service(workers=WORKERS, metrics={"enabled": False})
class Scores:
    """Calls run() with the members of the request."""

    def __init__(self) -> None:
        self._script = initialised()

    @bentoml.api(route="/score")
    def score(
        self,
        gauges: list[str] | None = None,
        date: str | None = None,
        features: list[dict[str, float]] | None = None,
    ) -> dict[str, Any]:
        """In a thread of the process that received the request."""
        sent = {"gauges": gauges, "date": date, "features": features}
        answer: dict[str, Any] = self._script.run(
            **{name: value for name, value in sent.items() if value is not None}
        )
        return answer


if __name__ == "__main__":
    program = Path(sys.executable).parent / "bentoml"
    os.environ["BENTOML_DO_NOT_TRACK"] = "True"
    command = [str(program), "serve", f"{__spec__.name}:Scores", "--host", "127.0.0.1"]
    os.execv(program, [*command, "--port", sys.argv[1]])
