"""Readers while a writer commits: every answer is of one version, whole and right."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from collections import Counter
from pathlib import Path
from typing import Any, Final

import numpy as np
from deltalake import DeltaTable

from flashflood.delta_rs import DeltaRsReader
from flashflood.feature_table import FeatureTable
from flashflood.features import FEATURE_NAMES
from flashflood.model import Model
from flashflood.predictor import Predictor
from tests.helpers import COMPACT, THRESHOLDS, feature_row, write_table

REQUESTS: Final = 10_000
THREADS: Final = 4
# That readers see, at the least.
VERSIONS: Final = 10
DAYS: Final = [dt.date(2020, 2, day) for day in range(1, 8)]
ROWS: Final = [(gauge, day, level) for gauge, level in THRESHOLDS.items() for day in DAYS]


def rain_of(version: int) -> float:
    """What the writer gives every row of a version, so that an answer shows where it is from."""
    return float(version % 200)


def expected_probabilities() -> dict[float, list[float]]:
    """The answer for each amount of rain, all other features being one half."""
    model = Model.load("name", COMPACT)
    rains = [rain_of(version) for version in range(200)]
    row = {**feature_row(), **dict.fromkeys(FEATURE_NAMES, 0.5)}
    rows = [[{**row, "rain_mm": rain}[name] for name in FEATURE_NAMES] for rain in rains]
    answers = model.probabilities(np.array(rows, dtype=np.float32))
    return {
        rain: [round(float(value), 6) for value in answer]
        for rain, answer in zip(rains, answers, strict=True)
    }


def test_ten_thousand_answers_are_right_while_a_writer_commits(tmp_path: Path) -> None:
    """Overwrites, merges of small files and their removal, as the pipeline does them."""
    uri = write_table(tmp_path, ROWS, values={"rain_mm": rain_of(0)})
    table = FeatureTable(DeltaRsReader(uri), refresh_seconds=0.1, timeout_seconds=300)
    service = Predictor(Model.load("name", COMPACT), table, max_rows=100)
    expected = expected_probabilities()
    done = threading.Event()
    wrong: list[Any] = []
    seen: list[Counter[int]] = [Counter() for _ in range(THREADS)]
    rain_by_version = {0: rain_of(0)}

    def write() -> None:
        handle = DeltaTable(uri)
        while not done.wait(0.02):
            version = handle.version() + 1
            # Known before it can be read.
            rain_by_version[version] = rain_of(version)
            handle.update(new_values={"rain_mm": str(rain_of(version))})
            if version % 10 == 0:
                rain_by_version[version + 1] = rain_of(version)
                handle.optimize.compact()
            handle = DeltaTable(uri)

    def read(thread: int) -> None:
        # How often the writer commits is the machine's choice: readers go on until they saw it.
        for number in itertools.count():
            if number >= REQUESTS // THREADS:
                # Copied, since the other threads add to theirs meanwhile.
                versions = {version for each in seen for version in list(each)}
                if len(versions) > VERSIONS:
                    return
            day = DAYS[number % len(DAYS)].isoformat()
            answer = service.answer({"gauges": sorted(THRESHOLDS), "date": day})
            version = answer["feature_table_version"]
            seen[thread][version] += 1
            probabilities = expected[rain_by_version[version]]
            for gauge, row in zip(sorted(THRESHOLDS), answer["predictions"], strict=True):
                found = [entry["probability"] for entry in row["probabilities"]]
                if (row["gauge"], row["date"], found) != (gauge, day, probabilities):
                    wrong.append((version, row))

    writer = threading.Thread(target=write)
    readers = [threading.Thread(target=read, args=[thread]) for thread in range(THREADS)]
    writer.start()
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    done.set()
    writer.join()

    assert wrong == []
    assert sum(sum(each.values()) for each in seen) >= REQUESTS
    assert all(list(each) == sorted(each) for each in seen), "no reader went back in time"
