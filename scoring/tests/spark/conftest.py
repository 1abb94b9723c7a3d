"""One Spark session for all tests here; without Java or pyspark they are skipped, and say so.

`npm test` runs them in an environment of their own (requirements-spark.txt beside
requirements-dev.txt, baked by environment-spark/bake.py) wherever there are Java 17 and Maven.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

HERE = Path(__file__).resolve().parent
AZURITE_ACCOUNT = "devstoreaccount1"


def missing() -> list[str]:
    """What these tests need and this machine does not have."""
    wanted = [] if shutil.which("java") else ["Java 17"]
    return wanted + [n for n in ("pyspark", "baked_spark") if importlib.util.find_spec(n) is None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    lacking = missing()
    if lacking:
        reason = f"Spark is not tested here: there is no {', no '.join(lacking)}"
        for item in items:
            if HERE in item.path.parents:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def event_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the session writes what its UI would show."""
    return tmp_path_factory.mktemp("events")


@pytest.fixture(scope="session")
def java_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the session's Java process writes to its standard error: Spark's log."""
    return tmp_path_factory.mktemp("java") / "stderr.log"


@pytest.fixture(scope="session")
def spark(
    event_log: Path, java_log: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SparkSession]:
    from flashflood.spark import open_session

    # Java looks hosts up here and nowhere else: no test can reach a real storage account.
    hosts = java_log.with_name("hosts")
    names = [f"{AZURITE_ACCOUNT}.{kind}.core.windows.net" for kind in ("dfs", "blob")]
    names += ["localhost", socket.gethostname()]
    hosts.write_text("".join(f"127.0.0.1 {name}\n" for name in names))
    # The rest makes a short run cheap: no optimising compiler, no threads for collecting garbage.
    java = f"-Djdk.net.hosts.file={hosts} -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
    ours = os.dup(2)
    with java_log.open("wb") as log:
        os.dup2(log.fileno(), 2)
        try:
            session = open_session(
                **{
                    "spark.driver.extraJavaOptions": java,
                    "spark.eventLog.enabled": "true",
                    "spark.eventLog.compress": "false",
                    "spark.eventLog.dir": event_log.as_uri(),
                    "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse")),
                }
            )
        finally:
            os.dup2(ours, 2)
            os.close(ours)
    yield session
    session.stop()
