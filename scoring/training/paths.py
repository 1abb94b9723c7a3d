"""Where training reads and writes unless it is told otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Final

SCORING: Final = Path(__file__).resolve().parent.parent
CACHE: Final = SCORING / ".cache"
MODELS: Final = SCORING / "models"
SAMPLE_TABLE: Final = SCORING / "src" / "sample-features"
