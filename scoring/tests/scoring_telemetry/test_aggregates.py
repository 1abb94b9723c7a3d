from __future__ import annotations

import math
import os
import threading

from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader
from opentelemetry.sdk.metrics.view import ExplicitBucketHistogramAggregation, View

from scoring_telemetry.aggregates import (
    Counter,
    CounterSeries,
    Histogram,
    HistogramState,
    Metric,
)

BOUNDS = (0.0, 1.0, 2.5)


@given(st.lists(st.sampled_from((0.0, 1.0, 2.5)) | st.floats(0, 10), min_size=1))
def test_a_histogram_counts_as_opentelemetrys_own(values: list[float]) -> None:
    reader = InMemoryMetricReader()
    view = View(instrument_name="h", aggregation=ExplicitBucketHistogramAggregation(BOUNDS))
    provider = MeterProvider([reader], views=[view], shutdown_on_exit=False)
    theirs = provider.get_meter("m").create_histogram("h")
    ours = Histogram(BOUNDS)
    for value in values:
        ours.record(value)
        theirs.record(value)

    data = reader.get_metrics_data()
    assert data is not None
    (point,) = data.resource_metrics[0].scope_metrics[0].metrics[0].data.data_points
    assert isinstance(point, HistogramDataPoint)
    assert ours.take(False) == (list(point.bucket_counts), point.sum, point.min, point.max)


@given(st.lists(st.floats(-10, 10)), st.lists(st.floats(-10, 10)))
def test_what_was_taken_and_put_back_is_as_if_it_had_stayed(
    before: list[float], after: list[float]
) -> None:
    stayed, taken = Histogram(BOUNDS), Histogram(BOUNDS)
    for value in before:
        stayed.record(value)
        taken.record(value)
    state = taken.take(True)
    for value in after:
        stayed.record(value)
        taken.record(value)
    taken.merge(state)

    one, other = stayed.take(False), taken.take(False)
    assert one._replace(total=0) == other._replace(total=0)
    assert math.isclose(one.total, other.total, abs_tol=1e-9)


def test_values_that_threads_record_while_others_take_are_counted_once() -> None:
    histogram = Histogram(BOUNDS)
    begun, counts = threading.Barrier(5), [0, 0, 0, 0]

    def record() -> None:
        begun.wait()
        for _ in range(5000):
            histogram.record(2.0)

    threads = [threading.Thread(target=record) for _ in range(4)]
    for one in threads:
        one.start()
    begun.wait()
    while any(one.is_alive() for one in threads):
        counts[2] += histogram.take(True).counts[2]
    counts[2] += histogram.take(True).counts[2]

    assert counts == [0, 0, 20_000, 0]


def test_taking_with_reset_leaves_nothing() -> None:
    histogram, counter = Histogram(BOUNDS), Counter()
    histogram.record(1)
    counter.merge(2)

    assert (histogram.take(False), counter.take(False)) == (([0, 1, 0, 0], 1, 1, 1), 2)
    assert (histogram.take(True), counter.take(True)) == (([0, 1, 0, 0], 1, 1, 1), 2)
    empty = HistogramState([0, 0, 0, 0], 0, math.inf, -math.inf)
    assert (histogram.take(True), counter.take(True)) == (empty, 0)


def test_a_series_has_one_aggregate_for_equal_attributes() -> None:
    series = CounterSeries(Metric("n", "1", "d"))
    first, second = series.of((("a", 1),)), series.of((("a", 2),))

    assert series.of((("a", 1),)) is first
    assert series.items() == [((("a", 1),), first), ((("a", 2),), second)]


def test_a_forked_process_can_count() -> None:
    counter = Counter()
    child = os.fork()
    if child == 0:
        counter.merge(7)
        os._exit(counter.take(False))
    counter.merge(1)
    _, status = os.waitpid(child, 0)

    assert (os.waitstatus_to_exitcode(status), counter.take(False)) == (7, 1)
