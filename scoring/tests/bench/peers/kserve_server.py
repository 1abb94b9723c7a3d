"""A custom model of KServe: `python -m tests.bench.peers.kserve_server PORT`."""

from __future__ import annotations

import sys
from typing import Any

import kserve.protocol.rest.server as rest
from kserve import Model, ModelServer

from tests.bench.peers.scoring_script import WORKERS, initialised


class Scores(Model):
    """Calls run() with the members of the request."""

    def __init__(self) -> None:
        super().__init__("score")
        # KServe sends this object to its processes; a module cannot be sent.
        self._script: Any = None
        self.ready = True

    def predict(self, payload: dict[str, Any], headers: dict[str, str] | None = None) -> Any:
        """In the process that received the request."""
        if self._script is None:
            self._script = initialised()
        return self._script.run(**payload)


class _LoopbackConfig(rest.uvicorn.Config):
    """KServe has no setting for the address, and listens on all of them."""

    def __init__(self, app: Any, host: str, **settings: Any) -> None:
        super().__init__(app, host="127.0.0.1", **settings)


if __name__ == "__main__":
    rest.uvicorn.Config = _LoopbackConfig
    server = ModelServer(
        http_port=int(sys.argv[1]), workers=WORKERS, enable_grpc=False, access_log_format=None
    )
    server.start([Scores()])
