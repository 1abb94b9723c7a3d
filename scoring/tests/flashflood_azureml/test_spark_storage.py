"""Which properties are set, for which account; tests/spark/ has Hadoop ask for tokens with them."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from flashflood.errors import SettingsError
from flashflood_azureml import spark_storage, token_relay
from flashflood_azureml.spark_storage import (
    account_of,
    get_spark_storage,
    get_spark_storage_by_managed_identity,
    get_spark_storage_by_workload_identity,
    session_by_identity,
)

POD = {
    "AZURE_CLIENT_ID": "client",
    "AZURE_TENANT_ID": "tenant",
    "AZURE_FEDERATED_TOKEN_FILE": "/token",
}
PROVIDERS = "org.apache.hadoop.fs.azurebfs.oauth2."


class Session:
    """A session whose Hadoop configuration is a dict."""

    def __init__(self) -> None:
        self.configuration: dict[str, str] = {}
        self.sparkContext = self._jsc = self

    def hadoopConfiguration(self) -> Session:
        return self

    def set(self, name: str, value: str) -> None:
        self.configuration[name] = value


@pytest.fixture
def configuration(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The settings written to the session's Hadoop configuration."""
    session = Session()
    monkeypatch.setattr(spark_storage, "open_session", lambda: session)
    return session.configuration


def of_account(configuration: dict[str, str], account: str = "lake") -> dict[str, str]:
    suffix = f".{account}.dfs.core.windows.net"
    return {
        name.removesuffix(suffix).removeprefix("fs.azure.account."): value
        for name, value in configuration.items()
        if name.endswith(suffix)
    }


def test_a_service_principal_is_written_for_its_account_only(configuration: dict[str, str]) -> None:
    get_spark_storage("lake", "application", "password", "tenant")

    assert of_account(configuration) == {
        "auth.type": "OAuth",
        "oauth.provider.type": f"{PROVIDERS}ClientCredsTokenProvider",
        "oauth2.client.id": "application",
        "oauth2.client.secret": "password",
        "oauth2.client.endpoint": "https://login.microsoftonline.com/tenant/oauth2/token",
    }
    others = {name for name in configuration if not name.endswith(".lake.dfs.core.windows.net")}
    assert others == set(spark_storage._TIMEOUTS)


def test_py4j_is_kept_from_logging_the_calls_that_write_a_password(
    configuration: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    get_spark_storage("lake", "application", "password", "tenant")

    assert not logging.getLogger("py4j.clientserver").isEnabledFor(logging.DEBUG)


def test_a_workload_identity_has_no_password(configuration: dict[str, str]) -> None:
    get_spark_storage_by_workload_identity("lake", POD)

    assert of_account(configuration) == {
        "auth.type": "OAuth",
        "oauth.provider.type": f"{PROVIDERS}WorkloadIdentityTokenProvider",
        "oauth2.client.id": "client",
        "oauth2.msi.tenant": "tenant",
        "oauth2.token.file": "/token",
    }


def test_a_workload_identity_without_its_variables_is_an_error() -> None:
    with pytest.raises(SettingsError, match="needs AZURE_CLIENT_ID, AZURE_TENANT_ID$"):
        get_spark_storage_by_workload_identity("lake", {"AZURE_FEDERATED_TOKEN_FILE": "/token"})


@pytest.mark.parametrize(
    ("variables", "more"),
    [({}, {}), ({"AZURE_CLIENT_ID": "client"}, {"oauth2.client.id": "client"})],
)
def test_a_managed_identity_has_no_password(
    configuration: dict[str, str], variables: dict[str, str], more: dict[str, str]
) -> None:
    get_spark_storage_by_managed_identity("lake", variables)

    assert of_account(configuration) == {
        "auth.type": "OAuth",
        "oauth.provider.type": f"{PROVIDERS}MsiTokenProvider",
        **more,
    }


def test_on_an_online_endpoint_the_tokens_are_relayed(
    configuration: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spark_storage, "credential", lambda environment: "identity")
    monkeypatch.setattr(token_relay, "start", lambda credential: f"http://relay/{credential}")
    get_spark_storage_by_managed_identity("lake", {"MSI_ENDPOINT": "http://msi"})

    assert of_account(configuration)["oauth2.msi.endpoint"] == "http://relay/identity"


@pytest.mark.parametrize(
    ("variables", "provider"),
    [(POD, "WorkloadIdentityTokenProvider"), ({}, "MsiTokenProvider")],
)
def test_the_current_identity_is_used(
    configuration: dict[str, str], variables: dict[str, str], provider: str
) -> None:
    session: Any = session_by_identity("lake", variables)

    assert of_account(configuration)["oauth.provider.type"] == PROVIDERS + provider
    assert session.configuration is configuration


def test_the_account_is_read_off_the_uri() -> None:
    assert account_of("abfss://features@lake1.dfs.core.windows.net/a/b") == "lake1"
    for wrong in ("abfss://lake/t", "abfss://c@lake.dfs.core.windows.net.evil.example/t"):
        with pytest.raises(SettingsError, match="is not abfss://<container>@<account>"):
            account_of(wrong)
