"""What the environment decides, read once at start-up and frozen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from flashflood.errors import SettingsError
from flashflood.freshness import Freshness

READERS: Final = ("delta-rs", "spark")
DEFAULT_FEATURE_TABLE: Final = "sample-features"
DEFAULT_REFRESH_SECONDS: Final = 300
DEFAULT_STORAGE_TIMEOUT_MS: Final = 2000
DEFAULT_OUTAGE_SECONDS: Final = 3600
DEFAULT_MAX_ROWS: Final = 1000
DEFAULT_MAX_BODY_BYTES: Final = 1_048_576


class Settings(NamedTuple):
    """The settings of one process, by the environment variable that sets each.

    AZUREML_MODEL_DIR              folder that the model was mounted in; no default
    FEATURE_READER                 delta-rs or spark; default delta-rs
    FEATURE_TABLE_URI              Delta table: an abfss:// URI, or a path that is relative to the
                                   scoring script's folder; default sample-features
    FEATURE_TABLE_VERSION          fixed version of the table; default: the newest
    FEATURE_TABLE_REFRESH_SECONDS  age after which a newer version is looked for; default 300
    FEATURE_TABLE_OUTAGE_SECONDS   how long the last version serves on while the storage fails;
                                   default 3600
    FEATURE_STORAGE_TIMEOUT_MS     how long a request waits for the storage; default 2000
    FEATURE_MAX_AGE_DAYS           most days since the table's last issue day; default: no limit
    FEATURE_WHEN_STALE             what happens beyond that: unready (the deployment takes no more
                                   requests) or report (answers carry the age); default report
    MAX_ROWS_PER_REQUEST           gauges or feature rows in one request; default 1000
    MAX_BODY_BYTES                 length of a request's body; default 1048576 (1 MiB)
    """

    model_dir: Path
    feature_reader: str
    feature_table_uri: str
    feature_table_version: int | None
    feature_table_refresh_seconds: int
    feature_table_outage_seconds: int
    feature_storage_timeout_ms: int
    freshness: Freshness
    max_rows: int
    max_body_bytes: int

    @property
    def feature_table_is_remote(self) -> bool:
        """Whether the table is reached through a URI, and so needs an identity."""
        return "://" in self.feature_table_uri

    @classmethod
    def read(cls, environment: Mapping[str, str], code_root: Path) -> Settings:
        """Raises SettingsError that names every variable that is missing or wrong."""
        problems: list[str] = []

        def whole_number(name: str, default: int | None, minimum: int) -> int:
            text = environment.get(name, "")
            if not text and default is not None:
                return default
            if not (text.isascii() and text.isdigit()) or int(text) < minimum:
                problems.append(f"{name}={text!r} is not a whole number of at least {minimum}")
                return minimum
            return int(text)

        model_dir = environment.get("AZUREML_MODEL_DIR", "")
        if not model_dir:
            problems.append("AZUREML_MODEL_DIR is not set")
        uri = environment.get("FEATURE_TABLE_URI") or DEFAULT_FEATURE_TABLE
        if "://" not in uri:
            uri = str(code_root / uri)
        elif not uri.startswith("abfss://"):
            problems.append(f"FEATURE_TABLE_URI={uri!r} is neither a path nor an abfss:// URI")
        version = None
        if environment.get("FEATURE_TABLE_VERSION"):
            version = whole_number("FEATURE_TABLE_VERSION", None, 0)

        def choice(name: str, choices: tuple[str, ...]) -> str:
            text = environment.get(name) or choices[0]
            if text not in choices:
                problems.append(f"{name}={text!r} is neither {' nor '.join(choices)}")
            return text

        max_age = None
        if environment.get("FEATURE_MAX_AGE_DAYS"):
            max_age = whole_number("FEATURE_MAX_AGE_DAYS", None, 0)
        elif environment.get("FEATURE_WHEN_STALE"):
            problems.append("FEATURE_WHEN_STALE is set without FEATURE_MAX_AGE_DAYS")
        if max_age is not None and version is not None:
            problems.append(
                "FEATURE_MAX_AGE_DAYS and FEATURE_TABLE_VERSION exclude each other:"
                " a fixed version becomes outdated by design"
            )
        when_stale = choice("FEATURE_WHEN_STALE", ("report", "unready"))
        settings = cls(
            model_dir=Path(model_dir),
            feature_reader=choice("FEATURE_READER", READERS),
            feature_table_uri=uri,
            feature_table_version=version,
            feature_table_refresh_seconds=whole_number(
                "FEATURE_TABLE_REFRESH_SECONDS", DEFAULT_REFRESH_SECONDS, 1
            ),
            feature_table_outage_seconds=whole_number(
                "FEATURE_TABLE_OUTAGE_SECONDS", DEFAULT_OUTAGE_SECONDS, 0
            ),
            feature_storage_timeout_ms=whole_number(
                "FEATURE_STORAGE_TIMEOUT_MS", DEFAULT_STORAGE_TIMEOUT_MS, 1
            ),
            freshness=Freshness(max_age, when_stale == "unready"),
            max_rows=whole_number("MAX_ROWS_PER_REQUEST", DEFAULT_MAX_ROWS, 1),
            max_body_bytes=whole_number("MAX_BODY_BYTES", DEFAULT_MAX_BODY_BYTES, 1),
        )
        if problems:
            raise SettingsError("; ".join(problems))
        return settings
