"""Spark sessions that reach Delta tables on ADLS Gen2: the guide's way, and two without a password.

What proves who we are is written into the session's Hadoop configuration and nowhere else: Spark's
own settings are what its UI, its event log and getConf() show. The property names are those of
hadoop-azure ("The Azure Blob File System driver", section Authentication).
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from flashflood.errors import SettingsError
from flashflood.spark import open_session
from flashflood_azureml import token_relay
from scoring_telemetry.identity import credential

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_HOST: Final = "dfs.core.windows.net"
_AUTHORITY: Final = "https://login.microsoftonline.com/"
_PROVIDERS: Final = "org.apache.hadoop.fs.azurebfs.oauth2."
_OAUTH2: Final = "fs.azure.account.oauth2."

# hadoop-azure tries 30 times by default, for a quarter of an hour; a request is repeated instead.
_TIMEOUTS: Final = {
    "fs.azure.io.retry.max.retries": "2",
    "fs.azure.io.retry.max.backoff.interval": "1000",
    "fs.azure.http.connection.timeout": "2000",
    "fs.azure.http.read.timeout": "5000",
    "fs.azure.oauth.token.fetch.retry.max.retries": "2",
}

Properties = Mapping[str, str]


def service_principal(application_id: str, password: str, tenant_id: str) -> Properties:
    """Client credentials of an application that is registered in the tenant."""
    return {
        "fs.azure.account.auth.type": "OAuth",
        "fs.azure.account.oauth.provider.type": f"{_PROVIDERS}ClientCredsTokenProvider",
        f"{_OAUTH2}client.id": application_id,
        f"{_OAUTH2}client.secret": password,
        f"{_OAUTH2}client.endpoint": f"{_AUTHORITY}{tenant_id}/oauth2/token",
    }


def workload_identity(client_id: str, tenant_id: str, token_file: str) -> Properties:
    """The identity of a pod: the token that the cluster puts into a file is exchanged for one."""
    return {
        "fs.azure.account.auth.type": "OAuth",
        "fs.azure.account.oauth.provider.type": f"{_PROVIDERS}WorkloadIdentityTokenProvider",
        f"{_OAUTH2}client.id": client_id,
        f"{_OAUTH2}msi.tenant": tenant_id,
        f"{_OAUTH2}token.file": token_file,
    }


def managed_identity(environment: Mapping[str, str]) -> Properties:
    """The identity of the machine, or of the online endpoint; AZURE_CLIENT_ID picks one of several.

    Hadoop knows the token endpoint of virtual machines only. Azure ML's is another (MSI_ENDPOINT
    with MSI_SECRET), so there its tokens are relayed by this process.
    """
    properties = {
        "fs.azure.account.auth.type": "OAuth",
        "fs.azure.account.oauth.provider.type": f"{_PROVIDERS}MsiTokenProvider",
    }
    if environment.get("AZURE_CLIENT_ID"):
        properties[f"{_OAUTH2}client.id"] = environment["AZURE_CLIENT_ID"]
    if environment.get("MSI_ENDPOINT"):
        properties[f"{_OAUTH2}msi.endpoint"] = token_relay.start(credential(environment))
    return properties


def account_of(uri: str) -> str:
    """The storage account in an abfss:// URI."""
    match = re.fullmatch(rf"abfss://[^@/]+@([a-z0-9]{{3,24}})\.{re.escape(_HOST)}(/.*)?", uri)
    if match is None:
        raise SettingsError(
            f"FEATURE_TABLE_URI={uri!r} is not abfss://<container>@<account>.{_HOST}/<path>"
        )
    return match[1]


def session_for(storage_account_name: str, properties: Properties) -> SparkSession:
    """The session of this process, with these properties for this one account."""
    # py4j writes every call with its arguments into its log at level DEBUG.
    logging.getLogger("py4j").setLevel(logging.INFO)
    spark = open_session()
    # There is no public way to it from Python; Spark's own modules take this one.
    configuration = spark.sparkContext._jsc.hadoopConfiguration()
    for name, value in properties.items():
        configuration.set(f"{name}.{storage_account_name}.{_HOST}", value)
    for name, value in _TIMEOUTS.items():
        configuration.set(name, value)
    return spark


def session_by_identity(storage_account_name: str, environment: Mapping[str, str]) -> SparkSession:
    """A session with the identity that this process has: no password, nothing to rotate."""
    if environment.get("AZURE_FEDERATED_TOKEN_FILE"):
        return get_spark_storage_by_workload_identity(storage_account_name, environment)
    return get_spark_storage_by_managed_identity(storage_account_name, environment)


def get_spark_storage(
    storage_account_name: str, application_id: str, password: str, tenant_id: str
) -> SparkSession:
    """A session that reads the account as a service principal, as the team's guide defines it."""
    properties = service_principal(application_id, password, tenant_id)
    return session_for(storage_account_name, properties)


def get_spark_storage_by_workload_identity(
    storage_account_name: str, environment: Mapping[str, str] = os.environ
) -> SparkSession:
    """The same by the variables that AKS workload identity sets in a pod."""
    wanted = ("AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_FEDERATED_TOKEN_FILE")
    missing = [name for name in wanted if not environment.get(name)]
    if missing:
        raise SettingsError(f"workload identity needs {', '.join(missing)}")
    client_id, tenant_id, token_file = (environment[name] for name in wanted)
    return session_for(storage_account_name, workload_identity(client_id, tenant_id, token_file))


def get_spark_storage_by_managed_identity(
    storage_account_name: str, environment: Mapping[str, str] = os.environ
) -> SparkSession:
    """The same by a managed identity, of a machine or of an Azure ML online endpoint."""
    return session_for(storage_account_name, managed_identity(environment))
