"""What waits for a worker, in order, and in batches for a script that exports `run_batch`.

A free worker takes what waits, up to WORKER_BATCH_SIZE requests; where that are fewer, it takes
them once the first has waited for WORKER_BATCH_WAIT_MS. They are collected here, in front of all
workers: collected in each worker, a request could wait for a batch while another worker is free.

A batch that has no answers (run_batch() failed, took too long, or its process ended) is sent again
in parts of one, so that what is wrong with one request is the answer to that one only.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, Final, NamedTuple

SCORE: Final = "score"
BATCH: Final = "batch"

Message = tuple[str, Any]
Reply = asyncio.Future[Any]


class _Waiting(NamedTuple):
    message: Message
    reply: Reply
    since: float
    alone: bool


class Queue:
    """`size` 1: no batches. `may_take` is called when `take` gives what it did not give before."""

    def __init__(self, size: int, wait_ms: int, may_take: Callable[[], None]) -> None:
        self._size = size
        self._wait_seconds = wait_ms / 1000
        self._may_take = may_take
        self._waiting: deque[_Waiting] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, message: Message, reply: Reply) -> None:
        """Puts a message behind all others; `reply` gets what comes back."""
        alone = self._size == 1 or message[0] != SCORE
        since = 0.0 if alone else reply.get_loop().time()
        self._waiting.append(_Waiting(message, reply, since, alone))

    def take(self) -> tuple[Message, Reply] | None:
        """What the next free worker gets; None where nothing waits, or a batch is not due."""
        while self._waiting:
            first = self._waiting[0]
            if first.reply.done():  # the caller's task was cancelled
                self._waiting.popleft()
            elif first.alone:
                self._waiting.popleft()
                return first.message, first.reply
            else:
                return self._batch(first)
        return None

    def _batch(self, first: _Waiting) -> tuple[Message, Reply] | None:
        loop = first.reply.get_loop()
        left = first.since + self._wait_seconds - loop.time()
        if left > 0 and len(self._waiting) < self._size:
            if self._timer is None:
                self._timer = loop.call_later(left, self._is_due)
            return None
        taken: list[_Waiting] = []
        while self._waiting and len(taken) < self._size and not self._waiting[0].alone:
            one = self._waiting.popleft()
            if not one.reply.done():
                taken.append(one)
        if len(taken) == 1:
            return first.message, first.reply
        together: Reply = loop.create_future()
        together.add_done_callback(partial(self._share, taken))
        return (BATCH, [one.message[1] for one in taken]), together

    def _is_due(self) -> None:
        self._timer = None
        self._may_take()

    def _share(self, taken: list[_Waiting], together: Reply) -> None:
        found = together.result()
        if isinstance(found, list):
            for one, answer in zip(taken, found, strict=True):
                if not one.reply.done():
                    one.reply.set_result(answer)
        else:  # none, or what a request alone is told when its process ends
            again = [one._replace(alone=True) for one in taken]
            self._waiting.extendleft(reversed(again))
            self._may_take()
