"""Which endpoint the contract is checked against.

SCORING_URI         the scoring URI, ending in /score; unset: both deployments are started here, by
                    both servers
SCORING_KEY         key or token, sent as bearer
SCORING_DEPLOYMENT  sent as azureml-model-deployment, past the endpoint's traffic split

Behind a gateway run it with -m "not server".
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.contract.endpoint import Endpoint
from tests.contract.server import SERVERS, running

REMOTE = os.environ.get("SCORING_URI", "")
LOCAL = [f"{name} on {server}" for server in SERVERS for name in ("multi-model", "compact")]


@pytest.fixture(scope="session", params=["remote"] if REMOTE else LOCAL)
def endpoint(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Endpoint]:
    if REMOTE:
        key, deployment = (os.environ.get(f"SCORING_{n}", "") for n in ("KEY", "DEPLOYMENT"))
        yield Endpoint(REMOTE, key, deployment)
        return
    name, _, server = str(request.param).partition(" on ")
    with running(name, tmp_path_factory.mktemp(name), server) as started:
        yield started
