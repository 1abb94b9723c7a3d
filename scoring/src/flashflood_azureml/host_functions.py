"""What the host `scorehost` calls besides init() and run(); azmlinfsrv calls none of it.

They do what guard.py does inside of azmlinfsrv. A scoring script exports them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from azureml_inference_server_http.api.aml_response import AMLResponse

from flashflood.document import read_document
from flashflood.errors import RequestRefused
from flashflood.request import ARGUMENTS


class HostRequest(Protocol):
    """The part of scorehost's Request that is used here."""

    method: str
    query: bytes
    body: bytes | None
    request_id: str
    document: Any

    @property
    def is_json(self) -> bool: ...


class _Service(NamedTuple):
    max_body_bytes: int
    unready: Callable[[], str | None]


class _Current(NamedTuple):
    request_id: str
    dropped_arguments: dict[str, Any]


_service = _Service(0, lambda: None)
# A worker has one request at a time.
_current = _Current("", {})


def serve(max_body_bytes: int, unready: Callable[[], str | None]) -> None:
    """Sets what the functions below answer; call it from init()."""
    global _service
    _service = _Service(max_body_bytes, unready)


def max_body_bytes() -> int:
    """The longest body that the host passes on."""
    return _service.max_body_bytes


def unready() -> str | None:
    """Why the deployment should take no requests."""
    return _service.unready()


def before_request(request: HostRequest) -> AMLResponse | None:
    """Answers a request that run() must not see; None lets it through."""
    global _current
    _current = _Current(request.request_id, {})
    if (refused_query := refusal_of_query(request.query)) is not None:
        return refused_query
    if request.method == "OPTIONS":
        return None
    if (refused_method := refusal_of_method(request.method)) is not None:
        return refused_method
    if not request.is_json or request.body is None:
        return None  # the host answers 415 and 413
    try:
        document = read_document(request.body, lambda body: request.document)
    except RequestRefused as refused:
        return AMLResponse(refused.body(), refused.status, json_str=True)
    _current = _Current(request.request_id, unknown_arguments(document))
    request.document = document
    return None


def refusal(message: str, status: int) -> AMLResponse:
    """An answer in the shape of the server's own errors."""
    return AMLResponse({"message": message}, status, json_str=True)


def refusal_of_query(query: bytes) -> AMLResponse | None:
    """The answer to a query string with bytes that are not ASCII."""
    if query.isascii():
        return None
    return refusal("The query string holds bytes that are not ASCII.", 400)


def refusal_of_method(method: str) -> AMLResponse | None:
    """The answer to a request that is not sent by POST.

    The servers would also score GET with the arguments in the URL, where they end up in logs.
    """
    if method == "POST":
        return None
    response = refusal("Send the request by POST.", 405)
    response.headers["Allow"] = "POST, OPTIONS"
    return response


def unknown_arguments(document: dict[str, Any]) -> dict[str, Any]:
    """What is in a request and is no argument of run()."""
    return {name: value for name, value in document.items() if name not in ARGUMENTS}


def dropped_arguments() -> dict[str, Any]:
    """The unknown top-level arguments of the current request."""
    return _current.dropped_arguments


def request_id() -> str:
    """The id of the current request."""
    return _current.request_id
