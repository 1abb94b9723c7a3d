"""JSON by orjson, with the meaning of Python's own `json`.

orjson is several times as fast, and differs in a few values: it makes floats of integers beyond 64
bits, writes NaN as null, takes no NaN, no lone surrogates and no other encodings than UTF-8. Each
of these goes to `json`, so that scripts see and send the values that they know from there. What is
different is the form of what is written: without spaces, and in UTF-8 instead of escapes.
"""

from __future__ import annotations

import json
import marshal
import re
from typing import Any, Final

import orjson

# Fewer digits fit into 64 bits. Long fractions match too; they only take the slower way. A regular
# expression for it takes twenty times as long.
_LONG_INTEGER: Final = b"0" * 19
_DIGITS: Final = bytes(ord("0") if chr(byte).isdigit() and byte < 128 else 0 for byte in range(256))
# A float of marshal's format 2 and later: the letter g, with the highest bit set where the object
# may come again, and IEEE 754 in little-endian order. All bits of the exponent are set in NaN and
# in the infinities.
_NOT_A_NUMBER: Final = re.compile(rb"[g\xe7].{6}[\xf0-\xff][\x7f\xff]", re.DOTALL)
_OPTIONS: Final = (
    orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_SUBCLASS
)


def loads(text: bytes) -> Any:
    """As `json.loads(text)`, with its errors."""
    if _LONG_INTEGER not in text.translate(_DIGITS):
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            pass  # `json` may take it, and otherwise has the words that callers know
    return json.loads(text)


def dumps(document: Any) -> bytes:
    """As `json.dumps(document)`, with its errors, in the shortest form."""
    try:
        text = orjson.dumps(document, option=_OPTIONS)
    except TypeError:
        return _slowly(document)
    if b"null" in text and _NOT_A_NUMBER.search(marshal.dumps(document)):
        return _slowly(document)
    return text


def _slowly(document: Any) -> bytes:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError:  # a lone surrogate, which only an escape can write
        return json.dumps(document, separators=(",", ":")).encode()
