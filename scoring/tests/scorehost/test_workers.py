"""What happens to requests when run() hangs, ends its process, or is busy; by events, not times."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from tests.scorehost.serving import Answer, Served, posted, read, serving

# run() that tells that it has begun, and goes on when it is told to: opening a named pipe waits for
# the other end.
SCRIPT = """
import json, os, signal, time

def init():
    pass

def run(data):
    asked = json.loads(data)
    do = asked["do"]
    if do.startswith("wait"):
        with open("begun" + do[4:], "w") as begun:
            begun.write(str(os.getpid()))
        with open("go" + do[4:]) as go:
            go.read()
    if do == "sleep":
        time.sleep(3600)
    if do == "native":  # as a call that never comes back to Python
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
        time.sleep(3600)
    if do == "stubborn":
        while True:
            try:
                time.sleep(3600)
            except TimeoutError:
                pass
    if do == "end":
        os._exit(7)
    if do == "signal":
        os.kill(os.getpid(), signal.SIGSEGV)
        time.sleep(3600)
    return os.getpid()
"""


class Held:
    """A server whose run() is held up by a test."""

    def __init__(self, served: Served, folder: Path) -> None:
        self.served = served
        self._folder = folder

    def begun(self, which: str = "") -> int:
        """Waits until this run() has begun; its process."""
        return int((self._folder / f"begun{which}").read_text(encoding="utf-8"))

    def go(self, which: str = "") -> None:
        """Lets it go on."""
        (self._folder / f"go{which}").write_text("", encoding="utf-8")


def do(what: str) -> bytes:
    return json.dumps({"do": what}).encode()


def pid(answer: Answer) -> int:
    assert answer.status == 200, answer
    return int(answer.body)


@pytest.fixture
def held(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Held]:
    for name in ("begun", "go", "begun2", "go2"):
        os.mkfifo(tmp_path / name)
    environment = getattr(request, "param", {})
    with serving(SCRIPT, tmp_path, environment=environment) as served:
        while served.get("/").status != 200:
            pass
        yield Held(served, tmp_path)


def with_settings(**settings: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("held", [settings], indirect=True, ids=str)


@with_settings(MAX_WAITING_REQUESTS="0")
def test_health_and_429_are_answered_while_the_only_worker_is_busy(held: Held) -> None:
    with held.served.connect() as caller:
        caller.sendall(posted(do("wait")))
        held.begun()

        assert [held.served.get(path).status for path in ("/", "/ready")] == [200, 200]
        assert held.served.get("/swagger.json").status == 200
        refused = held.served.post(do("nothing"))
        assert (refused.status, refused.header("retry-after")) == (429, "1")
        assert list(json.loads(refused.body)) == ["message"]
        held.go()
        assert read(caller).status == 200


@with_settings(MAX_WAITING_REQUESTS="1")
def test_a_request_waits_for_the_worker_and_the_next_one_does_not(held: Held) -> None:
    with held.served.connect() as first, ThreadPoolExecutor(2) as pool:
        first.sendall(posted(do("wait")))
        held.begun()
        others = [pool.submit(held.served.post, do("nothing")) for _ in range(2)]
        (refused,) = wait(others, return_when=FIRST_COMPLETED).done
        assert refused.result().status == 429
        held.go()
        assert read(first).status == 200
        assert sorted(other.result().status for other in others) == [200, 429]


@with_settings(WORKER_COUNT="2")
def test_each_worker_has_one_request_at_a_time(held: Held) -> None:
    with held.served.connect() as first, held.served.connect() as second:
        first.sendall(posted(do("wait")))
        second.sendall(posted(do("wait2")))
        pids = [held.begun(), held.begun("2")]
        held.go()
        held.go("2")

        assert [pid(read(first)), pid(read(second))] == pids
        assert len(set(pids)) == 2


@with_settings(SCORING_TIMEOUT_MS="2000")
@pytest.mark.parametrize(
    ("how", "replaced"), [("sleep", False), ("native", True), ("stubborn", True)]
)
def test_a_run_that_hangs_is_ended(held: Held, how: str, replaced: bool) -> None:
    before = pid(held.served.post(do("nothing")))
    with ThreadPoolExecutor(2) as pool:
        hung = pool.submit(held.served.post, do(how))
        behind = pool.submit(held.served.post, do("nothing"))
        answer = hung.result()

        assert (answer.status, answer.header("x-ms-run-function-failed")) == (500, "True")
        assert json.loads(answer.body) == {"message": "Scoring timeout after 2000 ms"}
        # The one behind it, or before it, is answered whatever happens to the process.
        assert behind.result().status == 200
    assert (pid(held.served.post(do("nothing"))) != before) == replaced


@pytest.mark.parametrize(("how", "named"), [("end", "status 7"), ("signal", "signal SIGSEGV")])
def test_a_worker_that_ends_takes_its_own_request_only(held: Held, how: str, named: str) -> None:
    before = pid(held.served.post(do("nothing")))
    with held.served.connect() as waiting:
        waiting.sendall(posted(do("wait")))
        held.begun()
        with ThreadPoolExecutor(4) as pool:
            ended = pool.submit(held.served.post, do(how))
            others = [pool.submit(held.served.post, do("nothing")) for _ in range(3)]
            held.go()
            assert read(waiting).status == 200
            answer = ended.result()
            assert answer.status == 500
            assert json.loads(answer.body)["message"].startswith(
                f"The scoring process ended with {named}."
            )
            assert [other.result().status for other in others] == [200] * 3
    assert pid(held.served.post(do("nothing"))) != before


def test_a_stopped_server_finishes_what_it_has_and_takes_nothing_new(held: Held) -> None:
    with held.served.connect() as caller:
        caller.sendall(posted(do("wait")))
        held.begun()
        held.served.process.send_signal(signal.SIGTERM)
        until_refused(held.served)
        held.go()

        assert read(caller).status == 200
    assert held.served.process.wait() == 0


@with_settings(DRAIN_SECONDS="0")
def test_a_request_that_outlasts_the_drain_is_told_so_and_its_worker_ends(held: Held) -> None:
    with held.served.connect() as caller:
        caller.sendall(posted(do("wait")))
        worker = held.begun()
        held.served.process.send_signal(signal.SIGTERM)

        answer = read(caller)
        assert (answer.status, json.loads(answer.body)) == (
            503,
            {"message": "The server is ending."},
        )
    assert held.served.process.wait() == 0
    assert not Path(f"/proc/{worker}").exists()


def test_workers_end_with_a_server_that_is_killed(held: Held) -> None:
    with held.served.connect() as caller:
        caller.sendall(posted(do("wait")))
        worker = held.begun()
        held.served.process.kill()
        held.served.process.wait()
    while is_running(worker):
        pass


def test_a_signal_to_the_whole_group_lets_requests_finish(held: Held) -> None:
    with held.served.connect() as caller:
        caller.sendall(posted(do("wait")))
        held.begun()
        os.killpg(held.served.process.pid, signal.SIGTERM)
        until_refused(held.served)
        held.go()

        assert read(caller).status == 200
    assert held.served.process.wait() == 0


def until_refused(served: Served) -> None:
    while True:
        try:
            served.connect().close()
        except ConnectionError:
            return


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
