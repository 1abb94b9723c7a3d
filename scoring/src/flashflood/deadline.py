"""Waits for a storage, but not for ever."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
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

    def wait(self, read: Future[T], seconds: float | None = None) -> T:
        """Its result or error. Raises FeatureStorageError when it does not end in time."""
        seconds = self.seconds if seconds is None else seconds
        try:
            return read.result(seconds)
        except FutureTimeout as error:
            if read.done():
                raise  # not this waiting but the read itself
            raise FeatureStorageError(
                f"the storage of the feature table did not answer within {seconds:g} s"
            ) from error

    def run(self, read: Callable[[], T]) -> T:
        """Both."""
        return self.wait(self.start(read))
