"""Load at a rate: each request is due at its time, whatever became of the others.

Latency counts from the time when a request was due, so that a server that stops for a second is
charged with all requests of that second, not with one for each connection.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence

import uvloop

_CONNECTIONS = 32


class Answers:
    """What came back in one period."""

    def __init__(self) -> None:
        self._tens_of_us: Counter[int] = Counter()
        self.failures = 0

    def add(self, seconds: float) -> None:
        """One more answer."""
        self._tens_of_us[int(seconds * 1e5)] += 1

    @property
    def count(self) -> int:
        """Of the answers."""
        return self._tens_of_us.total()

    def percentile(self, part: float) -> float:
        """Milliseconds, to the next 10 microseconds; not a number without an answer."""
        left = int(self.count * part)
        for value, times in sorted(self._tens_of_us.items()):
            left -= times
            if left < 0:
                return (value + 1) / 100
        return float("nan")


Each = Callable[[Answers], None]


async def _caller(
    port: int, request: bytes, due: asyncio.Queue[float], into: list[Answers]
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while True:
        at = await due.get()
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            lowered = head.lower()
            length = int(lowered.partition(b"content-length: ")[2].partition(b"\r\n")[0])
            await reader.readexactly(length)
            into[-1].failures += not head.startswith(b"HTTP/1.1 200")
            into[-1].add(time.perf_counter() - at)
            if b"connection: close" not in lowered:
                continue
        except (OSError, EOFError):
            into[-1].failures += 1
        writer.close()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)


async def _send(
    port: int, request: bytes, rate: float, seconds: float, each: Sequence[Each]
) -> None:
    due: asyncio.Queue[float] = asyncio.Queue()
    into = [Answers()]
    callers = [asyncio.create_task(_caller(port, request, due, into)) for _ in range(_CONNECTIONS)]
    began = time.perf_counter()
    sent = 0
    for number, told in enumerate(each, 1):
        while (elapsed := time.perf_counter() - began) < number * seconds:
            while sent < elapsed * rate:
                due.put_nowait(began + sent / rate)
                sent += 1
            await asyncio.sleep(0.001)
        into.append(Answers())
        told(into[-2])
    for task in callers:
        task.cancel()


def run(port: int, request: bytes, rate: float, seconds: float, each: Sequence[Each]) -> None:
    """Sends `rate` requests a second, for a period of `seconds` for each function in `each`.

    Each function is called at the end of its period with what came back; it must not take long.
    """
    uvloop.run(_send(port, request, rate, seconds, each))
