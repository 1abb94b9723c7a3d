"""Headers for pages of other origins: what flask-cors 6 does with azmlinfsrv's options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from scorehost.messages import Headers

_METHODS: Final = ("GET", "POST")


def headers(origins: tuple[str, ...], method: str, asked: Mapping[bytes, bytes]) -> Headers:
    """The answer's headers for the origins that may call; none where there are none."""
    if not origins:
        return []
    everyone = "*" in origins
    origin = asked.get(b"origin", b"").decode("latin-1")
    if origin:
        known = {one.lower() for one in origins}
        if not everyone and origin.lower() not in known:
            return []
        allowed = origin
    else:
        allowed = "*" if everyone else min(origins)
    found = [(b"access-control-allow-origin", allowed.encode("latin-1"))]
    wanted = asked.get(b"access-control-request-method", b"").decode("latin-1").upper()
    if method == "OPTIONS" and wanted in _METHODS:
        names = asked.get(b"access-control-request-headers", b"").decode("latin-1")
        if names:
            listed = ", ".join(sorted(name.strip() for name in names.split(",")))
            found.append((b"access-control-allow-headers", listed.encode("latin-1")))
        found.append((b"access-control-allow-methods", ", ".join(_METHODS).encode()))
    if allowed != "*":
        found.append((b"vary", b"Origin"))
    return found
