"""Makes answers: errors, what run() returned, and Flask responses.

Forms and headers are those of azureml-inference-server-http 1.5.1 (api/aml_response.py and
server/routes.py).
"""

from __future__ import annotations

import json
import sys
from typing import Any, Final

from scorehost import exact_json
from scorehost.messages import Answer

JSON: Final = (b"content-type", b"application/json")
HTML: Final = (b"content-type", b"text/html; charset=utf-8")
SUCCEEDED: Final = (b"x-ms-run-function-failed", b"False")
_FAILED: Final = (b"x-ms-run-function-failed", b"True")
_DURATION: Final = b"x-ms-run-fn-exec-ms"


def refusal(status: int, message: str, *, run_failed: bool = False) -> Answer:
    """An error, in the form that every error has. It is short: `json` writes the known bytes."""
    body = json.dumps({"message": message}).encode()
    return Answer(status, [JSON, _FAILED if run_failed else SUCCEEDED], body)


def empty() -> Answer:
    """The answer to OPTIONS."""
    return Answer(200, [HTML, SUCCEEDED], b"")


def document(value: Any) -> Answer:
    """A value as JSON. None becomes an empty object."""
    return Answer(200, [JSON, SUCCEEDED], exact_json.dumps({} if value is None else value))


def answer_of(output: Any) -> Answer:
    """The answer for what run() returned, a Flask response or a value for JSON."""
    # Only a script that has imported Flask can have made one of its responses.
    flask = sys.modules.get("flask")
    if flask is not None and isinstance(output, flask.Response):
        return of_response(output)
    return document(output)


# What describes a body, which 304 has none of (RFC 9110 section 15.4.5, as werkzeug reads it).
_OF_BODIES: Final = frozenset(
    (b"allow", b"content-encoding", b"content-language", b"content-md5", b"content-range",
     b"content-type", b"last-modified")
)  # fmt: skip


def of_response(response: Any) -> Answer:
    """The answer for a Flask response, AMLResponse among them."""
    if response.status_code >= 500:
        response.headers["x-ms-run-function-failed"] = True
    response.direct_passthrough = False  # a response that sends a file
    body: bytes = response.get_data()
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in response.headers.items()
        if name.lower() != "content-length"
    ]
    status: int = response.status_code
    if status == 304:
        headers = [(name, value) for name, value in headers if name not in _OF_BODIES]
    return Answer(status, headers, body)


def timed(answer: Answer, seconds: float) -> Answer:
    """With the duration of run(), as decimal figures of milliseconds."""
    answer.headers.append((_DURATION, b"%.3f" % (seconds * 1000)))
    return answer
