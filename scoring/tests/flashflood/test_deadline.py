from __future__ import annotations

import pytest

from flashflood.deadline import Deadline


def test_a_result_comes_back() -> None:
    assert Deadline(5).run(lambda: 7) == 7


def test_a_time_out_of_the_read_itself_does_not_count_as_the_deadline() -> None:
    def read() -> int:
        raise TimeoutError("of its own")

    with pytest.raises(TimeoutError, match="^of its own$"):
        Deadline(5).run(read)
