"""Serves the init() and run() of an Azure ML scoring script over HTTP; see ../README.md."""

from __future__ import annotations

from typing import Final

__version__: Final = "1.0.0"
