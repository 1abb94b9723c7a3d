"""Answers requests with a scoring script, in the process that has it."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from scorehost import answers, flask_bridge, logs, script, swagger, telemetry
from scorehost.arguments import Arguments, InputRefused
from scorehost.logs import logger
from scorehost.messages import Answer, Job, Ready
from scorehost.request import BodyTooLong, Request
from scorehost.settings import Settings
from scorehost.time_limit import TimeLimit

if TYPE_CHECKING:
    from scoring_telemetry.telemetry import Telemetry

T = TypeVar("T")

_INTERNAL: Final = "An unexpected internal error occurred. Check the logs for more info."
_FAILED: Final = "An unexpected error occurred in scoring script. Check the logs for more info."


class Runner:
    """A script and what is done with it; one request, or one batch, at a time."""

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
        answer = self._guarded(request, partial(self._answer, request))
        self._log(job, answer, began)
        if job.traceparent:
            logs.set_trace("")
        return answer

    def answers(self, jobs: list[Job]) -> list[Answer] | None:
        """Of a batch; None where each of its requests has to be asked for alone."""
        began = time.perf_counter()
        requests = [Request(job) for job in jobs]
        # Of each request its arguments, or the answer that it has without run_batch().
        found = [self._guarded(request, partial(self._given, request)) for request in requests]
        given = [one for one in found if not isinstance(one, Answer)]
        started = time.time_ns()
        try:
            with self._time_limit:
                outputs = iter(self._script.call_batch(given) if given else [])
        except Exception:
            logger.error("Encountered Exception: %s", traceback.format_exc())
            return None
        seconds = (time.time_ns() - started) / 1e9

        def scored(request: Request) -> Answer:
            output = next(outputs)
            return self._guarded(request, lambda: answers.timed(answers.answer_of(output), seconds))

        answered = []
        for request, job, one in zip(requests, jobs, found, strict=True):
            answer = one if isinstance(one, Answer) else scored(request)
            if self._telemetry is not None and request.traceparent and not isinstance(one, Answer):
                telemetry.ran(self._telemetry, request, started, answer.status)
            self._log(job, answer, began, job.traceparent)
            answered.append(answer)
        return answered

    def _log(self, job: Job, answer: Answer, began: float, traceparent: str = "") -> None:
        seconds, size = time.perf_counter() - began, len(answer.body)
        logs.log_request(job.method, job.path, job.query, answer.status, seconds, size, traceparent)

    def _guarded(self, request: Request, make: Callable[[], T]) -> T | Answer:
        try:
            return make()
        except InputRefused as refused:
            if request.method == "OPTIONS":
                return answers.empty()
            return answers.refusal(refused.status, str(refused))
        except BodyTooLong:
            return answers.refusal(413, f"The body is longer than {self._limit} bytes.")
        except Exception:
            logger.error("Encountered Exception: %s", traceback.format_exc())
            return answers.refusal(500, _INTERNAL)

    def _answer(self, request: Request) -> Answer:
        if self._script.takes_flask_request:
            with flask_bridge.request_context(request):
                return self._run(request)
        return self._run(request)

    def _given(self, request: Request) -> Arguments | Answer:
        """The arguments for run(), or the answer of before_request()."""
        look = self._script.before_request
        if look is not None:
            found = look(request)
            if found is not None:
                return answers.answer_of(found)
        return self._script.arguments_of(request)

    def _run(self, request: Request) -> Answer:
        given = self._given(request)
        if isinstance(given, Answer):
            return given
        if self._telemetry is None or not request.traceparent:
            return self._called(request, given)
        began = time.time_ns()
        answer = self._called(request, given)
        telemetry.ran(self._telemetry, request, began, answer.status)
        return answer

    def _called(self, request: Request, given: Arguments) -> Answer:
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
