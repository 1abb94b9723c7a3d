"""A closed loop of callers on loopback: each sends its next request when the last is answered.

One process, whose own cost is the same for every server. A server that closes its connections after
each answer is called over new ones.
"""

from __future__ import annotations

import asyncio
import time
from typing import NamedTuple, cast

import uvloop


class Result(NamedTuple):
    """What came back in one run."""

    seconds: float
    latencies: list[float]
    failures: int

    @property
    def per_second(self) -> float:
        """Answers in each second."""
        return len(self.latencies) / self.seconds


class _Caller(asyncio.Protocol):
    def __init__(self, request: bytes, give_up: float, ended: asyncio.Future[bool]) -> None:
        self._request = request
        self._give_up = give_up
        self._ended = ended
        self._loop = asyncio.get_running_loop()
        self._received = b""
        self._sent = 0.0
        self.latencies: list[float] = []
        self.failures = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._received = b""
        self._send()

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found:
            return
        lowered = head.lower()
        length = int(lowered.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        now = time.perf_counter()
        self.latencies.append(now - self._sent)
        self.failures += not head.startswith(b"HTTP/1.1 200")
        self._received = b""
        if now >= self._give_up:
            self._finish(False)
        elif b"connection: close" not in lowered:
            self._send()

    def connection_lost(self, error: Exception | None) -> None:
        self._finish(True)

    def _finish(self, again: bool) -> None:
        if not self._ended.done():
            self._ended.set_result(again)
            self._transport.close()


async def _call(port: int, request: bytes, give_up: float) -> tuple[list[float], int]:
    latencies: list[float] = []
    failures = 0
    again = True
    loop = asyncio.get_running_loop()
    while again:
        ended: asyncio.Future[bool] = loop.create_future()
        caller = _Caller(request, give_up, ended)

        def protocol(one: _Caller = caller) -> _Caller:
            return one

        try:
            await loop.create_connection(protocol, "127.0.0.1", port)
        except OSError:
            failures += 1
            again = time.perf_counter() < give_up
            continue
        again = await ended and time.perf_counter() < give_up
        latencies += caller.latencies
        failures += caller.failures
    return latencies, failures


def post(body: bytes, path: str = "/score") -> bytes:
    """A whole request with a JSON body."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def run(port: int, request: bytes, connections: int, seconds: float) -> Result:
    """Sends the request for so long."""

    async def all_callers() -> Result:
        began = time.perf_counter()
        calls = [_call(port, request, began + seconds) for _ in range(connections)]
        found = await asyncio.gather(*calls)
        took = time.perf_counter() - began
        latencies = [one for latencies, _ in found for one in latencies]
        return Result(took, latencies, sum(failures for _, failures in found))

    return uvloop.run(all_callers())
