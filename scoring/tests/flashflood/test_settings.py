from __future__ import annotations

from pathlib import Path

import pytest

from flashflood.errors import SettingsError
from flashflood.settings import Settings

ROOT = Path("/code")
GOOD = {"AZUREML_MODEL_DIR": "/models"}


def test_only_the_model_folder_is_required() -> None:
    settings = Settings.read(GOOD, ROOT)

    assert settings == Settings(
        model_dir=Path("/models"),
        feature_table_uri="/code/sample-features",
        feature_table_version=None,
        feature_table_refresh_seconds=300,
        max_rows=1000,
        max_body_bytes=1_048_576,
    )
    assert not settings.feature_table_is_remote


def test_every_variable_is_read() -> None:
    settings = Settings.read(
        {
            "AZUREML_MODEL_DIR": "/m",
            "FEATURE_TABLE_URI": "abfss://lake@account.dfs.core.windows.net/features",
            "FEATURE_TABLE_VERSION": "0",
            "FEATURE_TABLE_REFRESH_SECONDS": "5",
            "MAX_ROWS_PER_REQUEST": "6",
            "MAX_BODY_BYTES": "7",
        },
        ROOT,
    )

    uri = "abfss://lake@account.dfs.core.windows.net/features"
    assert settings == Settings(Path("/m"), uri, 0, 5, 6, 7)
    assert settings.feature_table_is_remote


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
