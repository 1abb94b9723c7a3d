"""gunicorn's settings for a deployment that is debugged: its worker listens for a debugger.

In the worker and not in the process that starts it: a debugger follows no fork.
"""

from __future__ import annotations

import os
import time
from typing import Any

PORT = int(os.environ["MLSCORE_DEBUG_PORT"])
# Seconds that the port of a worker before this one may stay taken.
TIMEOUT = 10


def post_fork(_server: Any, _worker: Any) -> None:
    import debugpy

    deadline = time.monotonic() + TIMEOUT
    debugpy.configure(subProcess=False)
    while True:
        try:
            debugpy.listen(("127.0.0.1", PORT))
            return
        except RuntimeError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
