"""Which server the image starts, and what keeps it from starting."""

from __future__ import annotations

import os
import runpy
from typing import Any

import pytest

from tests.helpers import SCORING


def started(monkeypatch: pytest.MonkeyPatch, **environment: str) -> list[str]:
    """The command that takes the program's place."""
    commands: list[list[str]] = []
    for name in ("SCORING_SERVER", "EXPECTED_RELEASE_ID", "WORKER_BATCH_SIZE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"RELEASE_ID": "r1", **environment}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(os, "execv", lambda file, command: commands.append(command))
    program: dict[str, Any] = runpy.run_path(str(SCORING / "container" / "serve.py"))
    program["main"]()
    (command,) = commands
    return command


@pytest.mark.parametrize(
    ("environment", "module"),
    [
        ({}, "scorehost"),
        ({"SCORING_SERVER": ""}, "scorehost"),
        ({"SCORING_SERVER": "scorehost"}, "scorehost"),
        ({"SCORING_SERVER": "azmlinfsrv", "EXPECTED_RELEASE_ID": "r1"}, "gunicorn"),
    ],
    ids=["default", "empty", "scorehost", "azmlinfsrv"],
)
def test_one_setting_chooses_the_server(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], module: str
) -> None:
    assert started(monkeypatch, **environment)[1:3] == ["-m", module]


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        (
            {"EXPECTED_RELEASE_ID": "r2"},
            "This image has release r1, but r2 is to run: name its image.",
        ),
        (
            {"SCORING_SERVER": "gunicorn"},
            "SCORING_SERVER='gunicorn' is neither scorehost nor azmlinfsrv.",
        ),
        (
            {"SCORING_SERVER": "azmlinfsrv", "WORKER_BATCH_SIZE": "8"},
            "WORKER_BATCH_SIZE is not known to azmlinfsrv: unset it, or start scorehost.",
        ),
    ],
    ids=["release", "server", "batches"],
)
def test_it_ends_at_once_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], message: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        started(monkeypatch, **environment)

    assert ended.value.code == message
