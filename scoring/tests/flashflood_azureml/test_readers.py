from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flashflood.delta_rs import DeltaRsReader
from flashflood.errors import FeatureTableError
from flashflood.settings import Settings
from flashflood.spark import SparkReader
from flashflood_azureml import readers, spark_storage

URI = "abfss://features@lake.dfs.core.windows.net/t"


def settings(**variables: str) -> Settings:
    return Settings.read({"AZUREML_MODEL_DIR": "/m", **variables}, Path("/code"))


def test_delta_rs_is_the_default() -> None:
    assert isinstance(readers.reader_for(settings(), {}), DeltaRsReader)
    assert isinstance(readers.reader_for(settings(FEATURE_TABLE_URI=URI), {}), DeltaRsReader)


def test_spark_is_refused_where_its_jars_do_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    def unfit() -> None:
        raise FeatureTableError("hadoop 3.5.0 is installed, but jars.lock was made for 3.4.1")

    monkeypatch.setattr(readers, "check_baked_jars", unfit)
    with pytest.raises(FeatureTableError, match="made for 3.4.1$"):
        readers.reader_for(settings(FEATURE_READER="spark"), {})


def test_spark_reads_a_folder_as_it_is_and_an_account_by_identity(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(readers, "check_baked_jars", lambda: asked.append("jars"))
    monkeypatch.setattr(spark_storage, "session_by_identity", lambda *of: asked.append(of))
    assert isinstance(readers.reader_for(settings(FEATURE_READER="spark"), {}), SparkReader)
    assert asked == ["jars"]

    reader: Any = readers.reader_for(
        settings(FEATURE_READER="spark", FEATURE_TABLE_URI=URI), {"A": "1"}
    )
    reader._session()
    assert asked == ["jars", "jars", ("lake", {"A": "1"})]
