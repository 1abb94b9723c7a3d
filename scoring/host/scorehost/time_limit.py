"""Ends a run() that takes too long, as far as a process can do that to itself.

The alarm raises TimeoutError in the main thread, between two instructions of Python: a loop or a
sleep ends, a call into native code does not. For that the server ends the whole process (pool.py).
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


def _raise_timeout(number: int, frame: FrameType | None) -> None:
    raise TimeoutError


@contextmanager
def time_limit(milliseconds: int) -> Iterator[None]:
    """Raises TimeoutError in the body of the `with` after so long. Main thread only."""
    # Set each time: a script may have used the signal for itself.
    signal.signal(signal.SIGALRM, _raise_timeout)
    signal.setitimer(signal.ITIMER_REAL, milliseconds / 1000)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
