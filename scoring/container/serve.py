"""Starts the server of the image: scorehost, or azmlinfsrv where SCORING_SERVER says so."""

from __future__ import annotations

import os
import sys
from typing import Final

PORT: Final = "5001"
COMMANDS: Final = {
    "scorehost": [sys.executable, "-m", "scorehost", "--host", "0.0.0.0", "--port", PORT],
    "azmlinfsrv": [
        *[sys.executable, "-m", "gunicorn", "--config", "/app/gunicorn.conf.py"],
        "azureml_inference_server_http.server.entry:app",
    ],
}


def main() -> None:
    """The program; the server takes its place."""
    # What soaked in the sandbox is what runs: an image with another release ends before it serves.
    release, expected = os.environ["RELEASE_ID"], os.environ.get("EXPECTED_RELEASE_ID")
    if expected not in (None, release):
        sys.exit(f"This image has release {release}, but {expected} is to run: name its image.")
    server = os.environ.get("SCORING_SERVER") or "scorehost"
    if server not in COMMANDS:
        sys.exit(f"SCORING_SERVER={server!r} is neither {' nor '.join(COMMANDS)}.")
    if server == "azmlinfsrv" and os.environ.get("WORKER_BATCH_SIZE", "1") not in ("", "1"):
        sys.exit("WORKER_BATCH_SIZE is not known to azmlinfsrv: unset it, or start scorehost.")
    os.execv(COMMANDS[server][0], COMMANDS[server])


if __name__ == "__main__":
    main()
