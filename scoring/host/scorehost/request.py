"""One request to score, as a worker sees it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from scorehost import exact_json
from scorehost.messages import Headers, Job


class BodyTooLong(Exception):
    """The body was longer than the script's limit, and was not kept."""


class Request:
    """A request; what is costly to know is found out when it is asked for."""

    def __init__(self, job: Job) -> None:
        self.method = job.method
        self.path = job.path
        self.query = job.query
        self.raw_headers: Headers = job.headers
        self.body = job.body
        """None where it was longer than the script's `max_body_bytes`."""
        self.request_id = job.request_id
        self.traceparent = job.traceparent

    @cached_property
    def headers(self) -> dict[str, str]:
        """By lower-case name; several of one name are joined by a comma."""
        joined: dict[str, str] = {}
        for name, value in self.raw_headers:
            key, text = name.decode("latin-1"), value.decode("latin-1")
            joined[key] = f"{joined[key]},{text}" if key in joined else text
        return joined

    def script_headers(self) -> dict[str, str]:
        """As run(request_headers=…) gets them: names as WSGI and Flask write them."""
        # gunicorn drops names with underscores, which WSGI could not tell from hyphens.
        # In WSGI an empty content type is none.
        return {
            name.title(): value
            for name, value in self.headers.items()
            if "_" not in name and (value or name not in ("content-type", "content-length"))
        }

    @cached_property
    def content_type(self) -> str:
        """The header, in lower case; found without looking at the others' values."""
        for name, value in self.raw_headers:
            if name == b"content-type":
                return value.decode("latin-1").lower()
        return ""

    @property
    def mimetype(self) -> str:
        """The content type without its parameters, in lower case."""
        return self.content_type.partition(";")[0].strip()

    @property
    def is_json(self) -> bool:
        """Whether the content type says so, as werkzeug reads it."""
        kind = self.mimetype
        return kind == "application/json" or (
            kind.startswith("application/") and kind.endswith("+json")
        )

    @property
    def is_form(self) -> bool:
        """Whether werkzeug reads the body as a form, and so leaves the request's data empty."""
        kind = self.mimetype
        return kind == "application/x-www-form-urlencoded" or (
            kind == "multipart/form-data" and "boundary=" in self.content_type
        )

    def complete_body(self) -> bytes:
        """Raises BodyTooLong."""
        if self.body is None:
            raise BodyTooLong
        return self.body

    @cached_property
    def document(self) -> Any:
        """The body as JSON; read once. Raises json.JSONDecodeError and other ValueErrors."""
        return exact_json.loads(self.complete_body())
