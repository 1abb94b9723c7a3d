"""Starts the example's scoring script under another server (peers/), bound to 127.0.0.1."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from tests.contract.endpoint import Endpoint
from tests.contract.server import place_deployment
from tests.helpers import SCORING

_START_SECONDS: Final = 120
_STOP_SECONDS: Final = 20


class Peer(NamedTuple):
    """Where a server answers."""

    health: str
    path: str = "/score"


PEERS: Final = {
    "fastapi": Peer("/"),
    "kserve": Peer("/v2/health/ready", "/v1/models/score:predict"),
    "mlserver": Peer("/v2/models/score/ready"),
    "bentoml": Peer("/readyz"),
}


class Running(NamedTuple):
    """A server that is ready."""

    port: int
    process_group: int


def _free_port() -> int:
    """None of these servers takes an open socket; MLServer wants the two after it as well."""
    while True:
        with ExitStack() as stack:
            try:
                first = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
                port: int = first.getsockname()[1]
                for more in (1, 2):
                    stack.enter_context(socket.create_server(("127.0.0.1", port + more)))
            except OSError:
                continue
            return port


def _await_ready(peer: Peer, port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    endpoint = Endpoint(f"http://127.0.0.1:{port}/score")
    give_up = time.monotonic() + _START_SECONDS
    while time.monotonic() < give_up and process.poll() is None:
        try:
            if endpoint.send("GET", peer.health).status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the server did not become ready:\n{log.read_text()[-4000:]}")


@contextmanager
def running_peer(name: str, python: str, deployment: str) -> Iterator[Running]:
    """The deployment under that server, ended with all its processes on leaving."""
    peer = PEERS[name]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        log = folder / "server.log"
        environment = {**place_deployment(deployment, folder), "PYTHONPATH": str(SCORING)}
        port = _free_port()
        with log.open("wb") as output:
            process = subprocess.Popen(
                [python, "-m", f"tests.bench.peers.{name}_server", str(port), place],
                env=environment,
                cwd=folder,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            _await_ready(peer, port, process, log)
            yield Running(port, process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                pass
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # all of them have ended
            process.wait()
