"""The server's end of one worker: what it is given, what comes back, and when it is late."""

from __future__ import annotations

import asyncio
import subprocess
from typing import TYPE_CHECKING, Any, cast

from scorehost.batches import Message, Reply
from scorehost.messages import Ready, Unpacker, packed
from scorehost.preload import Forked

if TYPE_CHECKING:
    from scorehost.pool import Pool

Process = subprocess.Popen[bytes] | Forked


class Worker(asyncio.Protocol):
    """One of a pool's."""

    def __init__(self, pool: Pool, process: Process) -> None:
        self.pool = pool
        self.process = process
        self.ready = False
        self.reply: Reply | None = None
        self.deadline: asyncio.TimerHandle | None = None
        self._began = 0.0
        self._unpacker = Unpacker()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's classes.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        for kind, content in self._unpacker.feed(data):
            if kind == "ready":
                self.ready = True
                self.pool.became_ready(self, Ready(*content))
            else:
                self.done(content)

    def connection_lost(self, error: Exception | None) -> None:
        self.pool.lost(self)

    def send(self, message: Message, reply: Reply) -> None:
        """Gives it work; `reply` gets what comes back."""
        self.reply = reply
        self._began = reply.get_loop().time()
        if self.deadline is None:
            self._arm(self.pool.limit[0])
        self._transport.write(packed(message))

    def _arm(self, seconds: float) -> None:
        # One timer for many requests: it is set again when it finds a later one.
        loop = asyncio.get_running_loop()
        self.deadline = loop.call_later(seconds, self._look)

    def _look(self) -> None:
        self.deadline = None
        if self.reply is None:
            return
        limit, late = self.pool.limit
        left = self._began + limit - asyncio.get_running_loop().time()
        if left > 0:
            self._arm(left)
        else:
            late(self)

    def done(self, content: Any) -> None:
        """Ends the work that it had."""
        reply, self.reply = self.reply, None
        if reply is not None and not reply.done():
            reply.set_result(content)
        if not self._transport.is_closing():
            self.pool.became_idle(self)

    def disarm(self) -> None:
        """Forgets the deadline."""
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None

    def end(self, seconds: float) -> None:
        """Lets it send what it has measured, and end by itself."""
        self._transport.write(packed(("end", seconds)))
        self.close()

    def close(self) -> None:
        """Lets it end by itself, after the work that it has."""
        self._transport.close()
