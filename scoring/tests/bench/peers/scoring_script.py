"""The deployment's scoring script, loaded as Azure's server loads it."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Any

WORKERS = 2
"""Processes that call run(), of every server."""


def initialised() -> Any:
    """The module that AZUREML_ENTRY_SCRIPT names, after its init()."""
    sys.path.insert(0, os.environ["AML_APP_ROOT"])
    script = importlib.import_module(Path(os.environ["AZUREML_ENTRY_SCRIPT"]).stem)
    script.init()
    return script
