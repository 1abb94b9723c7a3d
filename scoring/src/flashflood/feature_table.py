"""A feature table that is kept open, looked at again, and survives its storage's bad hours."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final

from flashflood.deadline import Deadline
from flashflood.errors import FeatureStorageError, FeatureTableError
from flashflood.reader import Reader
from flashflood.snapshot import Snapshot

logger = logging.getLogger(__name__)

RETRY_SECONDS: Final = 5
"""After a look that failed, the next is so much later, or after the refresh time if that is less.
Callers are told to come back after it (Retry-After)."""

_START_SECONDS: Final = 60.0
"""For the first look, which no caller waits for: a Spark session alone takes 10 s to start."""


class FeatureTable:
    """The newest version of a table, at most `refresh_seconds` old; or one fixed `version`.

    While the storage fails, the last version goes on serving for `outage_seconds` after it was
    last known to be the newest: features with their date are better than none. A newer version
    that is no good is an error at once: what it was meant to correct must not be served.
    """

    def __init__(
        self,
        reader: Reader,
        *,
        version: int | None = None,
        refresh_seconds: float,
        timeout_seconds: float = 2.0,
        outage_seconds: float = 3600.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Looks at once. Raises FeatureTableError; a storage that fails is tried again later."""
        self._reader = reader
        self._version = version
        self._refresh_seconds = refresh_seconds
        self._outage_seconds = outage_seconds
        self._clock = clock
        self._deadline = Deadline(timeout_seconds)
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._error: FeatureStorageError | FeatureTableError | None = None
        self._looking: Future[Snapshot] | None = None
        self._seen_at = self._look_again_at = clock()
        self._look(_START_SECONDS)
        if isinstance(self._error, FeatureTableError):
            raise self._error

    def _open(self) -> Snapshot:
        return Snapshot(self._reader.open(self._version), self._deadline.run)

    def _look(self, seconds: float | None = None) -> None:
        # A look that took too long is waited for again, not begun again: storages that are slow
        # must not be asked more for it.
        if self._looking is None:
            self._looking = self._deadline.start(self._open)
        pause = min(RETRY_SECONDS, self._refresh_seconds)
        # Asked once: a look that ends right after the waiting has an answer that nobody has seen.
        has_ended = self._deadline.ends(self._looking, seconds)
        try:
            if not has_ended:
                raise self._deadline.late(seconds)
            self._snapshot = self._looking.result()
            self._error = None
            self._seen_at = self._clock()
            pause = float("inf") if self._version is not None else self._refresh_seconds
        except (FeatureStorageError, FeatureTableError) as error:
            self._error = error
            held = None if self._snapshot is None else self._snapshot.version
            logger.warning(
                "the feature table was not read, version %s is held", held, exc_info=True
            )
        finally:
            if has_ended:
                self._looking = None
            self._look_again_at = self._clock() + pause

    @property
    def was_read(self) -> bool:
        """Whether the table could be read at least once."""
        return self._snapshot is not None

    @property
    def held(self) -> Snapshot:
        """The version that was read last, without a look whether there is a newer one."""
        assert self._snapshot is not None, "asked before was_read"
        return self._snapshot

    def current(self) -> Snapshot:
        """The version to answer from. Raises FeatureStorageError or FeatureTableError."""
        if self._clock() >= self._look_again_at and self._lock.acquire(blocking=False):
            try:  # others go on with what there is meanwhile
                self._look()
            finally:
                self._lock.release()
        snapshot, error = self._snapshot, self._error
        if error is None and snapshot is not None:
            return snapshot
        outage = self._clock() - self._seen_at
        if isinstance(error, FeatureStorageError) and snapshot is not None:
            if outage <= self._outage_seconds:
                return snapshot
        # A new exception each time: one that is raised again and again gathers all their frames.
        assert error is not None
        raise type(error)(str(error)) from error
