"""The process that runs the scoring script: init() once, then run() for one request at a time.

`python -m scorehost.worker FD` serves the socket FD until the server closes it. Exit status 3: the
script could not be loaded or initialised, as of azmlinfsrv's workers.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import gc
import itertools
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from scorehost import answers, flask_bridge, logs, script, swagger, telemetry
from scorehost.arguments import InputRefused
from scorehost.logs import logger
from scorehost.messages import Answer, Job, Ready, packed, received
from scorehost.request import BodyTooLong, Request
from scorehost.settings import Settings, SettingsError
from scorehost.time_limit import TimeLimit

if TYPE_CHECKING:
    from scoring_telemetry.telemetry import Telemetry

BOOT_FAILED: Final = 3
_LISTED_FILES: Final = 200
_PR_SET_PDEATHSIG: Final = 1
_INTERNAL: Final = "An unexpected internal error occurred. Check the logs for more info."
_FAILED: Final = "An unexpected error occurred in scoring script. Check the logs for more info."


class Worker:
    """Answers one request at a time with a script."""

    def __init__(
        self, served: script.Script, settings: Settings, observed: Telemetry | None
    ) -> None:
        self._script = served
        self._telemetry = observed
        self._time_limit = TimeLimit(settings.scoring_timeout_ms)
        self._time_limit.install()
        self._limit = served.max_body_bytes()

    def ready(self, settings: Settings) -> Ready:
        """What the server is told first."""
        documents, versions = swagger.documents(self._script, settings)
        return Ready(documents, versions, self._limit, self._script.unready is not None)

    def unready(self) -> str | None:
        """Why the script wants no requests."""
        return None if self._script.unready is None else self._script.unready()

    def end(self, seconds: float) -> None:
        """Sends what was measured; nothing comes after it."""
        if self._telemetry is not None:
            self._telemetry.flush(seconds)

    def answer(self, job: Job) -> Answer:
        """Never raises: whatever goes wrong is an answer and a line in the log."""
        began = time.perf_counter()
        if job.traceparent:
            logs.set_trace(job.traceparent)
        request = Request(job)
        try:
            answer = self._answer(request)
        except InputRefused as refused:
            if request.method == "OPTIONS":
                answer = answers.empty()
            else:
                answer = answers.refusal(refused.status, str(refused))
        except BodyTooLong:
            answer = answers.refusal(413, f"The body is longer than {self._limit} bytes.")
        except Exception:
            logger.error("Encountered Exception: %s", traceback.format_exc())
            answer = answers.refusal(500, _INTERNAL)
        seconds = time.perf_counter() - began
        logs.log_request(job.method, job.path, job.query, answer.status, seconds, len(answer.body))
        if job.traceparent:
            logs.set_trace("")
        return answer

    def _answer(self, request: Request) -> Answer:
        if self._script.takes_flask_request:
            with flask_bridge.request_context(request):
                return self._run(request)
        return self._run(request)

    def _run(self, request: Request) -> Answer:
        look = self._script.before_request
        if look is not None:
            found = look(request)
            if found is not None:
                return answers.answer_of(found)
        given = self._script.arguments_of(request)
        if self._telemetry is None or not request.traceparent:
            return self._called(request, given)
        began = time.time_ns()
        answer = self._called(request, given)
        telemetry.ran(self._telemetry, request, began, answer.status)
        return answer

    def _called(self, request: Request, given: dict[str, Any]) -> Answer:
        began = time.perf_counter()
        try:
            with self._time_limit:
                output = self._script.call(request, given)
        except TimeoutError:
            logger.error("Encountered Exception: %s", traceback.format_exc())
            message = timeout_message(self._time_limit.milliseconds)
            return answers.refusal(500, message, run_failed=True)
        except Exception:
            logger.error("Encountered Exception: %s", traceback.format_exc())
            return answers.refusal(500, _FAILED, run_failed=True)
        seconds = time.perf_counter() - began
        return answers.timed(answers.answer_of(output), seconds)


def timeout_message(milliseconds: int) -> str:
    """What a caller is told when run() took too long."""
    return f"Scoring timeout after {milliseconds} ms"


def started(settings: Settings, observed: Telemetry | None) -> Worker:
    """Loads and initialises the script; ends the process where that fails."""
    try:
        served = script.load(settings)
    except BaseException:
        logger.error("The scoring script cannot be loaded: %s", traceback.format_exc())
        sys.exit(BOOT_FAILED)
    logger.info("Invoking user's init function")
    try:
        served.init()
        worker = Worker(served, settings, observed)
    except BaseException:
        logger.error("User's init function failed")
        logger.error("Encountered Exception %s", traceback.format_exc())
        if settings.model_dir and os.path.exists(settings.model_dir):
            logger.info("Model Directory Contents:")
            for line in itertools.islice(_tree(Path(settings.model_dir)), _LISTED_FILES):
                logger.info(line)
        sys.exit(BOOT_FAILED)
    logger.info("Users's init has completed successfully")
    # What init() has left stays: no collection needs to visit it again.
    gc.collect()
    gc.freeze()
    return worker


def _tree(place: Path, indent: str = "") -> Iterator[str]:
    if not place.is_dir():
        yield f"{indent}{place.name}"
        return
    yield f"{indent}{place.name}{os.sep}"
    for child in sorted(place.iterdir()):
        yield from _tree(child, indent + "    ")


def serve(connection: socket.socket, worker: Worker, settings: Settings) -> None:
    """Answers the server's messages until it closes the connection."""
    connection.sendall(packed(("ready", tuple(worker.ready(settings)))))
    logger.info("Scoring timeout is set to %d", settings.scoring_timeout_ms)
    logger.info("Worker with pid %d ready for serving traffic", os.getpid())
    for kind, content in received(connection):
        reply: tuple[Any, ...]
        if kind == "score":
            reply = ("answer", tuple(worker.answer(Job(*content))))
        elif kind == "readiness":
            reply = ("readiness", worker.unready())
        else:  # "end", with the seconds that are left
            worker.end(content)
            return
        connection.sendall(packed(reply))


def end_with_parent() -> None:
    """Ends this process when the server is killed: nobody else would end a hung run()."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> None:
    """The program."""
    end_with_parent()
    # They may reach the whole group: the server lets the requests in work end first. Not SIG_IGN,
    # which the script's own processes would inherit.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, frame: None)
    faulthandler.enable()
    settings = Settings.read(os.environ)
    logs.configure(settings)
    logs.log_prints()
    flask_bridge.alias_old_names()
    connection = socket.socket(fileno=int(sys.argv[1]))
    connection.set_inheritable(False)
    try:
        observed = telemetry.started()
    except SettingsError as error:
        logger.error("The settings are wrong: %s", error)
        sys.exit(BOOT_FAILED)
    worker = started(settings, observed)
    # The server has gone: nobody is left to answer.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        serve(connection, worker, settings)


if __name__ == "__main__":
    main()
