"""What `npm run bench -- features` runs: times in seconds of one machine in one run, as JSON.

    python -m tests.spark.bench lookups             warm look-ups of one day through both readers
    python -m tests.spark.bench first READER        one process from nothing to its first look-up
    python -m tests.spark.bench endpoint URI KEY    the same answers in process and over HTTP
    python -m tests.spark.bench merges              look-ups after daily merges, and maintenance

A look-up is that of a day which no cache holds.
"""

from __future__ import annotations

import datetime as dt
import http.client
import itertools
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from flashflood.delta_rs import DeltaRsReader
from flashflood.feature_table import FeatureTable
from flashflood.model import Model
from flashflood.predictor import Predictor
from flashflood.reader import Reader
from flashflood.snapshot import Snapshot
from flashflood.spark import SparkReader, open_session
from tests.helpers import MULTI_MODEL, SAMPLE_TABLE, THRESHOLDS

URI: Final = str(SAMPLE_TABLE)
# 101 and 731 have no common divisor: every day comes once before any comes again.
DAYS: Final = [dt.date(2019, 1, 1) + dt.timedelta(days=101 * n % 731) for n in range(731)]


def timed(call: Callable[[], object]) -> float:
    """Seconds that it takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def looks_up(snapshot: Snapshot, day: dt.date) -> Callable[[], object]:
    """A look-up past the snapshot's own cache."""
    return lambda: snapshot.inputs_of_day.__wrapped__(day)


def reader(name: str) -> Reader:
    return DeltaRsReader(URI) if name == "delta-rs" else SparkReader(URI)


def lookups(rounds: int = 30, warm_up: int = 15) -> dict[str, Any]:
    """Median and 95th percentile; each round asks both, so that a slow moment meets both."""
    opened = {name: Snapshot(reader(name).open(None)) for name in ("delta-rs", "spark")}
    times: dict[str, list[float]] = {name: [] for name in opened}
    for number, day in enumerate(DAYS[: rounds + warm_up]):
        for name, snapshot in opened.items():
            seconds = timed(looks_up(snapshot, day))
            if number >= warm_up:
                times[name].append(seconds)
    return {
        name: {"p50": statistics.median(values), "p95": statistics.quantiles(values, n=20)[-1]}
        for name, values in times.items()
    }


def first(name: str) -> dict[str, Any]:
    """One look-up; the parent process measures its time."""
    return {"gauges": len(Snapshot(reader(name).open(None)).inputs_of_day(DAYS[0]))}


def endpoint(uri: str, key: str, rounds: int = 400, warm_up: int = 50) -> dict[str, Any]:
    """Medians of the same requests in process and through the endpoint, by turns."""
    table = FeatureTable(DeltaRsReader(URI), refresh_seconds=300)
    service = Predictor(Model.load("multi-model", MULTI_MODEL), table, max_rows=1000)
    parts = urlsplit(uri)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "azureml-model-deployment": "multi-model",
    }

    def over_http(request: dict[str, Any]) -> Any:
        connection.request("POST", parts.path, json.dumps(request), headers)
        response = connection.getresponse()
        body = response.read()
        assert response.status == 200, body
        return json.loads(body)

    inside: list[float] = []
    outside: list[float] = []
    for number, day in enumerate(itertools.islice(itertools.cycle(DAYS), rounds + warm_up)):
        request = {"gauges": sorted(THRESHOLDS), "date": day.isoformat()}
        answers: list[Any] = []
        seconds = timed(lambda r=request, a=answers: a.append(service.answer(r)))  # type: ignore[misc]
        served = timed(lambda r=request, a=answers: a.append(over_http(r)))  # type: ignore[misc]
        assert answers[0] == answers[1]
        if number >= warm_up:
            inside.append(seconds)
            outside.append(served)
    return {"in process": statistics.median(inside), "endpoint": statistics.median(outside)}


def merges(days: int = 20) -> dict[str, Any]:
    """A table that grew by a merge a day, before and after OPTIMIZE and VACUUM."""
    from pipeline.table import COLUMNS, ensure_table, maintain, merge

    spark = open_session()
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        ensure_table(spark, folder)
        rows = spark.read.format("delta").load(URI).select(*COLUMNS).persist()
        newest = [dt.date(2020, 12, 31) - dt.timedelta(days=n) for n in reversed(range(days))]
        merge(spark, folder, rows.where(f"date < DATE '{newest[0]}'"))
        times = [
            timed(lambda d=day: merge(spark, folder, rows.where(f"date = DATE '{d}'")))  # type: ignore[misc]
            for day in newest
        ]

        def look(name: str) -> None:
            fast = Snapshot(DeltaRsReader(folder).open(None))
            slow = Snapshot(SparkReader(folder, lambda: spark).open(None))
            for day in newest[:5]:  # not measured: warm-up
                looks_up(slow, day)()
            found[name] = {
                "files": len(list(Path(folder).glob("year=*/*.parquet"))),
                "open": statistics.median(
                    timed(lambda: Snapshot(DeltaRsReader(folder).open(None))) for _ in range(5)
                ),
                "delta-rs": statistics.median(timed(looks_up(fast, day)) for day in newest),
                "spark": statistics.median(timed(looks_up(slow, day)) for day in newest[5:]),
            }

        found["merge of a day"] = statistics.median(times)
        look("after the merges")
        spark.conf.set("spark.databricks.delta.retentionDurationCheck.enabled", "false")
        found["maintenance"] = timed(lambda: maintain(spark, folder, retain_hours=0))
        look("after OPTIMIZE and VACUUM")
    return found


if __name__ == "__main__":
    what, *given = sys.argv[1:]
    actions: dict[str, Callable[..., dict[str, Any]]] = {
        "lookups": lookups,
        "first": first,
        "endpoint": endpoint,
        "merges": merges,
    }
    print(json.dumps(actions[what](*given)))
