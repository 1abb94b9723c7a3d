from __future__ import annotations

from typing import NamedTuple

from flashflood_azureml import storage


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
