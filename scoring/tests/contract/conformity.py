"""The few words of JSON schema that Swagger documents here use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

_TYPES: Final[dict[str, type | tuple[type, ...]]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
}


def violations(value: Any, schema: dict[str, Any], path: str = "") -> Iterator[str]:
    """Where `value` is not what `schema` says."""
    if value is None and schema.get("nullable"):
        return
    if isinstance(value, bool) or not isinstance(value, _TYPES[schema["type"]]):
        yield f"{path} is {value!r}, not of type {schema['type']}"
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from violations(item, schema["items"], f"{path}[{index}]")
    elif isinstance(value, dict):
        properties = schema["properties"]
        yield from (f"{path}.{name} is missing" for name in schema["required"] if name not in value)
        yield from (f"{path}.{name} is not documented" for name in value if name not in properties)
        for name in value.keys() & properties.keys():
            yield from violations(value[name], properties[name], f"{path}.{name}")
