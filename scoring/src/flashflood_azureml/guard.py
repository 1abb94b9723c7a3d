"""Looks at a request before the server does.

azureml-inference-server-http 1.5.1 answers 500 to some wrong requests before it calls run()
(a body that is not UTF-8, an integer of 5,000 digits, nesting of 1,000 levels, raw bytes in the
query string, a body in broken chunks), reads bodies of any length, and drops unknown top-level
arguments without a word. The guard refuses the former and keeps the latter for the scoring script
to refuse with all other problems of the request. Before any answer, the server's own among them, it
reads the rest of the body away.
"""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable
from typing import Any

import flask
from azureml_inference_server_http.api.aml_response import AMLResponse
from gunicorn.http.errors import ParseException

from flashflood.document import read_document
from flashflood.errors import RequestRefused
from flashflood_azureml import host_functions
from flashflood_azureml.host_functions import refusal

_SCORE = "/score"
_HEALTH = "/"
# Seconds that a caller may go on sending, altogether and without a byte, as nginx closes a
# connection (ngx_http_core_module: lingering_time 30s, lingering_timeout 5s).
_READ_AWAY_SECONDS = 30
_SILENCE_SECONDS = 5


def guard(max_body_bytes: int, unready: Callable[[], str | None]) -> AMLResponse | None:
    """Answers a request that the server must not see; None lets it through.

    Runs inside a Flask request. Leaves the arguments that the server will drop in `flask.g`.
    `unready` says why the probes of health should fail; the server itself always calls itself
    healthy.
    """
    request = flask.request
    if (refused_query := host_functions.refusal_of_query(request.query_string)) is not None:
        return refused_query
    if request.path == _HEALTH and (why := unready()) is not None:
        return refusal(f"Not ready: {why}.", 503)
    if request.path != _SCORE or request.method == "OPTIONS":
        return None
    if (refused_method := host_functions.refusal_of_method(request.method)) is not None:
        return refused_method
    if not request.is_json:
        return None  # the server answers 415
    request.max_content_length = max_body_bytes
    if (request.content_length or 0) > max_body_bytes:
        return refusal(f"The body is longer than {max_body_bytes} bytes.", 413)
    try:
        document = read_document(request.get_data())
    except ParseException:
        return refusal("The body is not chunked as it should be.", 400)
    except RequestRefused as refused:
        return AMLResponse(refused.body(), refused.status, json_str=True)
    flask.g.dropped_arguments = host_functions.unknown_arguments(document)
    return None


def read_away(response: flask.Response) -> flask.Response:
    """Reads what a caller is still sending and keeps none of it; runs before every answer.

    gunicorn closes the connection after the answer. Bytes unread at that moment reset it, and the
    caller (or a gateway, which then says 502) sees the reset and not the answer.
    """
    environ = flask.request.environ
    connection: socket.socket | None = environ.get("gunicorn.socket")
    before = connection.gettimeout() if connection else None
    give_up = time.monotonic() + _READ_AWAY_SECONDS
    try:
        if connection:
            connection.settimeout(_SILENCE_SECONDS)
        while time.monotonic() < give_up and environ["wsgi.input"].read(65_536):
            pass
    except (OSError, ParseException):
        pass  # broken chunks, or a caller that has gone or is silent: nothing more to read
    finally:
        if connection:
            connection.settimeout(before)
    return response


def dropped_arguments() -> dict[str, Any]:
    """The unknown top-level arguments of the current request; none outside of a request."""
    if not flask.has_request_context():
        return host_functions.dropped_arguments()
    dropped: dict[str, Any] = flask.g.get("dropped_arguments", {})
    return dropped


def request_id() -> str:
    """The id of the current request; empty outside of a request."""
    if not flask.has_request_context():
        return host_functions.request_id()
    found: str = flask.g.get("request_id", "")
    return found


def install(max_body_bytes: int, unready: Callable[[], str | None]) -> None:
    """Puts the guard in front of the server's own handlers; call it from init().

    init() runs while azmlinfsrv builds its Flask blueprint, the last moment to add to it. Other
    hosts have no such module loaded; they call the functions that the script exports.
    """
    host_functions.serve(max_body_bytes, unready)
    routes = sys.modules.get("azureml_inference_server_http.server.routes")
    if routes is None:
        return
    routes.main_blueprint.before_request(lambda: guard(max_body_bytes, unready))
    # Of the whole application: an unknown path belongs to no blueprint.
    routes.main_blueprint.after_app_request(read_away)
