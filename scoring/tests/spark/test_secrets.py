"""A password is in the session's Hadoop configuration, and in nothing that can be read off Spark.

No request leaves this machine: what Hadoop's own token providers send is received here.
"""

from __future__ import annotations

import json
import logging
import threading
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from flashflood_azureml import spark_storage, token_relay
from flashflood_azureml.spark_storage import (
    get_spark_storage,
    get_spark_storage_by_managed_identity,
    get_spark_storage_by_workload_identity,
)

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PASSWORD = "correct-horse-battery-staple"
HOST = "dfs.core.windows.net"


def hadoop(spark: Any, name: str) -> Any:
    return spark.sparkContext._jsc.hadoopConfiguration().get(name)


def test_the_password_is_shown_nowhere(
    spark: SparkSession, event_log: Path, java_log: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    session: Any = get_spark_storage("lake", "application", PASSWORD, "tenant")
    session.sparkContext.setLogLevel("DEBUG")
    try:
        assert session.range(3).count() == 3
    finally:
        session.sparkContext.setLogLevel("WARN")

    assert hadoop(session, f"fs.azure.account.oauth2.client.secret.lake.{HOST}") == PASSWORD
    assert hadoop(session, f"fs.azure.account.oauth2.client.endpoint.lake.{HOST}") == (
        "https://login.microsoftonline.com/tenant/oauth2/token"
    )
    assert session.sparkContext.uiWebUrl is None
    settings = session.sparkContext.getConf().getAll()
    assert dict(settings)["spark.ui.enabled"] == "false"
    said = java_log.read_text()
    assert " DEBUG " in said
    events = "".join(file.read_text() for file in event_log.rglob("*") if file.is_file())
    assert "SparkListenerEnvironmentUpdate" in events
    shown = {
        "settings": str(settings),
        "session settings": str(session.sql("SET -v").collect() + session.sql("SET").collect()),
        "event log": events,
        "Java's log": said,
        "Python's log": caplog.text,
        "Java's properties": str(session._jvm.System.getProperties()),
    }
    assert [where for where, text in shown.items() if PASSWORD in text] == []


def test_a_password_that_somebody_puts_into_sparks_settings_is_redacted(spark: Any) -> None:
    """Not our way, but people copy it from elsewhere."""
    name = f"fs.azure.account.oauth2.client.secret.lake.{HOST}"
    redact = spark._jvm.org.apache.spark.util.Utils.redact
    pairs = spark._jvm.PythonUtils.toSeq(
        [spark._jvm.scala.Tuple2(f"spark.hadoop.{name}", PASSWORD)]
    )

    assert PASSWORD not in redact(spark.sparkContext._conf._jconf, pairs).mkString()


class Entra(BaseHTTPRequestHandler):
    """A token endpoint that notes what it was sent."""

    received: list[tuple[str, dict[str, str]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.received.append((self.path, dict(urllib.parse.parse_qsl(body))))
        content = json.dumps({"access_token": "granted", "expires_in": "3600"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing."""


@pytest.fixture
def entra() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Entra)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Entra.received = []
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def token(spark: Any, account: str) -> str:
    """The token that Hadoop gets with the configuration of this account."""
    configuration = spark._jvm.org.apache.hadoop.fs.azurebfs.AbfsConfiguration(
        spark.sparkContext._jsc.hadoopConfiguration(), f"{account}.{HOST}"
    )
    return str(configuration.getTokenProvider().getToken().getAccessToken())


def test_hadoop_asks_as_the_service_principal(
    spark: SparkSession, entra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spark_storage, "_AUTHORITY", f"{entra}/")
    get_spark_storage("principal", "application", PASSWORD, "tenant")

    assert token(spark, "principal") == "granted"
    (path, sent), *_ = Entra.received
    assert path == "/tenant/oauth2/token"
    assert (sent["client_id"], sent["client_secret"]) == ("application", PASSWORD)
    assert sent["resource"] == "https://storage.azure.com/"


def test_hadoop_takes_the_pods_token_for_a_workload_identity(
    spark: Any, entra: str, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("token of the cluster")
    variables = {
        "AZURE_CLIENT_ID": "client",
        "AZURE_TENANT_ID": "tenant",
        "AZURE_FEDERATED_TOKEN_FILE": str(tmp_path / "token"),
    }
    get_spark_storage_by_workload_identity("workload", variables)
    # Only the test says where Entra is: the default is the public cloud's.
    name = f"fs.azure.account.oauth2.msi.authority.workload.{HOST}"
    spark.sparkContext._jsc.hadoopConfiguration().set(name, f"{entra}/")

    assert token(spark, "workload") == "granted"
    (path, sent), *_ = Entra.received
    assert path.startswith("/tenant/oauth2/")
    assert (sent["client_id"], sent["client_assertion"]) == ("client", "token of the cluster")
    assert "client_secret" not in sent


class Identity:
    """A credential of azure-identity, as far as it is used."""

    def get_token(self, scope: str) -> Any:
        assert scope == "https://storage.azure.com/.default"

        class Token:
            token, expires_on = "relayed", 4_000_000_000

        return Token()


def test_hadoop_takes_an_online_endpoints_token_from_the_relay(
    spark: SparkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spark_storage, "credential", lambda environment: Identity())
    token_relay.start.cache_clear()
    get_spark_storage_by_managed_identity("managed", {"MSI_ENDPOINT": "http://127.0.0.1:1/msi"})

    assert token(spark, "managed") == "relayed"
