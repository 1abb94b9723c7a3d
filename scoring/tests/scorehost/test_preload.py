"""WORKER_PRELOAD: one init() for all workers, each of which is a process of its own."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.helpers import MULTI_MODEL
from tests.scorehost.serving import Served, serving
from tests.scorehost.test_workers import is_running

SCRIPT = """
import json, os, threading, time

def init():
    global made_by
    made_by = os.getpid()
    print("init by", made_by)

def run(data):
    do = json.loads(data)
    if do == "end":
        os._exit(7)
    if do == "sleep":
        time.sleep(3600)
    return {"init": made_by, "run": os.getpid(), "parent": os.getppid()}
"""
PRELOAD = {"WORKER_PRELOAD": "true"}


def about(served: Served) -> dict[str, int]:
    answer = served.post(b"1")
    assert answer.status == 200
    found: dict[str, int] = json.loads(answer.body)
    return found


def test_all_workers_have_what_one_init_has_left(tmp_path: Path) -> None:
    with serving(SCRIPT, tmp_path, environment={**PRELOAD, "WORKER_COUNT": "2"}) as served:
        seen = {about(served)["run"]}
        while len(seen) < 2:
            seen.add(about(served)["run"])
        found = about(served)

        assert found["init"] not in seen
        assert found["parent"] == served.process.pid
        assert served.log.count("init by") == 1
        assert f"[{found['run']}] azmlinfsrv - POST /score 200" in served.log
    assert served.process.wait() == 0
    assert not any(map(is_running, (*seen, found["init"])))


def test_without_it_each_worker_has_its_own(tmp_path: Path) -> None:
    with serving(SCRIPT, tmp_path) as served:
        found = about(served)
        assert found["init"] == found["run"]


def test_a_worker_that_ends_is_forked_again(tmp_path: Path) -> None:
    with serving(SCRIPT, tmp_path, environment=PRELOAD) as served:
        before = about(served)
        answer = served.post(b'"end"')
        after = about(served)

        assert answer.status == 500
        assert b"ended with status 7" in answer.body
        assert (after["init"], after["run"] != before["run"]) == (before["init"], True)
        assert served.log.count("init by") == 1


def test_a_run_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    with serving(SCRIPT, tmp_path, environment={**PRELOAD, "SCORING_TIMEOUT_MS": "500"}) as served:
        answer = served.post(b'"sleep"')
        assert json.loads(answer.body) == {"message": "Scoring timeout after 500 ms"}


def test_workers_end_with_a_server_that_is_killed(tmp_path: Path) -> None:
    with serving(SCRIPT, tmp_path, environment=PRELOAD) as served:
        found = about(served)
        served.process.send_signal(signal.SIGKILL)
        served.process.wait()
    while is_running(found["run"]) or is_running(found["init"]):
        pass


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("def init(): raise ValueError('no model')\ndef run(data): pass", "no model"),
        ("import os\ndef init(): os._exit(1)\ndef run(data): pass", ""),
        (
            "import threading, time\n"
            "def init(): threading.Thread(target=time.sleep, args=[3600], daemon=True).start()\n"
            "def run(data): pass",
            "WORKER_PRELOAD: the script has left 1 threads",
        ),
    ],
    ids=["init", "exit", "threads"],
)
def test_a_script_that_cannot_be_preloaded_ends_the_server(
    tmp_path: Path, script: str, said: str
) -> None:
    with serving(script, tmp_path, environment=PRELOAD) as served:
        assert served.process.wait() == 3
        assert said in served.log


def test_an_init_that_hangs_ends_the_server(tmp_path: Path) -> None:
    script = "import time\ndef init(): time.sleep(3600)\ndef run(data): pass"
    with serving(script, tmp_path, environment={**PRELOAD, "WORKER_TIMEOUT": "1"}) as served:
        assert served.process.wait() == 3


ONNX = f"""
import numpy as np, onnxruntime

def init():
    global session
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    session = onnxruntime.InferenceSession({str(MULTI_MODEL[0])!r}, options)

def run(data):
    rows = np.ones((2000, 15), dtype=np.float32)
    return session.run(None, {{"features": rows}})[0].shape
"""


def test_a_session_of_onnx_runtime_without_threads_answers_after_the_fork(tmp_path: Path) -> None:
    with serving(ONNX.replace("THREADS", "1"), tmp_path, environment=PRELOAD) as served:
        assert json.loads(served.post(b"1").body) == [2000, 1]


def test_a_session_of_onnx_runtime_with_threads_is_refused(tmp_path: Path) -> None:
    with serving(ONNX.replace("THREADS", "2"), tmp_path, environment=PRELOAD) as served:
        assert served.process.wait() == 3
        assert "intra_op_num_threads=1" in served.log
