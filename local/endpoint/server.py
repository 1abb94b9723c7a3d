"""Runs the Azure ML inference server on a UNIX socket that only its owner can open. Runs inside the
deployment's environment.

The package's own command, azmlinfsrv, has no host option and listens on 0.0.0.0, so its WSGI
application is started here with the arguments that command gives to gunicorn
(azureml_inference_server_http/amlserver.py and amlserver_linux.py, 1.5.1), except for the address.
A port of the loopback device would be open to every user of the machine.

Usage: server.py --token TOKEN --home DIR --socket PATH. The first two are not read: they make the
process recognisable in the process list. One line is written to file descriptor 3 as soon as the
socket takes connections. The process group ends when standard input closes (stdin_guard.py).
"""

from __future__ import annotations

import argparse
import os
import socket
import sys

READY_FD = 3
# Azure's port, which the server prints and some scripts read. Nothing listens there here.
AZURE_PORT = "5001"
# Connections wait here while the worker is busy; the router lets in far fewer than this.
BACKLOG = 512


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    for name in ["--token", "--home", "--socket"]:
        parser.add_argument(name, required=True)
    return parser.parse_args()


def listen(path: str) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    # The folder already keeps others out; the mode is a second lock.
    os.chmod(path, 0o600)
    listener.listen(BACKLOG)
    listener.set_inheritable(True)
    return listener


def report_listening() -> None:
    os.write(READY_FD, b"listening\n")
    os.close(READY_FD)


def prepare_as_azmlinfsrv_does() -> None:
    from azureml_inference_server_http import __version__, amlserver
    from azureml_inference_server_http.constants import PACKAGE_ROOT
    from azureml_inference_server_http.log_config import load_logging_config

    load_logging_config(PACKAGE_ROOT)
    os.environ["SERVER_PORT"] = os.environ["HEALTH_PORT"] = AZURE_PORT
    if os.environ.get("SERVER_VERSION_LOG_RESPONSE_ENABLED", "true").lower() == "true":
        os.environ.setdefault("HTTP_X_MS_SERVER_VERSION", f"azmlinfsrv/{__version__}")
    amlserver.validate_environment_variables()
    sys.path.append(os.environ["AML_APP_ROOT"])


def gunicorn_arguments(listener: socket.socket) -> list[str]:
    from gunicorn.config import KNOWN_SETTINGS

    arguments = ["-b", f"fd://{listener.fileno()}", "--backlog", str(BACKLOG)]
    arguments += ["-w", os.environ.get("WORKER_COUNT", "1")]
    arguments += ["--timeout", os.environ.get("WORKER_TIMEOUT", "300")]
    arguments += ["--access-logfile", "-", "--error-logfile", "/dev/null"]
    if os.environ.get("WORKER_PRELOAD", "false").lower() == "true":
        arguments.append("--preload")
    # Newer gunicorn opens a control socket at one path for all servers of a user: instances would
    # fight over it.
    if any(setting.name == "control_socket_disable" for setting in KNOWN_SETTINGS):
        arguments.append("--no-control-socket")
    if "MLSCORE_DEBUG_PORT" in os.environ:
        arguments += ["--config", os.path.join(os.path.dirname(__file__), "debug_hook.py")]
    return [*arguments, "azureml_inference_server_http.server.entry:app"]


def main() -> None:
    # This folder comes first in sys.path because the script lies here; scoring code must not see
    # it.
    from stdin_guard import end_with_stdin

    sys.path.pop(0)
    end_with_stdin()
    # What a scoring script writes may be about the data it was sent.
    os.umask(0o077)
    listener = listen(parse_arguments().socket)
    report_listening()
    prepare_as_azmlinfsrv_does()
    sys.argv = [sys.argv[0], *gunicorn_arguments(listener)]

    from gunicorn.app.wsgiapp import WSGIApplication

    WSGIApplication("%(prog)s [OPTIONS] [APP_MODULE]").run()


if __name__ == "__main__":
    main()
