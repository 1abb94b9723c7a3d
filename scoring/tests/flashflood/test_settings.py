from __future__ import annotations

from pathlib import Path

import pytest

from flashflood.errors import SettingsError
from flashflood.freshness import Freshness
from flashflood.settings import Settings

ROOT = Path("/code")
GOOD = {"AZUREML_MODEL_DIR": "/models"}


def test_only_the_model_folder_is_required() -> None:
    settings = Settings.read(GOOD, ROOT)

    assert settings == Settings(
        model_dir=Path("/models"),
        feature_reader="delta-rs",
        feature_table_uri="/code/sample-features",
        feature_table_version=None,
        feature_table_refresh_seconds=300,
        feature_table_outage_seconds=3600,
        feature_storage_timeout_ms=2000,
        freshness=Freshness(None, False),
        max_rows=1000,
        max_body_bytes=1_048_576,
    )
    assert not settings.feature_table_is_remote


def test_every_variable_is_read() -> None:
    settings = Settings.read(
        {
            "AZUREML_MODEL_DIR": "/m",
            "FEATURE_TABLE_URI": "abfss://lake@account.dfs.core.windows.net/features",
            "FEATURE_READER": "spark",
            "FEATURE_TABLE_VERSION": "0",
            "FEATURE_TABLE_REFRESH_SECONDS": "5",
            "FEATURE_TABLE_OUTAGE_SECONDS": "8",
            "FEATURE_STORAGE_TIMEOUT_MS": "9",
            "MAX_ROWS_PER_REQUEST": "6",
            "MAX_BODY_BYTES": "7",
        },
        ROOT,
    )

    uri = "abfss://lake@account.dfs.core.windows.net/features"
    assert settings == Settings(Path("/m"), "spark", uri, 0, 5, 8, 9, Freshness(), 6, 7)
    assert settings.feature_table_is_remote


@pytest.mark.parametrize(
    ("when_stale", "unready"), [("unready", True), ("report", False), ("", False)]
)
def test_a_limit_of_age_is_read_with_what_it_is_for(when_stale: str, unready: bool) -> None:
    variables = {**GOOD, "FEATURE_MAX_AGE_DAYS": "2", "FEATURE_WHEN_STALE": when_stale}

    assert Settings.read(variables, ROOT).freshness == Freshness(2, unready)


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        (
            {"FEATURE_WHEN_STALE": "unready"},
            "FEATURE_WHEN_STALE is set without FEATURE_MAX_AGE_DAYS",
        ),
        (
            {"FEATURE_MAX_AGE_DAYS": "2", "FEATURE_WHEN_STALE": "die"},
            "FEATURE_WHEN_STALE='die' is neither report nor unready",
        ),
        (
            {"FEATURE_MAX_AGE_DAYS": "2", "FEATURE_TABLE_VERSION": "0"},
            "FEATURE_MAX_AGE_DAYS and FEATURE_TABLE_VERSION exclude each other:"
            " a fixed version becomes outdated by design",
        ),
        ({"FEATURE_READER": "Spark"}, "FEATURE_READER='Spark' is neither delta-rs nor spark"),
    ],
)
def test_variables_that_do_not_fit_together_are_an_error(
    variables: dict[str, str], message: str
) -> None:
    with pytest.raises(SettingsError) as error:
        Settings.read({**GOOD, **variables}, ROOT)
    assert str(error.value) == message


def test_an_absolute_path_stays_and_a_relative_one_starts_at_the_code() -> None:
    absolute = Settings.read({**GOOD, "FEATURE_TABLE_URI": "/data/t"}, ROOT)
    relative = Settings.read({**GOOD, "FEATURE_TABLE_URI": "data/t"}, ROOT)

    assert absolute.feature_table_uri == "/data/t"
    assert relative.feature_table_uri == "/code/data/t"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("AZUREML_MODEL_DIR", "", "AZUREML_MODEL_DIR is not set"),
        ("MAX_BODY_BYTES", "0", "MAX_BODY_BYTES='0' is not a whole number of at least 1"),
        (
            "MAX_ROWS_PER_REQUEST",
            "-1",
            "MAX_ROWS_PER_REQUEST='-1' is not a whole number of at least 1",
        ),
        (
            "FEATURE_TABLE_REFRESH_SECONDS",
            "1.5",
            "FEATURE_TABLE_REFRESH_SECONDS='1.5' is not a whole number of at least 1",
        ),
        (
            "FEATURE_TABLE_VERSION",
            "²",
            "FEATURE_TABLE_VERSION='²' is not a whole number of at least 0",
        ),
        (
            "FEATURE_TABLE_URI",
            "https://x/y",
            "FEATURE_TABLE_URI='https://x/y' is neither a path nor an abfss:// URI",
        ),
    ],
)
def test_a_wrong_variable_is_an_error_with_name_and_value(
    name: str, value: str, message: str
) -> None:
    with pytest.raises(SettingsError) as error:
        Settings.read({**GOOD, name: value}, ROOT)
    assert str(error.value) == message


def test_all_wrong_variables_are_named_at_once() -> None:
    with pytest.raises(SettingsError) as error:
        Settings.read({"MAX_BODY_BYTES": "x", "FEATURE_TABLE_URI": "s3://b"}, ROOT)
    assert str(error.value).count("; ") == 2
