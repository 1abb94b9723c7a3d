from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scorehost.messages import Unpacker, packed

MESSAGES = st.lists(st.tuples(st.text(max_size=5), st.binary(max_size=40) | st.none()), max_size=5)


@given(MESSAGES, st.lists(st.integers(1, 20), min_size=1))
def test_messages_are_the_same_however_they_are_cut(
    messages: list[tuple[Any, ...]], cuts: list[int]
) -> None:
    stream = b"".join(map(packed, messages))
    found: list[tuple[Any, ...]] = []
    unpacker, at = Unpacker(), 0
    while at < len(stream):
        size = cuts[at % len(cuts)]
        found += unpacker.feed(stream[at : at + size])
        at += size

    assert found == messages
    assert [*Unpacker().feed(stream)] == messages
    assert [one for message in messages for one in Unpacker().feed(packed(message))] == messages
