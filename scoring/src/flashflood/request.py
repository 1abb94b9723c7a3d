"""The two forms of a request, and the checks that turn a JSON object into one of them.

    {"gauges": ["marburg", "leun"], "date": "2020-02-03"}     features are looked up
    {"features": [{"discharge_ratio": 0.7, …}, …]}            features are given, all of them

Nothing is coerced: "1.5" is not a number, and neither is true.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from operator import itemgetter
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from flashflood.errors import Problem, RequestRefused, named, shown
from flashflood.features import FEATURE_NAMES, FEATURES, Feature

ARGUMENTS: Final = ("gauges", "date", "features")
"""The keys that a request may have at its top level."""

_IN_ORDER: Final = itemgetter(*FEATURE_NAMES)
_MINIMUM: Final = np.array([feature.minimum for feature in FEATURES])
_MAXIMUM: Final = np.array([feature.maximum for feature in FEATURES])
_NUMBERS: Final = frozenset((int, float))

_ISO_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FORMS: Final = 'either "gauges" and "date", or "features"'


class Span(NamedTuple):
    """The first and the last day, both included, that the feature table holds of a gauge."""

    first: dt.date
    last: dt.date

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"


class GaugeRequest(NamedTuple):
    """Score these gauges on this issue day; every gauge is in the table, none is named twice."""

    gauges: tuple[str, ...]
    day: dt.date


class FeatureRequest(NamedTuple):
    """Score these inputs: float32, shape (rows, features), every value in its range."""

    inputs: NDArray[np.float32]


def _list_problem(field: str, value: Any, max_rows: int, of_what: str) -> Problem | None:
    allowed = f"a list of 1 to {max_rows} {of_what}"
    if not isinstance(value, list):
        return Problem(field, shown(value), "is not a list", allowed)
    if not value:
        return Problem(field, "[]", "is empty", allowed)
    if len(value) > max_rows:
        return Problem(field, None, f"has {len(value)} entries", allowed)
    return None


def _gauge_problems(gauges: Any, known: Mapping[str, Span], max_rows: int) -> Iterator[Problem]:
    problem = _list_problem("gauges", gauges, max_rows, "different gauges")
    if problem:
        yield problem
        return
    allowed = "one of: " + ", ".join(sorted(known))
    seen = set()
    for index, gauge in enumerate(gauges):
        field = f"gauges[{index}]"
        if not isinstance(gauge, str):
            yield Problem(field, shown(gauge), "is not a string", allowed)
        elif gauge not in known:
            yield Problem(field, shown(gauge), "is not a known gauge", allowed)
        elif gauge in seen:
            yield Problem(field, shown(gauge), "was already named", "each gauge once")
        else:
            seen.add(gauge)


def _day(date: Any) -> dt.date | None:
    # fromisoformat() alone would also accept 20200203 and 2020-W06-1, from Python 3.11 on.
    if not isinstance(date, str) or not _ISO_DAY.fullmatch(date):
        return None
    try:
        return dt.date.fromisoformat(date)
    except ValueError:
        return None


def _date_problems(date: Any, gauges: Any, known: Mapping[str, Span]) -> Iterator[Problem]:
    day = _day(date)
    if day is None:
        yield Problem("date", shown(date), "is not a date", "a day written YYYY-MM-DD")
        return
    asked = {g for g in gauges if isinstance(g, str)} if isinstance(gauges, list) else set()
    for gauge in sorted(asked & known.keys()):
        span = known[gauge]
        if not span.first <= day <= span.last:
            yield Problem("date", shown(date), f"is outside the data of {gauge}", str(span))


def _number_problem(field: str, value: Any, feature: Feature) -> Problem | None:
    allowed = f"a number from {feature.minimum:g} to {feature.maximum:g} {feature.unit}"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return Problem(field, shown(value), "is not a number", allowed)
    if not feature.minimum <= value <= feature.maximum:  # also true of NaN
        return Problem(field, shown(value), "is out of range", allowed)
    return None


def _row_problems(index: int, row: Any) -> Iterator[Problem]:
    field = f"features[{index}]"
    if not isinstance(row, dict):
        yield Problem(field, shown(row), "is not an object", "an object of named numbers")
        return
    for feature in FEATURES:
        path = f"{field}.{feature.name}"
        if feature.name not in row:
            yield Problem(path, None, "is missing", "every feature in every row")
            continue
        problem = _number_problem(path, row[feature.name], feature)
        if problem:
            yield problem
    for key in row:
        if key not in FEATURE_NAMES:
            allowed = "only: " + ", ".join(FEATURE_NAMES)
            yield Problem(f"{field}.{named(key)}", shown(row[key]), "is not a feature", allowed)


def asks_for_gauges(document: Mapping[str, Any]) -> bool:
    """Whether the table is needed to tell what is wrong with a request, or to answer it."""
    return "gauges" in document or "date" in document


def _problems(
    document: Mapping[str, Any], known: Mapping[str, Span], max_rows: int
) -> Iterator[Problem]:
    for key in document:
        if key not in ARGUMENTS:
            allowed = "only: " + ", ".join(ARGUMENTS)
            yield Problem(named(key), shown(document[key]), "is not an argument", allowed)
    by_gauge = asks_for_gauges(document)
    if by_gauge and "features" in document:
        yield Problem("(body)", None, "mixes both forms", _FORMS)
    elif not by_gauge and "features" not in document:
        yield Problem("(body)", None, "asks for nothing", _FORMS)
    for first, second in (("gauges", "date"), ("date", "gauges")):
        if first in document and second not in document:
            yield Problem(second, None, "is missing", f'"{first}" and "{second}" together')
    if "gauges" in document:
        yield from _gauge_problems(document["gauges"], known, max_rows)
    if "date" in document:
        yield from _date_problems(document["date"], document.get("gauges"), known)
    if "features" in document:
        rows = document["features"]
        problem = _list_problem("features", rows, max_rows, "objects")
        if problem:
            yield problem
        else:
            for index, row in enumerate(rows):
                yield from _row_problems(index, row)


def _right_rows(document: Mapping[str, Any], max_rows: int) -> FeatureRequest | None:
    """The request, if nothing at all is wrong with its rows: all at once, without a word for each
    value. None where something may be wrong."""
    rows = document["features"]
    if len(document) > 1 or not isinstance(rows, list) or not 0 < len(rows) <= max_rows:
        return None
    if any(type(row) is not dict or len(row) != len(FEATURES) for row in rows):
        return None
    try:
        values = [_IN_ORDER(row) for row in rows]
        if not _NUMBERS.issuperset(map(type, chain.from_iterable(values))):
            return None
        numbers = np.array(values, dtype=np.float64)
    except (KeyError, OverflowError):  # another feature, an integer beyond all floats
        return None
    if not ((numbers >= _MINIMUM) & (numbers <= _MAXIMUM)).all():  # also true of NaN
        return None
    return FeatureRequest(numbers.astype(np.float32))


def validated(
    document: Mapping[str, Any], known: Mapping[str, Span], max_rows: int
) -> GaugeRequest | FeatureRequest:
    """The request in `document`, a decoded JSON object.

    `known` maps each gauge of the feature table to the days it holds. Raises RequestRefused with
    everything that is wrong.
    """
    if "features" in document:
        right = _right_rows(document, max_rows)
        if right is not None:
            return right
    problems = list(_problems(document, known, max_rows))
    if problems:
        raise RequestRefused(problems)
    if "features" in document:
        rows = [[row[name] for name in FEATURE_NAMES] for row in document["features"]]
        return FeatureRequest(np.array(rows, dtype=np.float32))
    return GaugeRequest(tuple(document["gauges"]), dt.date.fromisoformat(document["date"]))
