"""How gunicorn runs the Azure ML inference server in the image, where SCORING_SERVER is azmlinfsrv.

The package's own command, azmlinfsrv, has no option for a graceful stop, the workers' heartbeat
files or gunicorn's control socket, so its WSGI application is started here with the arguments that
command gives to gunicorn (azureml_inference_server_http/amlserver.py and amlserver_linux.py,
1.5.1), and those. local/endpoint/server.py does the same on a UNIX socket.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time

from azureml_inference_server_http import __version__, amlserver
from azureml_inference_server_http.constants import PACKAGE_ROOT
from azureml_inference_server_http.log_config import load_logging_config
from gunicorn import util
from gunicorn.http.errors import InvalidHeader
from gunicorn.http.message import Request
from gunicorn.workers.base import Worker
from gunicorn.workers.sync import SyncWorker

PORT = "5001"

load_logging_config(PACKAGE_ROOT)
os.environ["SERVER_PORT"] = os.environ["HEALTH_PORT"] = PORT
if os.environ.get("SERVER_VERSION_LOG_RESPONSE_ENABLED", "true").lower() == "true":
    os.environ.setdefault("HTTP_X_MS_SERVER_VERSION", f"azmlinfsrv/{__version__}")
amlserver.validate_environment_variables()
sys.path.append(os.environ["AML_APP_ROOT"])

bind = f"0.0.0.0:{PORT}"
workers = int(os.environ.get("WORKER_COUNT", "1"))
preload_app = os.environ.get("WORKER_PRELOAD", "false").lower() == "true"
# Seconds. A worker that is silent for so long is replaced; SCORING_TIMEOUT_MS ends requests
# earlier.
timeout = int(os.environ.get("WORKER_TIMEOUT", "300"))
# Seconds that requests in work have after SIGTERM. The pod's terminationGracePeriodSeconds must be
# longer, by its preStop hook and a little: Kubernetes' default is 30.
graceful_timeout = int(os.environ.get("DRAIN_SECONDS", "20"))
# In memory even where /tmp is a disk: a heartbeat that waits for a disk looks like a hung worker
# (gunicorn's FAQ, "How do I avoid Gunicorn excessively blocking in os.fchmod?").
worker_tmp_dir = "/dev/shm"
# It would be a file that only the server's user may open, and there is nobody to use it.
control_socket_disable = True
accesslog = "-"
# The server's own log handlers write these too.
errorlog = "/dev/null"


# Seconds without a byte from a caller, and seconds for an answer to be taken. A worker has one
# caller at a time: a silent one would keep all others waiting until WORKER_TIMEOUT replaces it.
CALLER_SILENCE_SECONDS = int(os.environ.get("CALLER_SILENCE_SECONDS", "60"))


class BoundedWorker(SyncWorker):
    """gunicorn's default worker, which by itself waits for a caller without a limit."""

    def handle(self, listener: socket.socket, client: socket.socket, addr: tuple[str, int]) -> None:
        client.settimeout(CALLER_SILENCE_SECONDS)
        super().handle(listener, client, addr)


worker_class = BoundedWorker


class MissingHost(InvalidHeader):
    """RFC 9112 section 3.2: a server answers 400 to such a request."""

    def __str__(self) -> str:
        return "The header Host is missing."


def pre_request(worker: Worker, req: Request) -> None:
    """gunicorn's hook; what it raises is answered by write_json_error."""
    if req.version >= (1, 1) and not any(name == "HOST" for name, _ in req.headers):
        raise MissingHost("HOST")


# Seconds that a caller may go on sending after an answer, altogether and without a byte.
READ_AWAY_SECONDS, SILENCE_SECONDS = 30, 1


def write_json_error(client: socket.socket, status_int: int, reason: str, mesg: str) -> None:
    """An answer to a request that gunicorn refuses before Flask sees it (an unknown
    Expect, headers that are too long, ...), in the shape of the server's own errors, not as HTML.

    The rest of the body is read away: the caller would see a reset and not the answer.
    """
    body = json.dumps({"message": mesg or reason}).encode()
    head = (
        f"HTTP/1.1 {status_int} {reason}\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    client.settimeout(SILENCE_SECONDS)
    client.sendall(head.encode("latin-1") + body)
    client.shutdown(socket.SHUT_WR)
    give_up = time.monotonic() + READ_AWAY_SECONDS
    while time.monotonic() < give_up and client.recv(65_536):
        pass


# gunicorn has no setting for it: Worker.handle_error, in gunicorn/workers/base.py, finds it here.
# What it raises is logged there.
util.write_error = write_json_error
