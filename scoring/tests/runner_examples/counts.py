"""For tests/runner/runner.test.ts alone: one test passes, one fails, one is skipped."""

import pytest


def test_passes() -> None:
    pass


def test_fails() -> None:
    raise AssertionError("the reason of the failure in Python")


@pytest.mark.skip(reason="the reason of the skip")
def test_is_skipped() -> None:
    pass
