"""FastAPI on uvicorn, uvloop, httptools: `python -m tests.bench.peers.fastapi_server PORT`."""

from __future__ import annotations

import sys
from typing import Any

import uvicorn
from fastapi import FastAPI

from tests.bench.peers.scoring_script import WORKERS, initialised


def application() -> FastAPI:
    """Made anew in each worker."""
    script = initialised()
    app = FastAPI()

    @app.get("/")
    async def health() -> str:
        return "Healthy"

    # A function that is not async runs in a thread, so that the health path is answered meanwhile.
    @app.post("/score")
    def score(document: dict[str, Any]) -> Any:
        return script.run(**document)

    return app


if __name__ == "__main__":
    uvicorn.run(
        f"{__spec__.name}:application",
        factory=True,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        workers=WORKERS,
        access_log=False,
    )
