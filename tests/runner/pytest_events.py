"""A pytest plugin that reports each test to the runner as it ends.

One JSON object a line on file descriptor 3; events.ts has the types.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

CHANNEL = 3
PROJECT = Path(__file__).parents[2]


def _send(**event: Any) -> None:
    os.write(CHANNEL, (json.dumps(event) + "\n").encode())


class Events:
    """Groups pytest's reports by file, which is what the runner calls a suite."""

    def __init__(self) -> None:
        self.current: str | None = None
        self.failures: list[str] = []

    def begin(self, suite: str) -> None:
        """Ends the suite before it: pytest runs one file after another."""
        if suite == self.current:
            return
        self.end()
        self.current = suite
        _send(type="start", suite=suite)

    def end(self) -> None:
        if self.current is not None:
            failure = {"failure": "\n\n".join(self.failures)} if self.failures else {}
            _send(type="end", suite=self.current, **failure)
        self.current, self.failures = None, []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and isinstance(report.nodeid, str):
            suite = _suite(report.nodeid)
            self.begin(suite)
            self.failures.append(report.longreprtext)
            _send(type="test", suite=suite, name="(collection)", outcome="failed")
            self.end()
        elif report.skipped and isinstance(report.longrepr, tuple):
            suite = _suite(report.nodeid)
            self.begin(suite)
            _send(type="test", suite=suite, name="(module)", outcome="skipped")
            _send(type="skip-reason", suite=suite, reason=_reason(report.longrepr[2]))
            self.end()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.begin(_suite(nodeid))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        suite = _suite(report.nodeid)
        name = report.nodeid.partition("::")[2]
        if report.failed:
            self.failures.append(f"{report.nodeid} ({report.when})\n{report.longreprtext}")
            _send(type="test", suite=suite, name=name, outcome="failed")
        elif report.skipped:
            if isinstance(report.longrepr, tuple):
                _send(type="skip-reason", suite=suite, reason=_reason(report.longrepr[2]))
            _send(type="test", suite=suite, name=name, outcome="skipped")
        elif report.when == "call":
            _send(type="test", suite=suite, name=name, outcome="passed")

    def pytest_sessionfinish(self) -> None:
        self.end()


def _suite(nodeid: str) -> str:
    """pytest names files from scoring/, the runner from the project's root."""
    return f"scoring/{nodeid.partition('::')[0]}"


def _reason(text: str) -> str:
    return text.removeprefix("Skipped: ")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Events(), "runner-events")
