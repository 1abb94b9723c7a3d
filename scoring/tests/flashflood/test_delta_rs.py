"""What delta-rs says of storages and files that fail, in our words.

The storage is an HTTP server on this machine that speaks no more of Azure than its errors.
"""

from __future__ import annotations

import datetime as dt
import shutil
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from flashflood.delta_rs import DeltaRsReader
from flashflood.errors import FeatureStorageError, FeatureTableError
from flashflood.snapshot import Snapshot
from tests.helpers import SAMPLE_TABLE

UNREACHABLE = "the storage of the feature table cannot be reached"
DAMAGED = "the feature table is damaged: its log or one of its files is no good"


class Storage(BaseHTTPRequestHandler):
    """Answers everything with the status in its server's `mode`, hangs or drops the connection."""

    def do_GET(self) -> None:
        mode = getattr(self.server, "mode", None)
        if mode == "drop":
            self.connection.shutdown(socket.SHUT_RDWR)
        elif mode == "hang":
            threading.Event().wait(3)
        else:
            assert isinstance(mode, int)
            self.send_response(mode)
            self.send_header("Content-Length", "0")
            self.end_headers()

    do_HEAD = do_PUT = do_GET

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing."""


@pytest.fixture
def storage() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Storage)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def options(port: int) -> dict[str, str]:
    """Everything that a credential needs, so that delta-rs looks for none elsewhere."""
    return {
        "account_name": "account",
        "bearer_token": "token",
        "azure_endpoint": f"http://127.0.0.1:{port}/account",
        "allow_http": "true",
        "max_retries": "1",
        "retry_timeout": "1s",
        "timeout": "500ms",
    }


@pytest.mark.parametrize("mode", [401, 403, 429, 500, 503, "drop", "hang"])
def test_a_storage_that_refuses_is_slow_or_drops_the_connection_is_a_storage_error(
    storage: ThreadingHTTPServer, mode: int | str
) -> None:
    storage.mode = mode  # type: ignore[attr-defined]
    reader = DeltaRsReader("az://lake/table", lambda: options(storage.server_port))

    with pytest.raises(FeatureStorageError) as raised:
        reader.open(None)
    assert str(raised.value) == UNREACHABLE
    assert isinstance(raised.value.__cause__, OSError)


def test_a_storage_that_is_not_there_is_a_storage_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(FeatureStorageError, match=f"^{UNREACHABLE}$"):
        DeltaRsReader("az://lake/table", lambda: options(port)).open(None)


def test_no_token_is_a_storage_error() -> None:
    def no_token() -> dict[str, str]:
        raise RuntimeError("identity service is down")

    with pytest.raises(FeatureStorageError, match="^there is no token for the feature table's"):
        DeltaRsReader("az://lake/table", no_token).open(None)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(SAMPLE_TABLE, tmp_path / "table")
    return tmp_path / "table"


@pytest.mark.parametrize("text", ["", "{garbage\n"])
def test_a_damaged_log_is_an_error_of_the_table(copy: Path, text: str) -> None:
    (copy / "_delta_log" / "00000000000000000000.json").write_text(text)

    with pytest.raises(FeatureTableError) as raised:
        DeltaRsReader(str(copy)).open(None)
    assert str(raised.value) == DAMAGED


def test_a_version_that_is_not_there_is_an_error_of_the_table() -> None:
    with pytest.raises(FeatureTableError):
        DeltaRsReader(str(SAMPLE_TABLE)).open(9)


@pytest.mark.parametrize("damage", ["cut", "zeros", "gone"])
def test_a_damaged_file_is_an_error_of_the_table_when_it_is_read(copy: Path, damage: str) -> None:
    snapshot = Snapshot(DeltaRsReader(str(copy)).open(None))
    (file,) = copy.glob("*.parquet")
    size = file.stat().st_size
    file.write_bytes({"cut": file.read_bytes()[:5000], "zeros": b"\0" * size, "gone": b""}[damage])
    if damage == "gone":
        file.unlink()

    with pytest.raises(FeatureTableError) as raised:
        snapshot.inputs_of_day(dt.date(2020, 2, 3))
    assert str(raised.value) == DAMAGED
