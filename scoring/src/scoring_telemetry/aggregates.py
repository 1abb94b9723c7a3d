"""Adds values up, cheaply: what a process measures between two exports."""

from __future__ import annotations

import math
import os
import threading
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Generic, NamedTuple, TypeVar

Attributes = tuple[tuple[str, str | int], ...]
"""Names and values that tell the series of a metric apart."""

_LOCK: Final = threading.Lock()
"""Of all series: nobody holds it for longer than some additions."""
# A process that is forked while another thread holds it would wait without end.
os.register_at_fork(
    before=_LOCK.acquire, after_in_parent=_LOCK.release, after_in_child=_LOCK.release
)


_AT_A_TIME: Final = 256
"""Single values that wait until they are added up: of one after the other, between requests, each
would find this code gone from the processor's caches."""


class HistogramState(NamedTuple):
    """Values by buckets. `counts` has one more than there are bounds; `low` and `high` are infinite
    where there is no value."""

    counts: list[int]
    total: float
    low: float
    high: float


class Histogram:
    """Counts of values in buckets; a value that equals a bound is in the bucket below it."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self._waiting: array[float] = array("d")
        self._empty()

    def _empty(self) -> None:
        self._counts = [0] * (len(self._bounds) + 1)
        self._total, self._low, self._high = 0.0, math.inf, -math.inf

    def record(self, value: float) -> None:
        """Adds one value."""
        waiting = self._waiting
        waiting.append(value)
        if len(waiting) >= _AT_A_TIME:
            with _LOCK:
                self._add_up()

    def _add_up(self) -> None:
        # With the lock. Other threads append meanwhile, behind what is taken.
        taken = self._waiting[:]
        if not taken:
            return
        del self._waiting[: len(taken)]
        counts, bounds = self._counts, self._bounds
        for value in taken:
            counts[bisect_left(bounds, value)] += 1
            self._total += value
        self._low = min(self._low, min(taken))
        self._high = max(self._high, max(taken))

    def merge(self, other: HistogramState) -> None:
        """Adds many values."""
        with _LOCK:
            for bucket, count in enumerate(other.counts):
                self._counts[bucket] += count
            self._total += other.total
            self._low = min(self._low, other.low)
            self._high = max(self._high, other.high)

    def take(self, reset: bool) -> HistogramState:
        """What there is; with `reset` it is gone afterwards."""
        with _LOCK:
            self._add_up()
            state = HistogramState(list(self._counts), self._total, self._low, self._high)
            if reset:
                self._empty()
            return state


class Counter:
    """A sum that only grows."""

    def __init__(self) -> None:
        self._sum = 0

    def merge(self, amount: int) -> None:
        """Adds."""
        with _LOCK:
            self._sum += amount

    def take(self, reset: bool) -> int:
        """What there is; with `reset` it is gone afterwards."""
        with _LOCK:
            amount = self._sum
            if reset:
                self._sum = 0
            return amount


A = TypeVar("A", Histogram, Counter)


class Metric(NamedTuple):
    """Name, unit and meaning, as they are exported."""

    name: str
    unit: str
    description: str


class Series(Generic[A]):
    """A metric with one aggregate for each set of attributes."""

    def __init__(self, metric: Metric, make: Callable[[], A]) -> None:
        self.metric = metric
        self._make: Callable[[], A] = make
        self._found: dict[Attributes, A] = {}

    def of(self, attributes: Attributes) -> A:
        """The aggregate of these attributes; callers may keep it."""
        found = self._found.get(attributes)
        if found is None:
            with _LOCK:
                found = self._found.setdefault(attributes, self._make())
        return found

    def items(self) -> list[tuple[Attributes, A]]:
        """All of them, in the order of their first use."""
        with _LOCK:
            return list(self._found.items())


class HistogramSeries(Series[Histogram]):
    """A metric of values in buckets."""

    def __init__(self, metric: Metric, bounds: Sequence[float]) -> None:
        super().__init__(metric, lambda: Histogram(bounds))
        self.bounds = bounds


class CounterSeries(Series[Counter]):
    """A metric of sums that only grow."""

    def __init__(self, metric: Metric) -> None:
        super().__init__(metric, Counter)


class Observed(NamedTuple):
    """A metric whose values are asked for when they are exported: a sum that can fall
    (`is_sum`), or a gauge."""

    metric: Metric
    observe: Callable[[], Iterable[tuple[Attributes, float]]]
    is_sum: bool


Measured = HistogramSeries | CounterSeries | Observed
