"""The ASGI application: health and Swagger are answered here, requests to score by the pool."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final
from urllib.parse import parse_qs

from scorehost import answers, cors, logs, swagger
from scorehost.identifiers import Identifiers, identifiers
from scorehost.messages import Answer, Headers, Job
from scorehost.pool import Pool, QueueFull
from scorehost.settings import Settings
from scorehost.telemetry import ANSWERED, TRACEPARENT

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

LIVENESS: Final = "/"
READINESS: Final = "/ready"
_METHODS: Final = {
    LIVENESS: ("GET", "HEAD", "OPTIONS"),
    READINESS: ("GET", "HEAD", "OPTIONS"),
    "/swagger.json": ("GET", "HEAD", "OPTIONS"),
    "/score": ("GET", "HEAD", "OPTIONS", "POST"),
}
_NOT_FOUND: Final = (
    "The requested URL was not found on the server. If you entered the URL manually please check "
    "your spelling and try again."
)
_NOT_ALLOWED: Final = "The method is not allowed for the requested URL."
_WITHOUT_BODY: Final = (204, 304)
ENDING: Final = "The server is ending."
RETRY_SECONDS: Final = 1
READ_AWAY_SECONDS: Final = 30
"""How long a caller may go on sending what nobody wants, before the answer."""


class CallerGone(Exception):
    """The caller closed the connection: nobody reads an answer."""


class Application:
    """Answers the requests of one server."""

    def __init__(self, pool: Pool, settings: Settings) -> None:
        self._pool = pool
        self._settings = settings
        version = settings.server_version.encode("latin-1")
        self._version: Headers = [(b"x-ms-server-version", version)] if version else []

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        asked = joined(scope["headers"])
        method: str = scope["method"]
        path: str = scope["path"]
        refused = unacceptable(scope, asked)
        if refused is not None or path not in _METHODS or method not in _METHODS[path]:
            await _read_away(receive)
            status, message = (405, _NOT_ALLOWED) if path in _METHODS else (404, _NOT_FOUND)
            answer = refused or answers.refusal(status, message)
            scope[ANSWERED] = answer.status, None, path if path in _METHODS else None
            await send_answer(send, answer, [])
            return
        ids = identifiers_of(asked)
        try:
            answer = await self._answer(scope, receive, asked, ids)
        except CallerGone:
            return
        except asyncio.CancelledError:  # DRAIN_SECONDS are over
            answer = answers.refusal(503, ENDING)
        scope[ANSWERED] = answer.status, ids, path
        await send_answer(send, answer, self.common(method, asked, ids))

    def common(self, method: str, asked: dict[bytes, bytes], ids: Identifiers) -> Headers:
        """The headers that all answers have."""
        common = self._version + ids.headers()
        if b"traceid" in asked:
            common.append((b"traceid", asked[b"traceid"]))
        if self._settings.cors_origins:
            common += cors.headers(self._settings.cors_origins, method, asked)
        return common

    async def _answer(
        self,
        scope: MutableMapping[str, Any],
        receive: Receive,
        asked: dict[bytes, bytes],
        ids: Identifiers,
    ) -> Answer:
        path = scope["path"]
        if path == "/score" and not ids.problem:
            return await self._score(scope, receive, ids)
        await _read_away(receive)
        if ids.problem:
            return answers.refusal(431, ids.problem)
        if scope["method"] == "OPTIONS":
            allowed = ", ".join(_METHODS[path]).encode()
            return Answer(200, [answers.HTML, (b"allow", allowed)], b"")
        if path == "/swagger.json":
            return self._swagger(scope)
        return await self._health(path)

    async def _score(
        self, scope: MutableMapping[str, Any], receive: Receive, ids: Identifiers
    ) -> Answer:
        facts = self._pool.facts
        body = await _body(receive, facts.max_body_bytes if facts is not None else 0)
        query, headers = scope["query_string"], scope["headers"]
        trace = scope.get(TRACEPARENT, "")
        job = Job(scope["method"], "/score", query, headers, body, ids.request_id, trace)
        try:
            return Answer(*await self._pool.score(job))
        except QueueFull:
            answer = answers.refusal(429, "Too many requests wait for a worker. Try again later.")
            answer.headers.append((b"retry-after", str(RETRY_SECONDS).encode()))
            logs.log_request(job.method, job.path, query, 429, 0, len(answer.body), trace)
            return answer

    async def _health(self, path: str) -> Answer:
        if not self._pool.has_ready_worker():
            return answers.refusal(503, "Not ready: the scoring script is being initialised.")
        if path == READINESS and (why := await self._pool.unready()) is not None:
            return answers.refusal(503, f"Not ready: {why}.")
        return Answer(200, [answers.HTML], b"Healthy")

    def _swagger(self, scope: MutableMapping[str, Any]) -> Answer:
        began = time.perf_counter()
        query: bytes = scope["query_string"]
        version = parse_qs(query.decode("latin-1"), keep_blank_values=True).get("version", ["2"])[0]
        facts = self._pool.facts
        if facts is None:
            return answers.refusal(503, "Not ready: the scoring script is being initialised.")
        document = facts.swagger.get(version)
        if document is None:
            answer = answers.refusal(404, swagger.refused(version, facts.supported_versions))
        else:
            answer = Answer(200, [answers.JSON, answers.SUCCEEDED], document)
        seconds = time.perf_counter() - began
        size = len(answer.body)
        logs.log_request(scope["method"], scope["path"], query, answer.status, seconds, size)
        return answer


def joined(headers: Headers) -> dict[bytes, bytes]:
    """By name; several of one name are joined by a comma."""
    joined = dict(headers)
    if len(joined) < len(headers):
        joined = {}
        for name, value in headers:
            joined[name] = b"%b,%b" % (joined[name], value) if name in joined else value
    return joined


def unacceptable(scope: MutableMapping[str, Any], asked: dict[bytes, bytes]) -> Answer | None:
    # RFC 9112 section 3.2 asks for Host from HTTP/1.1 on, RFC 9110 section 10.1.1 for 417.
    expectation = asked.get(b"expect")
    if expectation is not None and expectation.lower() != b"100-continue":
        text = expectation.decode("latin-1")
        return answers.refusal(417, f"Unable to comply with expectation: {text!r}")
    if b"host" not in asked and scope["http_version"] == "1.1":
        return answers.refusal(400, "The header Host is missing.")
    return None


def identifiers_of(asked: dict[bytes, bytes]) -> Identifiers:
    request_id = asked.get(b"x-request-id")
    return identifiers(
        None if request_id is None else request_id.decode("latin-1"),
        asked.get(b"x-ms-request-id", b"").decode("latin-1"),
        asked.get(b"x-ms-client-request-id", b"").decode("latin-1"),
    )


async def _body(receive: Receive, longest: int) -> bytes | None:
    """The whole body; None where it is longer than `longest` bytes (0: no limit)."""
    pieces: list[bytes] = []
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise CallerGone
        pieces.append(message["body"])
        length += len(pieces[-1])
        more = message["more_body"]
        if 0 < longest < length:
            if more:
                await _read_away(receive)
            return None
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


async def _read_away(receive: Receive) -> None:
    """Reads what a caller is still sending and keeps none of it.

    Bytes unread when the connection is closed reset it, and the caller sees that and no answer.
    """
    give_up = time.monotonic() + READ_AWAY_SECONDS
    try:
        while (left := give_up - time.monotonic()) > 0:
            message = await asyncio.wait_for(receive(), left)
            if not message.get("more_body", False):
                return
    except asyncio.TimeoutError:
        pass  # it has had its time


async def send_answer(send: Send, answer: Answer, common: Headers) -> None:
    """Sends a whole answer."""
    status, headers, body = answer
    if status in _WITHOUT_BODY:
        headers, body = [*headers, *common], b""
    else:
        length = (b"content-length", str(len(body)).encode())
        headers = [*headers, length, *common]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
