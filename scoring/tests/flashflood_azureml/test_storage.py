from __future__ import annotations

from typing import NamedTuple

import pytest
from azure.identity import ManagedIdentityCredential, WorkloadIdentityCredential

from flashflood_azureml import storage


def test_a_federated_token_file_means_workload_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {
        "AZURE_FEDERATED_TOKEN_FILE": "/var/run/token",
        "AZURE_CLIENT_ID": "client",
        "AZURE_TENANT_ID": "tenant",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert isinstance(storage.credential(environment), WorkloadIdentityCredential)


@pytest.mark.parametrize("environment", [{}, {"AZURE_CLIENT_ID": "client"}])
def test_otherwise_the_managed_identity_is_used(environment: dict[str, str]) -> None:
    assert isinstance(storage.credential(environment), ManagedIdentityCredential)


class Token(NamedTuple):
    token: str


class Counting:
    """A credential that numbers its tokens."""

    def __init__(self) -> None:
        self.scopes: list[str] = []

    def get_token(self, scope: str) -> Token:
        self.scopes.append(scope)
        return Token(f"token {len(self.scopes)}")


def test_every_opening_gets_a_token_for_storage() -> None:
    credential = Counting()
    options = storage.bearer_token(credential)

    timeouts = {
        "connect_timeout": "2s",
        "timeout": "5s",
        "max_retries": "2",
        "retry_timeout": "10s",
    }
    assert options() == {"bearer_token": "token 1", **timeouts}
    assert options() == {"bearer_token": "token 2", **timeouts}
    assert credential.scopes == ["https://storage.azure.com/.default"] * 2
