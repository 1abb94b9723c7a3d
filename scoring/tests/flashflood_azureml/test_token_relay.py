from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any, NamedTuple

import pytest

from flashflood_azureml import token_relay


class Token(NamedTuple):
    token: str
    expires_on: int


class Credential:
    """Gives one token, or none."""

    def __init__(self, token: Token | None) -> None:
        self.token = token

    def get_token(self, scope: str) -> Token:
        assert scope == "https://storage.azure.com/.default"
        if self.token is None:
            raise RuntimeError("identity service is down")
        return self.token


def get(url: str) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_a_token_is_given_as_a_virtual_machines_metadata_service_gives_it() -> None:
    url = token_relay.start(Credential(Token("t", 4_000_000_000)))

    assert url.startswith("http://127.0.0.1:")
    assert get(f"{url}?api-version=2018-02-01&resource=https%3A%2F%2Fstorage.azure.com%2F") == (
        200,
        {"access_token": "t", "token_type": "Bearer", "expires_on": "4000000000"},
    )


def test_there_is_one_relay_for_a_credential() -> None:
    credential = Credential(None)

    assert token_relay.start(credential) == token_relay.start(credential)
    assert token_relay.start(credential) != token_relay.start(Credential(None))


def test_without_the_secret_in_its_path_there_is_nothing() -> None:
    url = token_relay.start(Credential(Token("t", 1)))
    root = url[: url.rindex("/")]

    assert len(url.rpartition("/")[2]) >= 43
    for path in ("", "/", "/x", f"/{'ü' * 5}".encode("ascii", "ignore").decode()):
        assert get(f"{root}{path}") == (404, {"error": "not found"})


def test_no_token_is_said_without_why_and_logged_with_it(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    url = token_relay.start(Credential(None))

    assert get(url) == (503, {"error": "no token"})
    assert "identity service is down" in caplog.text
    assert url.rpartition("/")[2] not in caplog.text + "".join(capfd.readouterr())
