"""Serves a small script by either server, and talks to it in bytes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from tests.helpers import SCORING

# A limit for what never comes; no test waits for it.
_NEVER_SECONDS: Final = 120
_OURS: Final = (
    *("AML_", "AZUREML_", "MAX_", "SCORING_", "WORKER_", "GUNICORN_", "SERVICE_"),
    *("OTEL_", "TELEMETRY"),
)


class Answer(NamedTuple):
    """One response in bytes, taken apart."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """The first header of this lower-case name."""
        return next((value for key, value in self.headers if key == name), None)


class Served:
    """A running server."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self.folder = log.parent
        self._log = log

    @property
    def log(self) -> str:
        """What it has written."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def connect(self) -> socket.socket:
        """A connection to it."""
        return socket.create_connection(("127.0.0.1", self.port), _NEVER_SECONDS)

    def ask(self, request: bytes) -> Answer:
        """The answer to these bytes, on a connection of their own."""
        with self.connect() as caller:
            caller.sendall(request)
            return read(caller)

    def get(self, path: str) -> Answer:
        """A GET request."""
        return self.ask(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())

    def post(self, body: bytes, path: str = "/score") -> Answer:
        """A POST request with JSON."""
        return self.ask(posted(body, path))


def posted(body: bytes, path: str = "/score") -> bytes:
    """The bytes of a POST request with JSON."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    return (
        f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
    )


def read(caller: socket.socket) -> Answer:
    """What comes until the other end closes the connection."""
    received = b"".join(iter(lambda: caller.recv(65_536), b""))
    received = received.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in lines)
    headers = [(name.lower(), value) for name, _, value in pairs]
    return Answer(int(first.split(" ")[1]) if first else 0, headers, body)


def command(server: str, fd: int) -> list[str]:
    """How a server is started as the image starts it, except for the address."""
    if server == "scorehost":
        return [sys.executable, "-m", "scorehost", "--fd", str(fd)]
    return [
        *[sys.executable, "-m", "gunicorn", "--bind", f"fd://{fd}"],
        *["--config", str(SCORING / "container" / "gunicorn.conf.py")],
        "azureml_inference_server_http.server.entry:app",
    ]


@contextmanager
def serving(
    script: str, folder: Path, server: str = "scorehost", environment: Mapping[str, str] = {}
) -> Iterator[Served]:
    """A server of `script`, ended on leaving. Its socket listens before it starts, so that nothing
    has to be waited for: a request waits for the script."""
    folder.mkdir(exist_ok=True)
    (folder / "score.py").write_text(script, encoding="utf-8")
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(_OURS)}
    variables = {
        "AML_APP_ROOT": str(folder),
        "AZUREML_ENTRY_SCRIPT": "score.py",
        "AZUREML_MODEL_DIR": str(folder),
        "RELEASE_ID": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": f"{SCORING / 'host'}:{SCORING / 'src'}",
    }
    log = folder / "log.txt"
    with socket.create_server(("127.0.0.1", 0)) as listener, log.open("wb") as output:
        process = subprocess.Popen(
            command(server, listener.fileno()),
            env={**inherited, **variables, **environment},
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )
        served = Served(process, listener.getsockname()[1], log)
    try:
        yield served
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_NEVER_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
