"""Ends a run() that takes too long, as far as a process can do that to itself.

The server sends the alarm when the time is over, so a run() that keeps to its time costs no system
call. It raises TimeoutError in the main thread, between two instructions of Python: a loop or a
sleep ends, a call into native code does not. For that the server ends the whole process (pool.py).
"""

from __future__ import annotations

import signal
import time
from types import FrameType
from typing import Final

ALARM: Final = signal.SIGALRM
_ENOUGH: Final = 0.9
"""Part of the limit after which an alarm is for the call in work, and not a late one for the call
before: the server's clock starts a little earlier than the one here."""


class TimeLimit:
    """`with` it, a call raises TimeoutError when the alarm comes. Main thread only."""

    def __init__(self, milliseconds: int) -> None:
        self._seconds = milliseconds / 1000
        self._began: float | None = None
        self.milliseconds = milliseconds

    def install(self) -> None:
        """Takes the signal; a script may have taken it in init()."""
        signal.signal(ALARM, self._alarm)

    def __enter__(self) -> None:
        self._began = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._began = None

    def _alarm(self, number: int, frame: FrameType | None) -> None:
        began = self._began
        if began is not None and time.monotonic() - began >= self._seconds * _ENOUGH:
            self._began = None
            raise TimeoutError
