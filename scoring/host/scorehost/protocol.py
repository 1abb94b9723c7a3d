"""uvicorn's HTTP protocol with bounds, and with errors in the form of all others.

A caller that is silent, or that sends headers without an end, would otherwise keep its connection,
and their memory, as long as it likes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

import httptools
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from scorehost import answers

Answers = Callable[[RequestResponseCycle, set[Any]], bool]
"""Answers a request that has come as a whole, without a task for it; what it waits for is among the
tasks, which end with the server. False: it has done nothing."""

LONGEST_HEAD: Final = 32_768
LONGEST_FIELD: Final = 8_190
"""Bytes of one header, and of all; gunicorn's limit for one is the same."""
_READ_AWAY_SECONDS: Final = 30
_SILENCE_SECONDS: Final = 1


class BoundedProtocol(HttpToolsProtocol):
    """One connection. It is closed when its caller sends nothing for `silence_seconds`."""

    silence_seconds = 60
    answers: Answers = staticmethod(lambda cycle, tasks: False)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head_bytes = self._fed = 0
        self._in_head = True
        self._refused = False
        self._heard = self.loop.time()
        self._watch = self.loop.call_later(self.silence_seconds, self._look)
        self._reading = False
        self._begun: tuple[RequestResponseCycle, Any] | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        self._watch.cancel()
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]
        """A caller that will send nothing more may still wait for its answer."""
        waits = bool(self.cycle) and not self.cycle.response_complete and not self.cycle.more_body
        if waits:
            self.cycle.keep_alive = False
        return waits

    def data_received(self, data: bytes) -> None:
        self._heard = self.loop.time()
        if self._refused:
            return
        self._fed = len(data)
        self._reading = True
        super().data_received(data)
        self._reading = False
        if self._begun is not None:
            (cycle, app), self._begun = self._begun, None
            if cycle.more_body or not self.answers(cycle, self.tasks):
                super()._start_asgi_task(cycle, app)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > LONGEST_HEAD:
                self._refuse(431, "The headers are too long.")

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        if self._reading:  # it may be whole when this read is over
            self._begun = cycle, app
        else:
            super()._start_asgi_task(cycle, app)

    def on_message_begin(self) -> None:
        self._head_bytes, self._in_head = 0, True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        if self._head_bytes + self._fed > LONGEST_FIELD:  # only then it can be too long
            lengths = [len(name) + len(value) for name, value in self.headers]
            if max(lengths, default=0) > LONGEST_FIELD or sum(lengths) > LONGEST_HEAD:
                self._refuse(431, "The headers are too long.")
                raise httptools.HttpParserError
        self._in_head = False
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """As uvicorn's, without its timer for each request: `_look` closes what is idle."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())

    def send_400_response(self, msg: str) -> None:
        self._refuse(400, msg)

    def _look(self) -> None:
        """Closes the connection if nothing came for so long, unless it is our turn to speak."""
        waits = bool(self.cycle) and not self.cycle.response_complete
        if waits and not self.cycle.more_body and not self.flow.write_paused:
            self._heard = self.loop.time()
        left = self._heard + self.silence_seconds - self.loop.time()
        if left > 0:
            self._watch = self.loop.call_later(left, self._look)
        else:
            self.transport.abort()

    def _refuse(self, status: int, message: str) -> None:
        """Answers what cannot be read as HTTP, and reads away what is still sent."""
        if self._refused:
            return
        self._refused = True
        answer = answers.refusal(status, message)
        head = [STATUS_LINE[status], b"connection: close\r\n"]
        fields = [*answer.headers, (b"content-length", str(len(answer.body)).encode())]
        head += [b"%b: %b\r\n" % field for field in fields]
        self.transport.write(b"".join([*head, b"\r\n", answer.body]))
        self.transport.write_eof()
        self.loop.call_later(_READ_AWAY_SECONDS, self.transport.close)
        self._close_when_silent()

    def _close_when_silent(self) -> None:
        left = self._heard + _SILENCE_SECONDS - self.loop.time()
        if self.transport.is_closing():
            return
        if left > 0:
            self.loop.call_later(left, self._close_when_silent)
        else:
            self.transport.close()


def bounded(silence_seconds: int, answers: Answers) -> type[HttpToolsProtocol]:
    """The protocol with this bound, as uvicorn takes it: by its class."""
    attributes: dict[str, Any] = {
        "silence_seconds": silence_seconds,
        "answers": staticmethod(answers),
    }
    return type("BoundedProtocol", (BoundedProtocol,), attributes)
