"""The ids of a request: _init_headers and populate_response_headers of azmlinfsrv's routes.py."""

from __future__ import annotations

import uuid
from typing import Final, NamedTuple

from scorehost.messages import Headers

_LONGEST: Final = 100


class Identifiers(NamedTuple):
    """What is known of a request's ids; empty where it is not. `problem` refuses the request."""

    request_id: str
    legacy_client_request_id: str
    client_request_id: str
    problem: str

    def headers(self) -> Headers:
        """The answer's headers."""
        named = (
            (b"x-request-id", self.request_id),
            (b"x-ms-request-id", self.legacy_client_request_id),
            (b"x-ms-client-request-id", self.client_request_id),
        )
        return [(name, value.encode("latin-1")) for name, value in named if value]


def identifiers(request_id: str | None, legacy: str, client: str) -> Identifiers:
    """From the request's headers x-request-id, x-ms-request-id and x-ms-client-request-id."""
    if request_id is None:
        request_id = str(uuid.uuid4())
    if len(request_id) > _LONGEST:
        problem = f"x-request-id must not exceed {_LONGEST} characters"
        return Identifiers("", "", "", problem)
    # x-ms-request-id once was the name of both ids, and is never empty.
    if legacy:
        client = client or legacy
    else:
        legacy = client or request_id
    if len(legacy) > _LONGEST or len(client) > _LONGEST:
        problem = "x-ms-request-id and x-ms-client-request-id must not exceed 100 characters"
        return Identifiers(request_id, "", "", problem)
    return Identifiers(request_id, legacy, client, "")
