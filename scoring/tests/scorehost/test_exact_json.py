"""orjson with the values of Python's json."""

from __future__ import annotations

import datetime as dt
import enum
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorehost import exact_json

NUMBERS = (
    st.integers()
    | st.sampled_from([2**63 - 1, 2**63, 2**64 - 1, 2**64, -(2**63), -(2**63) - 1, 10**400])
    | st.floats()
)
TEXTS = st.text(st.characters(exclude_categories=()), max_size=8)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(TEXTS | st.integers() | st.none() | st.booleans(), inner, max_size=4)
        | st.tuples(inner)
    ),
    max_leaves=10,
)


def outcome(call: Any, argument: Any) -> tuple[str, str]:
    try:
        return "value", repr(call(argument))
    except (ValueError, TypeError, RecursionError) as error:
        return type(error).__name__, str(error)


@given(DOCUMENTS)
def test_what_is_written_has_the_values_that_json_writes(document: Any) -> None:
    written, known = exact_json.dumps(document), json.dumps(document)

    assert repr(json.loads(written)) == repr(json.loads(known))
    assert len(written) <= len(known)


@given(DOCUMENTS.map(json.dumps), st.booleans())
def test_what_is_read_has_the_values_that_json_reads(text: str, ascii_only: bool) -> None:
    body = text.encode() if ascii_only else text.encode("utf-16")

    assert outcome(exact_json.loads, body) == outcome(json.loads, body)


@given(
    st.binary(max_size=60) | st.text('[]{}",:0123456789.eE+-truefalsnNaIity\\u ').map(str.encode)
)
def test_any_bytes_are_read_or_refused_as_by_json(body: bytes) -> None:
    assert outcome(exact_json.loads, body) == outcome(json.loads, body)


class Colour(enum.Enum):
    RED = 1


class Named(dict):  # type: ignore[type-arg]
    pass


@pytest.mark.parametrize(
    "document",
    [
        dt.date(2020, 1, 1),
        {1},
        b"bytes",
        object(),
        [dt.datetime(2020, 1, 1)],
        {(1, 2): 3},
        Named(a=1),
        [math.nan, None, -math.inf],
        {"once": (shared := math.nan), "twice": [shared, None]},
    ],
    ids=str,
)
def test_other_values_are_refused_or_written_as_by_json(document: Any) -> None:
    def read_again(write: Any) -> tuple[str, str]:
        return outcome(lambda value: json.loads(write(value)), document)

    assert read_again(exact_json.dumps) == read_again(json.dumps)
