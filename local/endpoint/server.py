"""Runs the Azure ML inference server on the loopback address only. Runs inside the deployment's
environment.

The package's own command, azmlinfsrv, has no host option and listens on 0.0.0.0, so its WSGI
application is started here with the arguments that command gives to gunicorn
(azureml_inference_server_http/amlserver.py and amlserver_linux.py, 1.5.1), except for the address.

Usage: server.py --token TOKEN --home DIR. Neither is read: they make the process recognisable in
the process list. The port is chosen by the kernel and written to file descriptor 3 as one line, so
no other process can take it between choosing and listening. The process group ends when standard
input closes (stdin_guard.py).
"""

from __future__ import annotations

import os
import socket
import sys

PORT_FD = 3
# Connections wait here while the worker is busy; the router lets in far fewer than this.
BACKLOG = 512


def listen() -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(("127.0.0.1", 0))
    listener.listen(BACKLOG)
    listener.set_inheritable(True)
    return listener


def report_port(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    # The server prints it and some scripts read it; the value is this machine's, not Azure's 5001.
    os.environ["SERVER_PORT"] = os.environ["HEALTH_PORT"] = str(port)
    os.write(PORT_FD, f"{port}\n".encode())
    os.close(PORT_FD)


def prepare_as_azmlinfsrv_does() -> None:
    from azureml_inference_server_http import __version__, amlserver
    from azureml_inference_server_http.constants import PACKAGE_ROOT
    from azureml_inference_server_http.log_config import load_logging_config

    load_logging_config(PACKAGE_ROOT)
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
    return [*arguments, "azureml_inference_server_http.server.entry:app"]


def main() -> None:
    # This folder comes first in sys.path because the script lies here; scoring code must not see
    # it.
    from stdin_guard import end_with_stdin

    sys.path.pop(0)
    end_with_stdin()
    listener = listen()
    report_port(listener)
    prepare_as_azmlinfsrv_does()
    sys.argv = [sys.argv[0], *gunicorn_arguments(listener)]

    from gunicorn.app.wsgiapp import WSGIApplication

    WSGIApplication("%(prog)s [OPTIONS] [APP_MODULE]").run()


if __name__ == "__main__":
    main()
