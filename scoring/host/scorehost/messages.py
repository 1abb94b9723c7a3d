"""What the server and its workers say to each other, over one socket for each worker.

A message is a tuple of plain values, written by `marshal` (both ends are the same Python) after its
length. Nothing of it comes from outside unread: bodies and headers are bytes in it.
"""

from __future__ import annotations

import marshal
import socket
import struct
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

_LENGTH: Final = struct.Struct("!Q")
_RECEIVE_BYTES: Final = 262_144

Headers = list[tuple[bytes, bytes]]


class Job(NamedTuple):
    """A request to score.

    `body` is None where it was longer than the script's limit. `traceparent` is the context of the
    request's span, after W3C Trace Context; empty without telemetry.
    """

    method: str
    path: str
    query: bytes
    headers: Headers
    body: bytes | None
    request_id: str
    traceparent: str


class Answer(NamedTuple):
    """A response, without what is the same for all of them (ids, version, date)."""

    status: int
    headers: Headers
    body: bytes


class Ready(NamedTuple):
    """A worker's first message: its script has been initialised.

    `swagger` maps each version to its document, `max_body_bytes` is the script's limit (0: none),
    `reports_readiness` says whether the script has a function for it.
    """

    swagger: dict[str, bytes]
    supported_versions: list[str]
    max_body_bytes: int
    reports_readiness: bool


def packed(message: tuple[Any, ...]) -> bytes:
    """The bytes of one message."""
    text = marshal.dumps(message)
    return _LENGTH.pack(len(text)) + text


class Unpacker:
    """Puts messages together from the pieces that a socket gives."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, piece: bytes) -> Iterable[Any]:
        """The messages that are complete with this piece."""
        if not self._held and len(piece) > _LENGTH.size:  # nearly always one message in one piece
            (length,) = _LENGTH.unpack_from(piece)
            if len(piece) == _LENGTH.size + length:
                return (marshal.loads(memoryview(piece)[_LENGTH.size :]),)
        return self._pieces(piece)

    def _pieces(self, piece: bytes) -> Iterator[Any]:
        held = self._held
        held += piece
        while len(held) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(held)
            end = _LENGTH.size + length
            if len(held) < end:
                return
            with memoryview(held) as view:
                message = marshal.loads(view[_LENGTH.size : end])
            del held[:end]
            yield message


def received(connection: socket.socket) -> Iterator[Any]:
    """Every message until the other end closes."""
    unpacker = Unpacker()
    while piece := connection.recv(_RECEIVE_BYTES):
        yield from unpacker.feed(piece)
