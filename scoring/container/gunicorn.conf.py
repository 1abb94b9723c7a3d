"""How gunicorn runs the Azure ML inference server in the image.

The package's own command, azmlinfsrv, has no option for a graceful stop, the workers' heartbeat
files or gunicorn's control socket, so its WSGI application is started here with the arguments that
command gives to gunicorn (azureml_inference_server_http/amlserver.py and amlserver_linux.py,
1.5.1), and those. local/endpoint/server.py does the same for the loopback address.
"""

from __future__ import annotations

import os
import sys

from azureml_inference_server_http import __version__, amlserver
from azureml_inference_server_http.constants import PACKAGE_ROOT
from azureml_inference_server_http.log_config import load_logging_config

PORT = "5001"

# What soaked in the sandbox is what runs: an image with another release ends before it serves.
release, expected = os.environ["RELEASE_ID"], os.environ.get("EXPECTED_RELEASE_ID")
if expected not in (None, release):
    sys.exit(f"This image has release {release}, but {expected} is to run: name its image.")

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
