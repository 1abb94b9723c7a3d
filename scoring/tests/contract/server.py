"""Starts a deployment of flash-flood-predictor/ on this machine, as its YAML says.

Either server, bound to 127.0.0.1. azmlinfsrv is its application under gunicorn: its own command
would listen on all addresses.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import yaml

from tests.contract.endpoint import Endpoint
from tests.helpers import SCORING

FOLDER: Final = SCORING / "flash-flood-predictor"
_START_SECONDS: Final = 60
_STOP_SECONDS: Final = 10
_OURS: Final = (
    *("AML_", "AZUREML_", "FEATURE_", "MAX_", "SCORING_", "WORKER_", "GUNICORN_"),
    *("OTEL_", "TELEMETRY"),
)


SERVERS: Final = ("azmlinfsrv", "scorehost")


def server_command(server: str, listener: socket.socket, workers: str) -> list[str]:
    """The command of a server that takes its connections from an open socket."""
    if server == "scorehost":
        return [sys.executable, "-m", "scorehost", "--fd", str(listener.fileno())]
    return [
        *[sys.executable, "-m", "gunicorn", "--bind", f"fd://{listener.fileno()}"],
        *["--workers", workers, "--no-control-socket"],
        "azureml_inference_server_http.server.entry:app",
    ]


def place_model(model: Path, model_dir: Path) -> None:
    """Puts a model where Azure would: a folder keeps its name, a file lies bare."""
    if model.is_dir():
        shutil.copytree(model, model_dir / model.name)
    else:
        shutil.copy(model, model_dir / model.name)


def place_deployment(name: str, folder: Path, scoring: Path = SCORING) -> dict[str, str]:
    """Puts the model of a deployment into a folder; the environment variables of its server."""
    place = scoring / FOLDER.name
    deployment = yaml.safe_load((place / f"{name}.yml").read_text(encoding="utf-8"))
    model_dir = folder / "azureml-models"
    model_dir.mkdir()
    place_model((place / deployment["model"]["path"]).resolve(), model_dir)
    code = deployment["code_configuration"]
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(_OURS)}
    return {
        **inherited,
        **deployment["environment_variables"],
        "AZUREML_MODEL_DIR": str(model_dir),
        "AML_APP_ROOT": str((place / code["code"]).resolve()),
        "AZUREML_ENTRY_SCRIPT": code["scoring_script"],
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": f"{scoring / 'host'}:{scoring / 'src'}",
    }


def _await_health(endpoint: Endpoint, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + _START_SECONDS
    while time.monotonic() < give_up:
        if process.poll() is not None:
            break
        try:
            if endpoint.send("GET", "/").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the server did not become healthy:\n{log.read_text()}")


@contextmanager
def running(
    name: str,
    folder: Path,
    server: str = "azmlinfsrv",
    workers: int | None = None,
    scoring: Path = SCORING,
    variables: Mapping[str, str] = {},
) -> Iterator[Endpoint]:
    """The deployment `name`, ended with all its processes on leaving; `folder` takes model and log.

    The socket is opened here and handed over, so that no other process can take the port between.
    `scoring` may be that of another checkout. `variables` win over the deployment's.
    """
    log = folder / "server.log"
    environment = {**place_deployment(name, folder, scoring), **variables}
    if workers is not None:
        environment["WORKER_COUNT"] = str(workers)
    with socket.create_server(("127.0.0.1", 0)) as listener, log.open("wb") as output:
        process = subprocess.Popen(
            server_command(server, listener, environment["WORKER_COUNT"]),
            env=environment,
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )
        try:
            port = listener.getsockname()[1]
            endpoint = Endpoint(f"http://127.0.0.1:{port}/score", process_group=process.pid)
            _await_health(endpoint, process, log)
            yield endpoint
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
