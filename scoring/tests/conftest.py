"""Hypothesis: no deadline, because a loaded machine is not a failure; the same cases each run."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("scoring", deadline=None, derandomize=True, database=None)
settings.load_profile("scoring")
