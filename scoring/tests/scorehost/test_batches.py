"""Requests that run_batch() gets together; by events, not times."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from scorehost.settings import Settings, SettingsError
from tests.scorehost.serving import Answer, Served, posted, read, serving

# What a request asks for is done by run() and by run_batch(). Opening a named pipe waits for the
# other end.
SCRIPT = """
import json, os, time
from azureml_inference_server_http.api.aml_response import AMLResponse

def init():
    pass

def before_request(request):
    if request.body == b"refuse":
        return AMLResponse({"message": "Not this."}, 422, json_str=True)

def act(text, together):
    do = json.loads(text)
    if do == "wait":
        with open("begun", "w") as begun:
            begun.write("1")
        with open("go") as go:
            go.read()
    if do == "raise":
        raise ValueError("asked for")
    if do == "sleep":
        time.sleep(3600)
    if do == "end":
        os._exit(7)
    if do == "object":
        return object()
    if do == "response":
        return AMLResponse("teapot", 418)
    return [do, together]

def run(data):
    return act(data, 1)

def run_batch(inputs):
    outputs = [act(text, len(inputs)) for text in inputs]
    return outputs[:-1] if '"short"' in inputs else outputs
"""
DECORATED = """
from inference_schema.parameter_types.standard_py_parameter_type import StandardPythonParameterType
from inference_schema.schema_decorators import input_schema

def init():
    pass

@input_schema("a", StandardPythonParameterType(1))
@input_schema("b", StandardPythonParameterType(1), optional=True)
def run(a, b=5):
    return [a, b]

def run_batch(inputs):
    return [[one, len(inputs)] for one in inputs]
