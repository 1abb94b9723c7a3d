from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashflood import document
from flashflood.document import read_document
from flashflood.errors import RequestRefused


def test_an_object_in_utf_8_is_read() -> None:
    assert read_document('{"ä": [1, 2.5, null, true]}'.encode()) == {"ä": [1, 2.5, None, True]}


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "is empty"),
        (b" ", "is not JSON: Expecting value: line 1 column 2 (char 1)"),
        (b"{", "is not JSON: Expecting property name enclosed in double quotes"),
        (b"[]", "is not a JSON object"),
        (b'"text"', "is not a JSON object"),
        (b"null", "is not a JSON object"),
        (b'{"a": "\xff"}', "is not UTF-8 at byte 7"),
        ('{"a": 1}'.encode("utf-16"), "is not UTF-8 at byte 0"),
        (b'\xef\xbb\xbf{"a": 1}', "is not JSON: Unexpected UTF-8 BOM"),
        (b'{"a": 1, "a": 1}', 'has the key "a" twice'),
        (b'{"a": {"b": 1, "c": 2, "b": 3}}', 'has the key "b" twice'),
        (b'{"a": ' + b"1" * 5000 + b"}", "holds an integer with too many digits"),
        (b'{"a": ' + b"[" * 8 + b"1" + b"]" * 8 + b"}", "is nested too deeply"),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "is nested too deeply"),
    ],
)
def test_any_other_body_is_refused_with_the_reason(body: bytes, problem: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        read_document(body)

    (only,) = refused.value.problems
    assert only.field == "(body)"
    assert only.problem.startswith(problem)
    assert only.allowed == "one JSON object in UTF-8, every key once"


def test_seven_levels_below_the_object_are_let_through() -> None:
    body = b'{"a": ' + b"[" * 7 + b"]" * 7 + b"}"

    assert read_document(body) == {"a": [[[[[[[]]]]]]]}


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_read_or_refused_but_never_anything_else(body: bytes) -> None:
    try:
        document = read_document(body)
    except RequestRefused as refused:
        assert len(refused.problems) == 1
    else:
        assert document == json.loads(body)


# Colons and brackets in texts and keys, and keys that come twice.
TEXTS = st.text(':[]{}",\\ aä', max_size=3)
BODIES = st.recursive(
    st.integers(-9, 9).map(str) | TEXTS.map(json.dumps) | st.sampled_from(["null", "NaN", "1e999"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda them: f"[{','.join(them)}]")
        | st.lists(st.tuples(st.sampled_from(["a", "b", ":", "ä"]), inner), max_size=3).map(
            lambda pairs: "{" + ", ".join(f"{json.dumps(k)}: {v}" for k, v in pairs) + "}"
        )
    ),
    max_leaves=12,
)


def outcome(read: Any, body: bytes) -> str:
    try:
        return repr(read(body))
    except RequestRefused as refused:
        return str(refused)


@given(BODIES, st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]))
def test_the_quick_way_gives_what_the_strict_one_gives(text: str, encoding: str) -> None:
    body = text.encode(encoding)

    assert outcome(read_document, body) == outcome(document._read_strictly, body)


def test_what_is_plain_is_read_once() -> None:
    reads = []

    def parse(body: bytes) -> Any:
        reads.append(body)
        return {"rows": [{"a": 1}, {"a": 2}]}

    assert read_document(b'{"rows": [{"a": 1}, {"a": 2}]}', parse)["rows"][1] == {"a": 2}
    assert len(reads) == 1
