"""Trace contexts after W3C Trace Context (www.w3.org/TR/trace-context), and finished spans."""

from __future__ import annotations

import random
import re
from typing import Final, NamedTuple

_TRACEPARENT: Final = re.compile(
    r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.ASCII
)
_SAMPLED: Final = 1
_NO_TRACE: Final = "0" * 32
_NO_SPAN: Final = "0" * 16
# Ids need not be secret, and os.urandom is a system call for each.
_random: Final = random.Random()


class TraceContext(NamedTuple):
    """A span to record, in its trace. Ids are hexadecimal; `parent_id` is empty at a root."""

    trace_id: str
    span_id: str
    parent_id: str


def parsed(traceparent: str) -> tuple[str, str, bool] | None:
    """Trace, span and whether it is sampled; None where the header is not as section 3.2.2 asks."""
    found = _TRACEPARENT.fullmatch(traceparent)
    if found is None:
        return None
    version, trace_id, span_id, flags, more = found.groups()
    if version == "ff" or (version == "00" and more):
        return None
    if _NO_TRACE == trace_id or span_id == _NO_SPAN:
        return None
    return trace_id, span_id, bool(int(flags, 16) & _SAMPLED)


class Sampler:
    """Parent-based, with a share of the traces that begin here.

    As OpenTelemetry's ParentBased: who called decides for a trace that it began. Of the others,
    those that are not sampled have no id: making and carrying one would be most of their cost.
    """

    def __init__(self, share: float) -> None:
        self._share = share

    def begin(self, traceparent: str | None) -> tuple[str, TraceContext | None]:
        """What the next one called is told, and the span to record; None where it is not
        sampled. Where nothing is recorded, the span that is told of is the caller's; without a
        caller's it is told nothing."""
        parent = None if traceparent is None else parsed(traceparent)
        if parent is None:
            if _random.random() >= self._share:
                return "", None
            # All zeros, which is no id, come as often as twice the same id.
            parent = _random.randbytes(16).hex(), "", True
        trace_id, parent_id, sampled = parent
        if not sampled:
            return f"00-{trace_id}-{parent_id}-00", None
        context = TraceContext(trace_id, _span_id(), parent_id)
        return f"00-{trace_id}-{context.span_id}-01", context


def child(traceparent: str) -> TraceContext | None:
    """The context of a span below the one that a Sampler told of; None where that is not sampled
    or there is none."""
    if not traceparent.endswith("-01"):
        return None
    return TraceContext(traceparent[3:35], _span_id(), traceparent[36:52])


def _span_id() -> str:
    return f"{_random.getrandbits(64) or 1:016x}"


class Span(NamedTuple):
    """A span that has ended. Times are nanoseconds since 1970; `failed` sets its status to error.

    `is_server`: its kind is SERVER, and else INTERNAL.
    """

    name: str
    context: TraceContext
    is_server: bool
    began: int
    ended: int
    attributes: dict[str, str | int]
    failed: bool
