"""Worker processes, and the queue in front of them.

A thread cannot be ended from outside, so a run() that hangs ends with its process: the server kills
it, answers the caller, and starts another one. One request, or one batch, is with a worker at a
time; the others wait here, so a worker that is lost takes no more than its own request with it.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Final

from scorehost import answers
from scorehost.batches import SCORE, Message, Queue, Reply
from scorehost.link import Process, Worker
from scorehost.logs import logger
from scorehost.messages import Job, Ready
from scorehost.preload import Template
from scorehost.runner import timeout_message
from scorehost.settings import Settings
from scorehost.time_limit import ALARM

GRACE_SECONDS: Final = 1.0
"""What run() has to end by itself, after the alarm, before its process is killed."""


class QueueFull(Exception):
    """So many requests wait for a worker already that this one does not."""


class Pool:
    """The workers of one server. `failed` is called when a script cannot be started."""

    def __init__(self, settings: Settings, failed: Callable[[], None]) -> None:
        self._settings = settings
        self._failed = failed
        self._workers: set[Worker] = set()
        self._idle: deque[Worker] = deque()
        self._queue = Queue(settings.batch_size, settings.batch_wait_ms, self._hand_out)
        self._tasks: set[asyncio.Task[None]] = set()
        """Kept here, because a loop keeps only weak references to its tasks."""
        self._ending = False
        self._template: Template | None = None
        self._not_ready: str | None = None
        self.facts: Ready | None = None
        """What the first worker said about the script; None before that."""
        self._limit_ms = settings.scoring_timeout_ms
        self.limit: tuple[float, Callable[[Worker], None]] = (self._limit_ms / 1000, self.alarm)
        """When a worker's time is over, and what is done then."""
        if 0 < settings.worker_timeout_seconds <= self.limit[0]:
            self._limit_ms = settings.worker_timeout_seconds * 1000
            self.limit = (settings.worker_timeout_seconds, self.late)

    def start(self) -> None:
        """Starts all workers; they become ready later."""
        if self._settings.preload:
            self._template = Template(self._settings.worker_timeout_seconds)
        self._in_background(self._start())

    async def _start(self) -> None:
        for _ in range(self._settings.worker_count):
            if not self._ending:
                await self._add()

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def is_full(self) -> bool:
        """Whether `score` would raise QueueFull."""
        return not self._idle and len(self._queue) >= self._settings.max_waiting_requests

    def score(self, job: Job) -> Reply:
        """Gets the answer of the next free worker, as a tuple. Raises QueueFull."""
        if self.is_full():
            raise QueueFull
        return self._ask((SCORE, tuple(job)))

    async def unready(self) -> str | None:
        """Why the script wants no requests: asked of a free worker, else as it last said."""
        if self.facts is not None and self.facts.reports_readiness and self._idle:
            self._not_ready = await self._ask(("readiness", None))
        return self._not_ready

    def has_ready_worker(self) -> bool:
        """Whether some worker has initialised the script."""
        return any(worker.ready for worker in self._workers)

    async def end(self, seconds: float = GRACE_SECONDS) -> None:
        """Closes all workers; kills those that do not end in so many seconds."""
        self._ending = True
        if self._template is not None:
            self._template.end()
        for worker in (workers := list(self._workers)):
            if worker.reply is not None:
                worker.process.kill()  # its time to drain is over
            worker.end(seconds)
        await asyncio.gather(*(_ended(worker.process, seconds) for worker in workers))

    def became_ready(self, worker: Worker, facts: Ready) -> None:
        """It has initialised the script."""
        self.facts = facts
        worker.disarm()
        self.became_idle(worker)

    def became_idle(self, worker: Worker) -> None:
        """It takes the request that has waited longest."""
        self._idle.append(worker)
        self._hand_out()

    def _hand_out(self) -> None:
        while self._idle and (work := self._queue.take()) is not None:
            self._idle.popleft().send(*work)

    def alarm(self, worker: Worker) -> None:
        """Raises TimeoutError in the script, which has a moment for its own ending."""
        worker.process.send_signal(ALARM)
        loop = asyncio.get_running_loop()
        loop.call_later(GRACE_SECONDS, self._still_late, worker, worker.reply)

    def _still_late(self, worker: Worker, reply: Reply | None) -> None:
        if worker.reply is reply:
            self.late(worker)

    def late(self, worker: Worker) -> None:
        """Neither the alarm nor the script has ended its work: the process has to end."""
        logger.error("Worker %d did not end in time and is killed", worker.process.pid)
        worker.process.kill()
        worker.close()
        if worker.reply is not None and not worker.reply.done():
            message = timeout_message(self._limit_ms)
            worker.reply.set_result(tuple(answers.refusal(500, message, run_failed=True)))

    def lost(self, worker: Worker) -> None:
        """Its process has ended, or will at once."""
        self._workers.discard(worker)
        if worker in self._idle:
            self._idle.remove(worker)
        worker.disarm()
        self._in_background(self._replace(worker))

    async def _replace(self, worker: Worker) -> None:
        code = await _ended(worker.process)
        how = f"status {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
        if worker.reply is not None and not worker.reply.done():
            message = f"The scoring process ended with {how}. Check the logs for more info."
            worker.reply.set_result(tuple(answers.refusal(500, message, run_failed=True)))
        if self._ending:
            return
        logger.error("Worker %d ended with %s", worker.process.pid, how)
        if worker.ready:
            await self._add()
        else:
            self._failed()

    async def _add(self) -> None:
        loop = asyncio.get_running_loop()
        here, there = socket.socketpair()
        with there:
            process = await self._process(there)
        if process is None:
            here.close()
            if not self._ending:
                self._failed()
            return
        worker = Worker(self, process)
        self._workers.add(worker)
        if self._settings.worker_timeout_seconds:
            seconds = self._settings.worker_timeout_seconds
            worker.deadline = loop.call_later(seconds, self.late, worker)
        here.setblocking(False)
        await loop.create_unix_connection(lambda: worker, sock=here)

    async def _process(self, connection: socket.socket) -> Process | None:
        """Of a worker; None where the script cannot be loaded to fork it."""
        if self._template is not None:
            # A thread waits for init().
            fork = self._template.fork
            return await asyncio.get_running_loop().run_in_executor(None, fork, connection)
        command = [sys.executable, "-m", "scorehost.worker", str(connection.fileno())]
        return subprocess.Popen(command, pass_fds=[connection.fileno()])

    def _ask(self, message: Message) -> Reply:
        reply: Reply = asyncio.get_running_loop().create_future()
        self._queue.add(message, reply)
        self._hand_out()
        return reply


async def _ended(process: Process, seconds: float = GRACE_SECONDS) -> int:
    """The status of a process whose socket is closed: it has a moment to end by itself."""
    loop = asyncio.get_running_loop()
    try:
        return await loop.run_in_executor(None, process.wait, seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return await loop.run_in_executor(None, process.wait)
