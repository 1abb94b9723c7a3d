"""Scripts that cannot be served, and limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from scorehost.pool import Pool
from scorehost.settings import Settings
from tests.scorehost.serving import serving


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("def init():\n    raise ValueError('no model')\ndef run(data): pass", "no model"),
        ("import nothing_like_it", "nothing_like_it"),
        ("def init(): pass", "does not have a run() function"),
        ("def init(): pass\ndef run(*data): pass", "cannot accept positional-only arguments"),
        ("def init(): pass\ndef run(): pass", "needs to accept an argument"),
        ("import os\ndef init(): os._exit(1)\ndef run(data): pass", "ended with status 1"),
    ],
    ids=["init", "import", "no-run", "arguments", "no-argument", "exit"],
)
def test_a_script_that_cannot_be_served_ends_the_server_with_status_3(
    tmp_path: Path, script: str, said: str
) -> None:
    with serving(script, tmp_path) as served:
        assert served.process.wait() == 3
        assert said in served.log


def test_an_init_that_hangs_ends_the_server(tmp_path: Path) -> None:
    script = "import time\ndef init(): time.sleep(3600)\ndef run(data): pass"
    with serving(script, tmp_path, environment={"WORKER_TIMEOUT": "1"}) as served:
        assert served.process.wait() == 3


@pytest.mark.parametrize(
    ("scoring_ms", "worker_seconds", "limit_seconds", "ends_the_process"),
    [
        ("5000", "0", 5, False),
        ("5000", "9", 5, False),
        ("5000", "5", 5, True),
        ("5000", "2", 2, True),
    ],
)
def test_the_shorter_limit_of_run_and_of_its_worker_counts(
    scoring_ms: str, worker_seconds: str, limit_seconds: float, ends_the_process: bool
) -> None:
    settings = Settings.read({"SCORING_TIMEOUT_MS": scoring_ms, "WORKER_TIMEOUT": worker_seconds})
    pool = Pool(settings, lambda: None)

    assert pool.limit == (limit_seconds, pool.late if ends_the_process else pool.alarm)
