"""Reads the bytes of a request as one JSON object, more strictly than `json.loads`.

Duplicate keys are refused, because the last one would win silently; so are other encodings than
UTF-8 (RFC 8259, 8.1), integers too long for Python, and nesting too deep for it, which all would
otherwise surface as errors of the server. NaN and Infinity pass here: the validation of the field
that holds them can say more about them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from flashflood.errors import Problem, RequestRefused

_DEEPEST: Final = 8
"""Levels of nesting that are let through; a right request has three. Bounding them here keeps
every later walk over the document (ours and the server's) clear of Python's recursion limit."""


class _DuplicateKey(ValueError):
    pass


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _DuplicateKey(f"has the key {json.dumps(twice)} twice")
    return document


def _too_deep(document: Any) -> bool:
    level = [document]
    for _ in range(_DEEPEST):
        level = [
            child
            for parent in level
            if isinstance(parent, (dict, list))
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
    return bool(level)


def _refused(problem: str) -> RequestRefused:
    return RequestRefused(
        [Problem("(body)", None, problem, "one JSON object in UTF-8, every key once")]
    )


def _is_plain(body: bytes, document: Any) -> bool:
    """Whether `document`, read from `body`, surely has no key twice and is not deep.

    A body has at least as many colons as its objects have keys, and has more where a key is there
    twice, or where a text holds a colon. Brackets tell in the same way when all is seen.
    """
    if not body.isascii() or b"\0" in body or not isinstance(document, dict):
        return False
    lists_and_objects = body.count(b"{") + body.count(b"[")
    keys = 0
    level: list[Any] = [document]
    for _ in range(_DEEPEST):
        keys += sum(len(one) for one in level if isinstance(one, dict))
        lists_and_objects -= len(level)
        if lists_and_objects == 0:
            return body.count(b":") == keys
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, (dict, list))
        ]
    return False


def read_document(body: bytes, parse: Callable[[bytes], Any] = json.loads) -> dict[str, Any]:
    """The JSON object in `body`. Raises RequestRefused with a single problem if there is none.

    `parse` is another reader with the values of `json.loads`. What is out of the ordinary is read
    again, by the strict one.
    """
    try:
        document = parse(body)
    except (ValueError, RecursionError):
        return _read_strictly(body)
    if _is_plain(body, document):
        plain: dict[str, Any] = document
        return plain
    return _read_strictly(body)


def _read_strictly(body: bytes) -> dict[str, Any]:
    if not body:
        raise _refused("is empty")
    try:
        document = json.loads(body.decode("utf-8"), object_pairs_hook=_unique)
    except UnicodeDecodeError as error:
        raise _refused(f"is not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise _refused(f"is not JSON: {error}") from error
    except _DuplicateKey as error:
        raise _refused(str(error)) from error
    except RecursionError as error:
        raise _refused("is nested too deeply") from error
    except ValueError as error:  # an integer beyond sys.get_int_max_str_digits()
        raise _refused("holds an integer with too many digits") from error
    if not isinstance(document, dict):
        raise _refused("is not a JSON object")
    if _too_deep(document):
        raise _refused("is nested too deeply")
    return document