"""
# No request waits for so long: each batch is full.
FULL = {"WORKER_BATCH_SIZE": "3", "WORKER_BATCH_WAIT_MS": "3600000"}
SMALL = {**FULL, "WORKER_BATCH_SIZE": "2"}
HELD = {"WORKER_BATCH_SIZE": "8", "MAX_WAITING_REQUESTS": "2"}


@pytest.fixture
def served(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Served]:
    script, environment = request.param
    for name in ("begun", "go"):
        os.mkfifo(tmp_path / name)
    with serving(script, tmp_path, environment=environment) as server:
        yield server


def of(script: str, environment: dict[str, str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("served", [(script, environment)], indirect=True, ids=[""])


def ask(served: Served, *bodies: str) -> list[Answer]:
    """The answers to requests that are sent at once, in their order."""
    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(lambda body: served.post(body.encode("latin-1")), bodies))


def said(answers: list[Answer]) -> list[tuple[int, object]]:
    return [(answer.status, json.loads(answer.body)) for answer in answers]


@of(SCRIPT, {})
def test_there_are_no_batches_unless_they_are_asked_for(served: Served) -> None:
    assert said(ask(served, '"a"', '"b"')) == [(200, ["a", 1]), (200, ["b", 1])]


@of(SCRIPT, FULL)
def test_each_request_of_a_batch_gets_its_own_output(served: Served) -> None:
    assert said(ask(served, '"a"', '"b"', '"c"')) == [(200, [name, 3]) for name in "abc"]


@of(DECORATED, SMALL)
def test_inputs_of_a_decorated_run_are_its_arguments(served: Served) -> None:
    assert said(ask(served, '{"a": 1}', '{"a": 2, "b": 3}')) == [
        (200, [{"a": 1, "b": 5}, 2]),
        (200, [{"a": 2, "b": 3}, 2]),
    ]


@of(SCRIPT, {**SMALL, "WORKER_BATCH_WAIT_MS": "1"})
def test_a_request_waits_for_others_no_longer_than_that(served: Served) -> None:
    assert said(ask(served, '"a"')) == [(200, ["a", 1])]


@of(SCRIPT, HELD)
def test_a_free_worker_takes_what_waits_and_what_is_too_much_gets_429(served: Served) -> None:
    with served.connect() as first, ThreadPoolExecutor(3) as pool:
        first.sendall(posted(b'"wait"'))
        (served.folder / "begun").read_text()
        others = [pool.submit(served.post, b'"a"') for _ in range(3)]
        (refused,) = wait(others, return_when=FIRST_COMPLETED).done
        assert (refused.result().status, refused.result().header("retry-after")) == (429, "1")
        (served.folder / "go").write_text("")

        assert said([read(first)]) == [(200, ["wait", 1])]
        found = said([other.result() for other in others if other is not refused])
        assert found == [(200, ["a", 2])] * 2


@of(SCRIPT, FULL)
@pytest.mark.parametrize(
    ("wrong", "status", "message", "together"),
    [
        ("raise", 500, "An unexpected error occurred in scoring script.", 1),
        ("end", 500, "The scoring process ended with status 7.", 1),
        ("object", 500, "An unexpected internal error occurred.", 3),
        ("refuse", 422, "Not this.", 2),
        ("\xff", 400, "Input cannot be decoded as UTF-8", 2),
    ],
)
def test_what_is_wrong_with_one_request_is_answered_to_that_one_only(
    served: Served, wrong: str, status: int, message: str, together: int
) -> None:
    body = wrong if wrong in ("refuse", "\xff") else json.dumps(wrong)
    first, found, last = ask(served, '"a"', body, '"c"')

    assert said([first, last]) == [(200, ["a", together]), (200, ["c", together])]
    assert found.status == status
    assert json.loads(found.body)["message"].startswith(message)


@of(SCRIPT, FULL)
def test_too_few_outputs_belong_to_nobody(served: Served) -> None:
    found = said(ask(served, '"a"', '"short"', '"c"'))

    assert found == [(200, [name, 1]) for name in ("a", "short", "c")]
    assert "run_batch() has returned 2 outputs for 3 inputs." in served.log


@of(SCRIPT, {**SMALL, "SCORING_TIMEOUT_MS": "1000"})
def test_a_request_that_takes_too_long_is_ended_alone(served: Served) -> None:
    assert said(ask(served, '"sleep"', '"a"')) == [
        (500, {"message": "Scoring timeout after 1000 ms"}),
        (200, ["a", 1]),
    ]


@of(SCRIPT, SMALL)
def test_a_response_and_the_ids_are_those_of_each_request(served: Served) -> None:
    def sent(name: str, body: str) -> Answer:
        return served.ask(posted(body.encode()).replace(b"Host: x", b"Host: x\r\n" + named(name)))

    def named(name: str) -> bytes:
        return f"x-request-id: {name}".encode()

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(sent, ("one", "two"), ('"response"', '"a"')))

    assert [(one.status, one.header("x-request-id")) for one in found] == [
        (418, "one"),
        (200, "two"),
    ]
    assert all(float(one.header("x-ms-run-fn-exec-ms") or "") >= 0 for one in found)


@of(SCRIPT, SMALL)
def test_a_stopped_server_finishes_a_batch(served: Served) -> None:
    with served.connect() as one, served.connect() as other:
        one.sendall(posted(b'"wait"'))
        other.sendall(posted(b'"a"'))
        (served.folder / "begun").read_text()
        served.process.send_signal(signal.SIGTERM)
        (served.folder / "go").write_text("")

        assert said([read(one), read(other)]) == [(200, ["wait", 2]), (200, ["a", 2])]
    assert served.process.wait() == 0


@pytest.mark.parametrize(
    ("environment", "problem"),
    [
        (
            {"WORKER_BATCH_SIZE": "0"},
            "WORKER_BATCH_SIZE='0' is not a whole number of at least 1",
        ),
        (
            {"WORKER_BATCH_SIZE": "2", "WORKER_BATCH_WAIT_MS": "0.5"},
            "WORKER_BATCH_WAIT_MS='0.5' is not a whole number of at least 0",
        ),
        (
            {"WORKER_BATCH_WAIT_MS": "5"},
            "WORKER_BATCH_WAIT_MS needs a WORKER_BATCH_SIZE of at least 2",
        ),
    ],
)
def test_wrong_settings_are_named(environment: dict[str, str], problem: str) -> None:
    with pytest.raises(SettingsError) as error:
        Settings.read(environment)

    assert str(error.value) == problem


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        (
            "def init(): pass\ndef run(data): pass",
            "WORKER_BATCH_SIZE=2 needs a script that exports run_batch(inputs)",
        ),
        (
            "def init(): pass\ndef run(data, request_headers): pass\ndef run_batch(inputs): pass",
            "WORKER_BATCH_SIZE=2 needs a script that takes neither request_headers nor @rawhttp",
        ),
    ],
    ids=["no-run-batch", "headers"],
)
def test_a_script_that_takes_no_batches_ends_the_server(
    tmp_path: Path, script: str, problem: str
) -> None:
    with serving(script, tmp_path, environment={"WORKER_BATCH_SIZE": "2"}) as server:
        assert server.process.wait() == 3
        assert problem in server.log
