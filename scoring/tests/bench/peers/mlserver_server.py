"""A custom runtime of MLServer: `python -m tests.bench.peers.mlserver_server PORT FOLDER`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from mlserver import MLModel
from mlserver.handlers import custom_handler

from tests.bench.peers.scoring_script import WORKERS, initialised


class Scores(MLModel):
    """Has a path for the request as it is; the V2 protocol would want tensors."""

    async def load(self) -> bool:
        """Once in each of the processes for inference."""
        self._script = initialised()
        return True

    @custom_handler(rest_path="/score")
    async def score(self, document: dict[str, Any]) -> dict[str, Any]:
        """In a process for inference."""
        answer: dict[str, Any] = self._script.run(**document)
        return answer


def main(port: int, folder: Path) -> None:
    """Writes MLServer's settings, and becomes its process."""
    ports = {"http_port": port, "grpc_port": port + 1, "metrics_port": port + 2}
    settings = {"host": "127.0.0.1", "parallel_workers": WORKERS, "debug": False, **ports}
    (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    model = {"name": "score", "implementation": "tests.bench.peers.mlserver_server.Scores"}
    (folder / "model-settings.json").write_text(json.dumps(model), encoding="utf-8")
    program = Path(sys.executable).parent / "mlserver"
    os.execv(program, [str(program), "start", str(folder)])


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
