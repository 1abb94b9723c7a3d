"""A scoring endpoint as its callers see it: a URI, a key, requests and responses."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

_TIMEOUT_SECONDS: Final = 30
# In front of a managed online endpoint, Azure answers 424 for every status of the model that is
# not 200, and tells the model's own status in this header ("Troubleshoot online endpoints", HTTP
# status codes).
_MODEL_STATUS: Final = "ms-azureml-model-error-statuscode"


class Response(NamedTuple):
    """One response: `status` is the scoring script's, `headers` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON, which it must be by its content type."""
        assert self.headers["content-type"].split(";")[0] == "application/json"
        return json.loads(self.body)


class Endpoint:
    """Talks to one scoring URI; a new connection for each request, as threads share it.

    `process_group` is the server's, where it was started here.
    """

    def __init__(
        self, scoring_uri: str, key: str = "", deployment: str = "", process_group: int = 0
    ) -> None:
        self.process_group = process_group
        parts = urlsplit(scoring_uri)
        assert parts.path.endswith("/score"), f"not a scoring URI: {scoring_uri}"
        self.prefix = parts.path.removesuffix("/score")
        self._secure, self.host = parts.scheme == "https", parts.netloc
        self.has_key = key != ""
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        if deployment:
            self._headers["azureml-model-deployment"] = deployment

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Any request; `path` is below the endpoint, such as /score."""
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self.host, timeout=_TIMEOUT_SECONDS)
        try:
            sent = {**self._headers, **(headers or {})}
            connection.request(method, self.prefix + path, body, sent)
            response = connection.getresponse()
            answered = {name.lower(): value for name, value in response.getheaders()}
            content = response.read()
        finally:
            connection.close()
        status = int(answered.get(_MODEL_STATUS, response.status))
        return Response(status, answered, content)

    def post(self, body: bytes, content_type: str = "application/json") -> Response:
        """A request to score these bytes."""
        return self.send("POST", "/score", body, {"Content-Type": content_type})

    def score(self, document: Any) -> Response:
        """A request to score this document; NaN and Infinity are written as Python writes them."""
        return self.post(json.dumps(document).encode())
