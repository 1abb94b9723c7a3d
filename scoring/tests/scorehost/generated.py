"""Requests for the comparison of both servers, the same for the same number."""

from __future__ import annotations

import json
import random
from typing import Final

_METHODS: Final = ["POST"] * 12 + ["GET"] * 4 + ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"]
_PATHS: Final = ["/score"] * 16 + [
    "/",
    "/swagger.json",
    "/swagger.json",
    "/nothing",
    "/score/",
    "/%73core",
    "/Score",
]
_QUERIES: Final = [
    "",
    "",
    "",
    "",
    "?version=2",
    "?version=2.0",
    "?version=3",
    "?version=3.1",
    "?version=9",
    "?version=",
    "?data=[[1,2]]",
    "?data=[[1]]&data=[[2]]",
    "?do=raise",
    "?data=%ff",
    "?a=1&b=text&c=",
    "?data=1&do=echo&x=%20y+z",
    "?fail=1",
    "?data",
]
_TYPES: Final = ["application/json"] * 8 + [
    "application/json; charset=utf-8",
    "APPLICATION/JSON",
    "application/vnd.x+json",
    "text/plain",
    "",
    None,
    "application/x-www-form-urlencoded",
    "multipart/form-data",
]
_HEADERS: Final[list[tuple[str, str]]] = [
    ("x-request-id", "id-1"), ("X-Request-Id", "x" * 100), ("x-request-id", "x" * 101),
    ("x-request-id", ""), ("x-ms-request-id", "legacy"), ("x-ms-client-request-id", "client"),
    ("x-ms-client-request-id", "y" * 101), ("x-ms-request-id", "z" * 101), ("TraceId", "t-1"),
    ("X-Custom", "one"), ("X-Custom", "two"), ("X_Under", "score"), ("Origin", "https://page.example"),
    ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "X-B, x-a"),
    ("Expect", "100-continue"), ("X-Latin", "\xe4"),
]  # fmt: skip
_VALUES: Final = [
    "nan",
    "inf",
    "big",
    "none",
    "set",
    "bytes",
    "keys",
    "tuple",
    "text",
    "object",
    "deep",
    "int",
    "empty",
    "false",
    "missing",
]
_BODIES: Final[list[bytes]] = [
    b"",
    b" ",
    b"{",
    b"[]",
    b"null",
    b"1",
    b'"text"',
    b"\xff\xfe",
    b'{"data": [[1, 2]], "do": "echo"}',
    b'{"data": [[1, 2], [3, 4]]}',
    b'{"data": "x"}',
    b'{"data": [[1], [2, 3]]}',
    b'{"do": "raise"}',
    b'{"data": NaN}',
    b'{"data": [[NaN, Infinity]]}',
    b'{"data": [[1e999]]}',
    b"!binary \x00\xff",
    b'{"data": 1, "data": [[5]]}',
    b'\xef\xbb\xbf{"data": [[1]]}',
    b'{"data": [["\\ud800"]]}',
    b'{"data": [[18446744073709551616]]}',
    b'{"data": [[1]], "when": "2020-05-05T10:00"}',
    b'{"data": [[1]], "when": "never"}',
    b"[" * 3000,
    b'{"data": ' + b"9" * 5000 + b"}",
    '{"data": [[1]], "do": "ä"}'.encode("utf-16"),
    '{"a": "\u20ac\U0001f30a"}'.encode(),
    b"a=1&b=2",
]


def request(number: int) -> bytes:
    """One request, whose connection is closed after the answer."""
    chance = random.Random(number)
    body = _body(chance)
    path = chance.choice(_PATHS) + chance.choice(_QUERIES)
    lines = [f"{chance.choice(_METHODS)} {path} HTTP/1.1", "Host: scoring", "Connection: close"]
    kind = chance.choice(_TYPES)
    if kind is not None:
        lines.append(f"Content-Type: {kind}")
    lines += [
        f"{name}: {value}" for name, value in chance.sample(_HEADERS, chance.choice([0, 0, 1, 3]))
    ]
    if chance.random() < 0.1:
        lines.append("Transfer-Encoding: chunked")
        half = len(body) // 2
        pieces = [piece for piece in (body[:half], body[half:]) if piece]
        sent = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    else:
        sent = body
        if body or chance.random() < 0.5:
            lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + sent


def _body(chance: random.Random) -> bytes:
    if chance.random() < 0.5:
        return chance.choice(_BODIES)
    if chance.random() < 0.3:
        return json.dumps(_value(chance, 3)).encode()
    asked = {
        "do": chance.choice(
            ["raise", "timeout-error", "response", "flask", "value", "value", "echo"]
        ),
        "with": chance.choice([*_VALUES, *_VALUES, None, {"a": 1}, "€"]),
        "status": chance.choice([200, 201, 204, 299, 302, 304, 400, 404, 418, 429, 499, 500, 503]),
        "headers": chance.choice([{}, {"X-A": "1"}, {"X-A": "1, 2", "Content-Type": "text/csv"}]),
        "json": chance.random() < 0.5,
    }
    return json.dumps(asked, ensure_ascii=chance.random() < 0.5).encode()


def _value(chance: random.Random, depth: int) -> object:
    kind = chance.randrange(7 if depth else 5)
    if kind == 5:
        return [_value(chance, depth - 1) for _ in range(chance.randrange(4))]
    if kind == 6:
        names = chance.sample(["a", "data", "ä", "do", ""], chance.randrange(4))
        return {name: _value(chance, depth - 1) for name in names}
    number = chance.choice([0, -1, 2**31, 2**53 + 1, 2**63, 2**64 - 1, 10**25, -(2**63) - 1])
    text = chance.choice(["", "ä€", "\U0001f30a", "\x00", "\\", '"', "\u2028"])
    return [None, chance.random() < 0.5, number, chance.uniform(-1e6, 1e6), text][kind]
