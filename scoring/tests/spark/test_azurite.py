"""Both readers over a storage emulator, and what becomes of them when it goes away and comes back.

Not proved by it, because the emulator has none of it: OAuth, a hierarchical namespace, TLS.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from deltalake import DeltaTable, QueryBuilder, write_deltalake

from flashflood.delta_rs import DeltaRsReader
from flashflood.errors import FeatureStorageError
from flashflood.feature_table import FeatureTable
from flashflood.model import Model
from flashflood.predictor import Predictor
from flashflood.reader import Reader
from flashflood.spark import SparkReader
from tests.helpers import MULTI_MODEL, SAMPLE_TABLE, THRESHOLDS
from tests.spark import azurite

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

URI = f"abfss://{azurite.CONTAINER}@{azurite.HOST}/features"
# To Hadoop, the scheme with two s is HTTPS whatever else is said.
PLAIN_URI = URI.replace("abfss:", "abfs:")
REQUEST = {"gauges": sorted(THRESHOLDS), "date": "2020-02-03"}

pytestmark = pytest.mark.skipif(
    azurite.lacking() is not None, reason=f"no Azurite: {azurite.lacking()}"
)


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[tuple[Path, contextlib.ExitStack]]:
    """The emulator with the sample table in it; closing the stack is what makes it go away."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(azurite.running(tmp_path))
        azurite.make_container()
        rows = QueryBuilder().register("t", DeltaTable(SAMPLE_TABLE)).execute("SELECT * FROM t")
        write_deltalake(URI, rows.read_all(), storage_options=azurite.delta_rs_options())
        yield tmp_path, stack


def predictor(reader: Reader) -> tuple[Predictor, list[float]]:
    now = [0.0]
    table = FeatureTable(
        reader, refresh_seconds=60, timeout_seconds=60, outage_seconds=600, clock=lambda: now[0]
    )
    return Predictor(Model.load("name", MULTI_MODEL), table, max_rows=100), now


def test_both_readers_answer_over_it_and_recover_when_it_comes_back(
    spark: SparkSession, storage: tuple[Path, contextlib.ExitStack]
) -> None:
    folder, stack = storage
    azurite.configure_spark(spark)
    local, _ = predictor(DeltaRsReader(str(SAMPLE_TABLE)))
    expected = local.answer(REQUEST)
    other_day = {**REQUEST, "date": "2020-02-04"}
    services: list[tuple[Predictor, list[float]]] = [
        predictor(DeltaRsReader(URI, azurite.delta_rs_options)),
        predictor(SparkReader(PLAIN_URI, lambda: spark)),
    ]
    assert [service.answer(REQUEST) for service, _ in services] == [expected] * 2

    stack.close()
    for service, now in services:
        assert service.answer(REQUEST) == expected, "a day that is held needs no storage"
        with pytest.raises(FeatureStorageError, match="cannot be reached$"):
            service.answer(other_day)
        now[0] = 61.0
        assert service.answer(REQUEST) == expected, "within the outage the last version serves on"
        now[0] = 601.0
        with pytest.raises(FeatureStorageError, match="cannot be reached$"):
            service.answer(REQUEST)

    with azurite.running(folder):
        wanted = local.answer(other_day)
        for service, now in services:
            now[0] = 700.0
            assert service.answer(other_day) == wanted
            assert service.answer(REQUEST) == expected


def test_spark_writes_what_delta_rs_reads(
    spark: Any, storage: tuple[Path, contextlib.ExitStack]
) -> None:
    azurite.configure_spark(spark)
    sample = spark.read.format("delta").load(str(SAMPLE_TABLE))
    sample.write.format("delta").save(f"{PLAIN_URI}-written")
    service, _ = predictor(DeltaRsReader(f"{URI}-written", azurite.delta_rs_options))
    local, _ = predictor(DeltaRsReader(str(SAMPLE_TABLE)))

    assert service.answer(REQUEST) == local.answer(REQUEST)
