"""The reader without Spark: what it asks, and how it names what goes wrong.

tests/spark/ reads real tables; here a session notes what it is asked, so that this is proved
wherever there is no Java, too.
"""

from __future__ import annotations

import os
import sys
from types import ModuleType
from typing import Any

import pytest

from flashflood import spark
from flashflood.errors import FeatureStorageError, FeatureTableError


class Frame:
    columns = ["gauge", "date"]

    def collect(self) -> list[dict[str, Any]]:
        return [{"gauge": "a", "date": 1}, {"gauge": "b", "date": 2}]


class Session:
    """Notes what it is asked; fails with `error` while that is set."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.asked: list[Any] = []
        self.read = self

    def sql(self, text: str, **frames: Any) -> Any:
        self.asked.append(text)
        if self.error is not None:
            raise self.error
        return self if text.startswith("DESCRIBE") else Frame()

    def collect(self) -> list[dict[str, Any]]:
        return [{"version": 7}]

    def format(self, name: str) -> Session:
        return self

    def option(self, name: str, value: object) -> Session:
        self.asked.append((name, value))
        return self

    def load(self, uri: str) -> Frame:
        self.asked.append(uri)
        return Frame()


def test_the_newest_version_is_asked_for_and_then_fixed() -> None:
    session: Any = Session()
    opened = spark.SparkReader("/t", lambda: session).open(None)

    assert (opened.version, sorted(opened.columns)) == (7, ["date", "gauge"])
    assert opened.query("SELECT * FROM {features}") == {"gauge": ["a", "b"], "date": [1, 2]}
    assert session.asked == [
        "DESCRIBE HISTORY delta.`/t` LIMIT 1",
        ("versionAsOf", 7),
        "/t",
        "SELECT * FROM {features}",
    ]


def test_a_given_version_is_not_asked_for() -> None:
    session: Any = Session()

    assert spark.SparkReader("/t", lambda: session).open(3).version == 3
    assert session.asked == [("versionAsOf", 3), "/t"]


@pytest.mark.parametrize(
    ("said", "kind", "message"),
    [
        ("java.net.ConnectException: refused", FeatureStorageError, "cannot be reached"),
        ("o.a.h.AbfsRestOperationException: 503", FeatureStorageError, "cannot be reached"),
        ("[DELTA_TABLE_ONLY_OPERATION] `/t`", FeatureTableError, "there is no feature table"),
        ("file:/t/_delta_log does not exist", FeatureTableError, "there is no feature table"),
        ("JsonParseException", FeatureTableError, "is damaged"),
    ],
)
def test_what_spark_says_is_told_apart(said: str, kind: type[Exception], message: str) -> None:
    session: Any = Session(RuntimeError(said))
    with pytest.raises(kind, match=message):
        spark.SparkReader("/t", lambda: session).open(None)
    session.error = None
    opened = spark.SparkReader("/t", lambda: session).open(None)
    session.error = RuntimeError(said)
    with pytest.raises(kind, match=message):
        opened.query("SELECT * FROM {features}")


def pyspark(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A pyspark that notes what a session is built with."""
    monkeypatch.delenv("PYSPARK_PYTHON", raising=False)
    built: dict[str, Any] = {}

    class Builder:
        def master(self, url: str) -> Builder:
            built["master"] = url
            return self

        def appName(self, name: str) -> Builder:
            return self

        def config(self, name: str, value: str) -> Builder:
            built[name] = value
            return self

        def getOrCreate(self) -> dict[str, Any]:
            return built

    class SparkSession:
        builder = Builder()

    module: Any = ModuleType("pyspark.sql")
    module.SparkSession = SparkSession
    monkeypatch.setitem(sys.modules, "pyspark", ModuleType("pyspark"))
    monkeypatch.setitem(sys.modules, "pyspark.sql", module)
    return built


def test_a_session_downloads_nothing_shows_nothing_and_stays_on_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    built = pyspark(monkeypatch)
    spark.open_session(**{"spark.sql.shuffle.partitions": "3"})

    assert built["master"] == "local[2]"
    assert os.environ["PYSPARK_PYTHON"] == sys.executable
    assert built["spark.ui.enabled"] == "false"
    assert built["spark.driver.bindAddress"] == built["spark.driver.host"] == "127.0.0.1"
    assert built["spark.sql.shuffle.partitions"] == "3"
    assert not [name for name in built if "packages" in name or "repositories" in name]


def test_on_a_cluster_the_driver_is_where_the_cluster_can_reach_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    built = pyspark(monkeypatch)
    spark.open_session("spark://cluster:7077")

    assert built["master"] == "spark://cluster:7077"
    assert "spark.driver.host" not in built
    assert "PYSPARK_PYTHON" not in os.environ


class BakeError(Exception):
    """As bake.py's."""


@pytest.mark.parametrize("fault", [None, "hadoop 3.5.0 is installed, but …"])
def test_the_check_that_was_baked_in_decides(
    monkeypatch: pytest.MonkeyPatch, fault: str | None
) -> None:
    baked: Any = ModuleType("baked_spark")
    baked.BakeError = BakeError

    def check() -> None:
        if fault is not None:
            raise BakeError(fault)

    baked.check = check
    monkeypatch.setitem(sys.modules, "baked_spark", baked)
    if fault is None:
        spark.check_baked_jars()
    else:
        with pytest.raises(FeatureTableError, match="^hadoop 3.5.0 is installed"):
            spark.check_baked_jars()


def test_an_environment_that_was_not_baked_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "baked_spark", None)

    with pytest.raises(FeatureTableError, match="needs an environment that environment-spark/bake"):
        spark.check_baked_jars()
