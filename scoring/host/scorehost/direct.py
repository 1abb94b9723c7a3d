"""Scores a request that has come as a whole without a task of its own.

Nearly every request is one: it waits for nothing but a worker. What is not plain goes the way of
application.py, which has all rules; its answers are the same.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from scorehost import answers
from scorehost.application import (
    ENDING,
    Application,
    identifiers_of,
    joined,
    send_answer,
    unacceptable,
)
from scorehost.identifiers import Identifiers
from scorehost.messages import Answer, Job
from scorehost.pool import Pool
from scorehost.telemetry import ANSWERED, TRACEPARENT, Begun, Observed

_PLAIN: Final = [answers.JSON, answers.SUCCEEDED]


class Direct:
    """Is called with each request that has come as a whole: protocol.Answers."""

    def __init__(self, application: Application, pool: Pool, observed: Observed | None) -> None:
        self._application = application
        self._pool = pool
        self._observed = observed

    def __call__(self, cycle: RequestResponseCycle, tasks: set[Any]) -> bool:
        scope: Any = cycle.scope
        if scope["path"] != "/score" or scope["method"] != "POST":
            return False
        asked = joined(scope["headers"])
        if b"expect" in asked or unacceptable(scope, asked) is not None:
            return False
        ids = identifiers_of(asked)
        facts = self._pool.facts
        if ids.problem or facts is None or 0 < facts.max_body_bytes < len(cycle.body):
            return False
        if self._pool.is_full():
            return False
        begun = None if self._observed is None else self._observed.begin(scope)
        query, body, trace = scope["query_string"], bytes(cycle.body), scope.get(TRACEPARENT, "")
        job = Job("POST", "/score", query, scope["headers"], body, ids.request_id, trace)
        reply = self._pool.score(job)
        tasks.add(reply)
        reply.add_done_callback(partial(self._answered, cycle, tasks, asked, ids, begun))
        return True

    def _answered(
        self,
        cycle: RequestResponseCycle,
        tasks: set[Any],
        asked: dict[bytes, bytes],
        ids: Identifiers,
        begun: Begun | None,
        reply: asyncio.Future[Any],
    ) -> None:
        tasks.discard(reply)
        # Cancelled when DRAIN_SECONDS are over.
        answer = answers.refusal(503, ENDING) if reply.cancelled() else Answer(*reply.result())
        common = self._application.common("POST", asked, ids)
        if answer.status != 200 or answer.headers[:2] != _PLAIN:  # a script may have made it
            task = reply.get_loop().create_task(send_answer(cycle.send, answer, common))  # type: ignore[arg-type]
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        elif not cycle.disconnected:
            _write(cycle, answer, common)
        if self._observed is not None and begun is not None:
            scope: Any = cycle.scope
            if not cycle.disconnected:
                scope[ANSWERED] = answer.status, ids, "/score"
            self._observed.end(scope, begun)


def _write(cycle: RequestResponseCycle, answer: Answer, common: list[tuple[bytes, bytes]]) -> None:
    # What uvicorn's `send` does for such an answer, in one piece.
    head = [STATUS_LINE[200]]
    length = (b"content-length", b"%d" % len(answer.body))
    for field in (*cycle.default_headers, *answer.headers, length, *common):
        head.append(b"%b: %b\r\n" % field)
    head.append(b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n")
    cycle.response_started = cycle.response_complete = True
    cycle.transport.write(b"".join((*head, answer.body)))
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()
