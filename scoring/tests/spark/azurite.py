"""Azurite, the storage emulator, as both readers are made to take it for an account.

Flat namespace, the emulator's public key, plain HTTP: no hierarchical namespace, no OAuth, no TLS.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

ACCOUNT: Final = "devstoreaccount1"
# Published, the same everywhere: Microsoft Learn, "Use the Azurite emulator", well-known account.
KEY: Final = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)
CONTAINER: Final = "lake"
HOST: Final = f"{ACCOUNT}.dfs.core.windows.net"
_START_SECONDS: Final = 60
# Hadoop has no way to name a port of a storage account.
PORT: Final = 80


def lacking() -> str | None:
    """Why it cannot be started here."""
    if not os.environ.get("AZURITE"):
        return "AZURITE does not name its program (npm test does)"
    try:
        socket.create_server(("127.0.0.1", PORT)).close()
    except OSError as error:
        return f"port {PORT} of 127.0.0.1 cannot be had: {error.strerror}"
    return None


@contextmanager
def running(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Started with what is in `folder`, and ended on leaving."""
    options = ["--blobHost", "127.0.0.1", "--blobPort", str(PORT), "--location", str(folder)]
    options += ["--skipApiVersionCheck", "--disableTelemetry", "--silent"]
    with (folder / "azurite.log").open("ab") as log:
        process = subprocess.Popen([os.environ["AZURITE"], *options], stdout=log, stderr=log)
        try:
            give_up = time.monotonic() + _START_SECONDS
            while True:
                try:
                    socket.create_connection(("127.0.0.1", PORT), 1).close()
                    break
                except OSError:
                    assert process.poll() is None and time.monotonic() < give_up, "no Azurite"
                    time.sleep(0.1)
            yield process
        finally:
            process.terminate()
            process.wait(30)


def delta_rs_options() -> dict[str, str]:
    """Storage options with everything in them, so that delta-rs looks for no identity."""
    return {
        "account_name": ACCOUNT,
        "account_key": KEY,
        "azure_endpoint": f"http://127.0.0.1:{PORT}/{ACCOUNT}",
        "allow_http": "true",
        "max_retries": "1",
        "retry_timeout": "2s",
        "timeout": "2s",
    }


def configure_spark(spark: Any) -> None:
    """What makes hadoop-azure 3.5.0 speak to a blob endpoint over HTTP, for this account only.

    The names are resolved by the session's own hosts file (conftest.py).
    """
    configuration = spark.sparkContext._jsc.hadoopConfiguration()
    properties = {
        f"fs.azure.account.auth.type.{HOST}": "SharedKey",
        f"fs.azure.account.key.{HOST}": KEY,
        f"fs.azure.account.key.{ACCOUNT}.blob.core.windows.net": KEY,
        f"fs.azure.account.hns.enabled.{HOST}": "false",
        f"fs.azure.account.hns.enabled.{ACCOUNT}.blob.core.windows.net": "false",
        "fs.azure.fns.account.service.type": "BLOB",
        "fs.azure.ingress.service.type": "BLOB",
        "fs.azure.always.use.https": "false",
        "fs.azure.networking.library": "JDK_HTTP_URL_CONNECTION",
        "fs.azure.io.retry.max.retries": "1",
        "fs.azure.http.connection.timeout": "2000",
        "fs.azure.http.read.timeout": "5000",
    }
    for name, value in properties.items():
        configuration.set(name, value)


def make_container() -> None:
    """By the REST API itself; the SDK for it is no package of this project."""
    import base64
    import email.utils
    import hashlib
    import hmac
    import http.client

    date = email.utils.formatdate(usegmt=True)
    headers = {"x-ms-date": date, "x-ms-version": "2021-12-02", "Content-Length": "0"}
    signed = f"x-ms-date:{date}\nx-ms-version:2021-12-02\n"
    resource = f"/{ACCOUNT}/{ACCOUNT}/{CONTAINER}\nrestype:container"
    text = "PUT" + "\n" * 12 + signed + resource
    digest = hmac.new(base64.b64decode(KEY), text.encode(), hashlib.sha256).digest()
    headers["Authorization"] = f"SharedKey {ACCOUNT}:{base64.b64encode(digest).decode()}"
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=10)
    connection.request("PUT", f"/{ACCOUNT}/{CONTAINER}?restype=container", headers=headers)
    assert connection.getresponse().status == 201
    connection.close()
