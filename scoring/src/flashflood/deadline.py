"""Waits for a storage for a limited time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from typing import Final, TypeVar

from flashflood.errors import FeatureStorageError

T = TypeVar("T")

_THREADS: Final = 4
"""Reads that can hang at a time. They end by the storage client's own timeouts; until then further
ones wait for a thread, and so run into the deadline too: a storage that hangs costs no memory."""


class Deadline:
    """Runs reads in threads of its own and waits `seconds` for each."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._threads = ThreadPoolExecutor(_THREADS, "feature-storage")

    def start(self, read: Callable[[], T]) -> Future[T]:
        """Begins a read, to be waited for."""
        return self._threads.submit(read)

    def ends(self, read: Future[T], seconds: float | None = None) -> bool:
        """Waits for a read. False when it does not end in time: it goes on, with nobody waiting."""
        # Not `read.result(seconds)`: after its TimeoutError the read may have ended meanwhile, and
        # then nothing tells that error from one of the read itself.
        return bool(wait_for((read,), self.seconds if seconds is None else seconds).done)

    def late(self, seconds: float | None = None) -> FeatureStorageError:
        """What to raise for a read that did not end in time."""
        seconds = self.seconds if seconds is None else seconds
        return FeatureStorageError(
            f"the storage of the feature table did not answer within {seconds:g} s"
        )

    def run(self, read: Callable[[], T]) -> T:
        """Its result or error. Raises FeatureStorageError when it does not end in time."""
        begun = self.start(read)
        if not self.ends(begun):
            raise self.late()
        return begun.result()
