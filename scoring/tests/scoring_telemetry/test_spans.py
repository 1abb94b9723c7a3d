from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.trace import get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from scoring_telemetry.spans import Sampler, child, parsed

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
_FLAGS = st.integers(0, 255).map(lambda flags: f"{flags:02x}")
_NEARLY = st.builds(
    "-".join,
    st.tuples(
        st.sampled_from(("00", "01", "fe", "ff", "0", "0g", "000")),
        st.sampled_from((TRACE, "0" * 32, TRACE.upper(), TRACE[1:], TRACE + "0")),
        st.sampled_from((SPAN, "0" * 16, SPAN.upper(), SPAN[1:])),
        _FLAGS,
    )
    | st.tuples(st.sampled_from(("00", "01")), st.just(TRACE), st.just(SPAN), _FLAGS, st.text()),
)


@given(_NEARLY | st.text())
def test_a_header_is_read_as_opentelemetry_reads_it(header: str) -> None:
    if "\n" in header or header != header.strip():
        return  # no HTTP header has these, and OpenTelemetry's expression lets some through
    carried = {"traceparent": header}
    theirs = get_current_span(TraceContextTextMapPropagator().extract(carried)).get_span_context()

    found = parsed(header)
    if not theirs.is_valid:
        assert found is None
    else:
        trace, span = f"{theirs.trace_id:032x}", f"{theirs.span_id:016x}"
        assert found == (trace, span, theirs.trace_flags.sampled)


@pytest.mark.parametrize(
    ("header", "is_read"),
    [
        (f"00-{TRACE}-{SPAN}-01", True),
        (f"01-{TRACE}-{SPAN}-01-more", True),
        (f"00-{TRACE}-{SPAN}-01-more", False),
        (f"ff-{TRACE}-{SPAN}-01", False),
        (f"00-{'0' * 32}-{SPAN}-01", False),
        (f"00-{TRACE}-{'0' * 16}-01", False),
        (f"00-{TRACE.upper()}-{SPAN}-01", False),
        (f" 00-{TRACE}-{SPAN}-01", False),
    ],
)
def test_headers_at_the_edges_of_the_specification(header: str, is_read: bool) -> None:
    assert parsed(header) == ((TRACE, SPAN, True) if is_read else None)


@pytest.mark.parametrize("share", [0, 0.5, 1])
def test_who_called_decides_for_a_trace_of_its_own(share: float) -> None:
    sampler = Sampler(share)

    told, span = sampler.begin(f"00-{TRACE}-{SPAN}-01")
    assert span is not None
    assert (span.trace_id, span.parent_id) == (TRACE, SPAN)
    assert told == f"00-{TRACE}-{span.span_id}-01"
    assert span.span_id not in (SPAN, "0" * 16)
    assert sampler.begin(f"00-{TRACE}-{SPAN}-00") == (f"00-{TRACE}-{SPAN}-00", None)


@pytest.mark.parametrize("header", [None, "", "nonsense"])
def test_a_new_trace_is_sampled_by_its_share(header: str | None) -> None:
    told, span = Sampler(1).begin(header)
    assert span is not None
    assert re.fullmatch(rf"00-{span.trace_id}-{span.span_id}-01", told)
    assert span.parent_id == ""

    told, span = Sampler(0).begin(header)
    assert (told, span) == ("", None)

    half = Sampler(0.5)
    sampled = sum(half.begin(header)[1] is not None for _ in range(4000))
    assert 1800 < sampled < 2200  # six standard deviations


def test_a_child_is_below_the_span_that_was_told_of() -> None:
    told, span = Sampler(1).begin(None)
    assert span is not None
    below = child(told)

    assert below is not None
    assert (below.trace_id, below.parent_id) == (span.trace_id, span.span_id)
    assert below.span_id != span.span_id
    assert child(Sampler(0).begin(None)[0]) is None
    assert child("") is None
