"""Flask's objects, for the scripts that ask for them.

A script asks by importing `azureml_inference_server_http.api` (or its older name
`azureml.contrib.services`), which imports Flask; nothing here imports it otherwise.
"""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Final

from scorehost.request import Request

_API: Final = "azureml_inference_server_http.api"
_OLD_API: Final = "azureml.contrib.services"


class _Alias(ModuleType):
    """A module by another name, imported when something of it is asked for."""

    def __init__(self, name: str, target: str) -> None:
        super().__init__(name)
        self._target = target

    def __getattr__(self, name: str) -> Any:
        target = importlib.import_module(self._target)
        if name == "__all__":  # from … import *
            return [public for public in vars(target) if not public.startswith("_")]
        return getattr(target, name)


def alias_old_names() -> None:
    """Lets scripts import AMLRequest, AMLResponse and rawhttp by their older names as well."""
    for name in ("aml_request", "aml_response"):
        sys.modules[f"{_OLD_API}.{name}"] = _Alias(f"{_OLD_API}.{name}", f"{_API}.{name}")


def raw_http_requested() -> bool:
    """Whether the script has decorated its run() with @rawhttp."""
    module = sys.modules.get(f"{_API}.aml_request")
    return bool(module is not None and module._rawHttpRequested)


def current_request() -> Any:
    """Flask's request; inside `request_context` only."""
    return importlib.import_module("flask").request


_applications: Final[dict[str, Any]] = {}


@contextmanager
def request_context(request: Request) -> Iterator[None]:
    """Flask's contexts for one request."""
    flask = importlib.import_module("flask")
    application = _applications.get("flask")
    if application is None:
        application = _applications["flask"] = flask.Flask("scorehost")
    with application.request_context(_environ(request)):
        flask.g.request_id = request.request_id
        yield


def _environ(request: Request) -> dict[str, Any]:
    # PEP 3333. Text is bytes by way of Latin-1 there.
    body = request.complete_body()
    host, _, port = request.headers.get("host", "").partition(":")
    environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": request.path.encode().decode("latin-1"),
        "QUERY_STRING": request.query.decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": port or "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        if "_" not in name:
            key = name.upper().replace("-", "_")
            environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    return environ
