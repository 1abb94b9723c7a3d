"""The errors that callers of this package can meet, each with its HTTP status."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, ClassVar, Final, NamedTuple

_SHOWN_PROBLEMS: Final = 20
_SHOWN_CHARACTERS: Final = 80


class Problem(NamedTuple):
    """One thing that is wrong with a request.

    `field` is a path into the request such as `features[2].rain_mm`; `value` what was sent there
    (None where nothing was); `problem` what is wrong with it; `allowed` what would be right.
    """

    field: str
    value: str | None
    problem: str
    allowed: str


def shown(value: Any) -> str:
    """`value` as JSON text, shortened: a refusal must not echo a megabyte back."""
    text = json.dumps(value)
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"


def named(key: str) -> str:
    """A key that the caller made up, safe and short enough to be part of a field's path."""
    return shown(key).strip('"')


class ScoringError(Exception):
    """Base of all errors here. `status` is the HTTP status that an adapter should answer."""

    status: ClassVar[int] = 500


class RequestRefused(ScoringError):
    """The request is wrong; everything that is wrong with it is in `problems`, at least one."""

    status: ClassVar[int] = 400

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{p.field} {p.problem}" for p in problems[:_SHOWN_PROBLEMS]))
        self.problems = tuple(problems)

    def body(self) -> dict[str, object]:
        """The JSON body of the refusal, with the first problems in the order of the request."""
        count = len(self.problems)
        counted = "1 problem" if count == 1 else f"{count} problems"
        return {
            "message": f"The request was refused: {counted}.",
            "problems": [problem._asdict() for problem in self.problems[:_SHOWN_PROBLEMS]],
        }


class SettingsError(ScoringError):
    """Environment variables are missing or wrong; the message lists all of them."""


class ModelFileError(ScoringError):
    """A model file is missing or is not a model of this service."""


class FeatureTableError(ScoringError):
    """The feature table is no good: missing, damaged, of another shape, or for another model.

    Callers are shown the message, so it holds no address and no other library's words; the cause,
    which does, is for the log.
    """


class FeatureStorageError(ScoringError):
    """The storage of the feature table is slow, refuses, or cannot be reached: try again later.

    Callers are shown the message, as of FeatureTableError.
    """

    status: ClassVar[int] = 503
