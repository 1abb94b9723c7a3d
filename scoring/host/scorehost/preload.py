"""Loads the script once and forks the workers from it (WORKER_PRELOAD): what init() has left is in
memory once, as with gunicorn's preload_app, which azmlinfsrv sets for it (amlserver_linux.py).

One process has the script and forks; the server itself has connections, a loop and threads, which
nothing may be forked from. Linux only. A worker's parent is the server, and not that process: it is
forked twice, and the server takes what its descendants leave (prctl(2), PR_SET_CHILD_SUBREAPER).

A fork copies memory and only the thread that forks. Threads of other code would be missing in the
workers, with whatever locks they held: a script that leaves any is refused. Those of OpenBLAS end
before a fork, by its own handler.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Final

from scorehost import worker
from scorehost.logs import logger
from scorehost.runner import Runner
from scorehost.script import Script
from scorehost.settings import Settings

_PR_SET_CHILD_SUBREAPER: Final = 36
_PROCESS: Final = struct.Struct("!q")


class Forked:
    """A worker; what subprocess.Popen has of a process, as far as the pool asks for it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._file = os.pidfd_open(pid)
        self._code: int | None = None
        self._reaping = threading.Lock()
        """Two threads may wait: one for the worker's end, one for that of all."""

    def send_signal(self, number: int) -> None:
        """Nothing where it has ended."""
        if self._code is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Ends it at once."""
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status, or minus its signal. Raises subprocess.TimeoutExpired."""
        if self._code is None:
            poll = select.poll()
            poll.register(self._file, select.POLLIN)
            if not poll.poll(None if timeout is None else timeout * 1000):
                raise subprocess.TimeoutExpired([str(self.pid)], timeout or 0)
        with self._reaping:
            if self._code is None:
                self._code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
                os.close(self._file)
            return self._code


class Template:
    """The server's end of the process that has the script; init() may take `seconds` (0: any)"""

    def __init__(self, seconds: int) -> None:
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
        self._lock = threading.Lock()
        self._connection, there = socket.socketpair()
        with there:
            command = [sys.executable, "-m", "scorehost.preload", str(there.fileno())]
            self._process = subprocess.Popen(command, pass_fds=[there.fileno()])
        self._connection.settimeout(seconds or None)

    def fork(self, connection: socket.socket) -> Forked | None:
        """A worker that serves `connection`; waits for init(). None where the process has ended."""
        with self._lock:
            try:
                socket.send_fds(self._connection, [b"f"], [connection.fileno()])
                answer = self._connection.recv(_PROCESS.size)
            except OSError:
                return None
            return Forked(_PROCESS.unpack(answer)[0]) if answer else None

    def end(self) -> None:
        """Nothing is forked any more."""
        self._process.kill()
        self._process.wait()
        self._connection.close()


def _forked(
    server: socket.socket, connection: socket.socket, settings: Settings, served: Script
) -> int:
    """The process of a new worker, whose parent is this one's parent."""
    parent = os.getppid()
    here, there = os.pipe()
    between = os.fork()
    if between == 0:
        pid = os.fork()
        if pid == 0:
            while os.getppid() != parent:  # the process between has not ended yet
                time.sleep(0.001)
            worker.end_with_parent()
            server.close()
            os.close(here)
            os.close(there)
            runner = Runner(served, settings, worker.telemetry_of_process())
            worker.serve(connection, runner, settings)
            os._exit(0)
        os.write(there, _PROCESS.pack(pid))
        os._exit(0)
    os.waitpid(between, 0)
    pid = _PROCESS.unpack(os.read(here, _PROCESS.size))[0]
    os.close(here)
    os.close(there)
    return int(pid)


def _threads_left() -> list[str]:
    """The names of the threads that a fork does not end: of all but the main one."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    own = str(os.getpid())
    tasks = (task for task in Path("/proc/self/task").iterdir() if task.name != own)
    return sorted((task / "comm").read_text().strip() for task in tasks)


def main() -> None:
    """The program: `python -m scorehost.preload FD`."""
    settings = worker.prepared()
    server = socket.socket(fileno=int(sys.argv[1]))
    server.set_inheritable(False)
    served = worker.loaded(settings)
    if left := _threads_left():
        logger.error(
            "WORKER_PRELOAD: the script has left %d threads (%s) running, which a fork does not "
            "copy. Unset WORKER_PRELOAD, or let them start with the first run(); an ONNX "
            "Runtime session has none with intra_op_num_threads=1 and inter_op_num_threads=1.",
            len(left),
            ", ".join(left),
        )
        sys.exit(worker.BOOT_FAILED)
    while True:
        asked, (given,), _, _ = socket.recv_fds(server, 1, 1)
        with socket.socket(fileno=given) as connection:
            server.send(_PROCESS.pack(_forked(server, connection, settings, served)))


if __name__ == "__main__":
    main()
