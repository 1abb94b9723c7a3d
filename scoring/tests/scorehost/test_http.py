"""Connections, health, bounds and the log, by a real server."""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from scorehost.settings import Settings, SettingsError
from tests.scorehost.serving import Served, posted, read, serving

SCRIPT = """
def init():
    print("the model", "is loaded", sep=": ")

def run(data, request_headers):
    return len(data)

def before_request(request):
    if request.path == "/score" and request.headers.get("x-refuse"):
        raise ValueError("a fault of the script's own")
    if request.body == b"no":
        from azureml_inference_server_http.api.aml_response import AMLResponse
        return AMLResponse({"message": "Not this."}, 422, json_str=True)
    return None

def unready():
    return "the data is old"

def max_body_bytes():
    return 100_000
"""
START = b"POST /score HTTP/1.1\r\n"
HOST = b"Host: x\r\n"
LARGE = 30_000_000


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    settings = {"CALLER_SILENCE_SECONDS": "1", "WORKER_COUNT": "2"}
    with serving(SCRIPT, tmp_path_factory.mktemp("http"), environment=settings) as started:
        yield started


def test_a_script_that_is_not_ready_is_alive(served: Served) -> None:
    assert served.post(b"text").body == b"4"  # it has been initialised
    alive, ready = served.get("/"), served.get("/ready")

    assert (alive.status, alive.body) == (200, b"Healthy")
    assert (ready.status, json.loads(ready.body)) == (
        503,
        {"message": "Not ready: the data is old."},
    )


def test_a_server_without_an_initialised_script_is_not_alive_yet(tmp_path: Path) -> None:
    script = "def init():\n    open('go').close()\ndef run(data): return 1"
    os.mkfifo(tmp_path / "go")
    with serving(script, tmp_path) as starting:
        for path in ("/", "/ready", "/swagger.json"):
            assert starting.get(path).status == 503
        with starting.connect() as caller:
            caller.sendall(posted(b"1"))
            (tmp_path / "go").write_text("")
            assert read(caller).status == 200  # it has waited for the script
        assert starting.get("/").status == 200


@pytest.mark.parametrize(
    ("request_bytes", "status", "message"),
    [
        (
            START + HOST + b"Expect: 200-maybe\r\nContent-Length: 2\r\n\r\n{}",
            417,
            "Unable to comply with expectation: '200-maybe'",
        ),
        (
            START + HOST + b"Expect: x\r\nContent-Length: %d\r\n\r\n" % LARGE + b" " * LARGE,
            417,
            "Unable to comply with expectation: 'x'",
        ),
        (START + b"Content-Length: 2\r\n\r\n{}", 400, "The header Host is missing."),
        (START + HOST + b"X-Long: " + b"x" * 9_000 + b"\r\n\r\n", 431, "The headers are too long."),
        (START + HOST + b"X: y\r\n" * 20_000 + b"\r\n", 431, "The headers are too long."),
        (START + b"X" * 200_000, 431, "The headers are too long."),
        (b'no"thing\r\n\r\n', 400, "Invalid HTTP request received."),
        (
            START + HOST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
            400,
            "Invalid HTTP request received.",
        ),
        (
            START + HOST + b"Content-Length: %d\r\n\r\n" % LARGE + b" " * LARGE,
            413,
            "The body is longer than 100000 bytes.",
        ),
        (START + HOST + b"Content-Length: 2\r\n\r\nno", 422, "Not this."),
        (
            START + HOST + b"X-Refuse: 1\r\nContent-Length: 2\r\n\r\n{}",
            500,
            "An unexpected internal error occurred.",
        ),
        (b"POST /x HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n" % LARGE + b" " * LARGE,
         404, "The requested URL was not found"),
    ],
    ids=["expect", "expect-30-MB", "no-host", "long-field", "many-fields", "endless-field",
         "no-http", "broken-chunks", "body-30-MB", "hook", "hook-fails", "unknown-30-MB"],
)  # fmt: skip
def test_a_refusal_is_json_and_arrives(
    served: Served, request_bytes: bytes, status: int, message: str
) -> None:
    answer = served.ask(request_bytes)

    assert answer.status == status
    assert answer.header("content-type") == "application/json"
    assert list(json.loads(answer.body)) == ["message"]
    assert json.loads(answer.body)["message"].startswith(message)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        START + HOST,
        START + HOST + b"Content-Length: 2\r\n\r\n{",
        START + HOST + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
    ],
    ids=["nothing", "half-a-head", "half-a-body", "half-of-the-chunks"],
)
def test_a_silent_caller_loses_its_connection(served: Served, sent: bytes) -> None:
    with served.connect() as caller:
        caller.sendall(sent)
        try:
            assert caller.recv(1) == b""  # which this caller never closes
        except ConnectionResetError:
            pass


def test_a_connection_is_kept_for_further_requests(served: Served) -> None:
    request = posted(b"1234").replace(b"Connection: close\r\n", b"")
    with served.connect() as caller:
        stream = caller.makefile("rb")
        for _ in range(3):
            caller.sendall(request)
            head = b"".join(iter(stream.readline, b"\r\n"))
            assert head.startswith(b"HTTP/1.1 200 OK\r\n")
            assert stream.read(1) == b"4"
        # Two at once are answered one after the other.
        caller.sendall(request + request.replace(b"1234", b"0000"))
        for _ in range(2):
            assert b"200 OK" in b"".join(iter(stream.readline, b"\r\n"))
            assert stream.read(1) == b"4"


def test_a_caller_that_has_closed_its_half_gets_its_answers(served: Served) -> None:
    request = posted(b"1234").replace(b"Connection: close\r\n", b"")
    with served.connect() as caller:
        caller.sendall(request + request)
        caller.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: caller.recv(65_536), b""))

    assert received.count(b"HTTP/1.1 200 OK\r\n") == 2


def test_a_request_in_many_pieces_is_one_request(served: Served) -> None:
    with served.connect() as caller:
        caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in posted(b"x" * 20):
            caller.sendall(bytes([byte]))
        assert read(caller).body == b"20"


def test_the_log_has_azmlinfsrvs_format(served: Served) -> None:
    served.post(b"abc", "/score?x=1")
    log = served.log

    line = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} I \[\d+\] azmlinfsrv%s - %s$"
    assert re.search(line % (r"\.print", "the model: is loaded"), log, re.MULTILINE)
    assert re.search(line % ("", r"POST /score\?x=1 200 \d+\.\d{3}ms 1"), log, re.MULTILINE)
    assert "GET /" not in log.replace("GET /swagger", "")  # probes are not worth a line


def test_a_logging_json_takes_the_place_of_the_format(tmp_path: Path) -> None:
    handler = {"class": "logging.StreamHandler", "formatter": "short", "stream": "ext://sys.stdout"}
    configuration = {
        "version": 1,
        "formatters": {"short": {"format": "own %(message)s"}},
        "handlers": {"out": handler},
        "loggers": {"azmlinfsrv": {"level": "INFO", "handlers": ["out"]}},
    }
    (tmp_path / "logging.json").write_text(json.dumps(configuration))
    with serving("def init(): print(1)\ndef run(data): pass", tmp_path) as served:
        assert served.post(b"1").body == b"{}"
        assert "\nown 1\n" in served.log


def test_wrong_settings_are_named_all_at_once() -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.read(
            {
                "WORKER_COUNT": "0",
                "SCORING_TIMEOUT_MS": "1s",
                "WORKER_PRELOAD": "yes",
                "AZUREML_DEBUG_PORT": "5678",
                "AML_APP_INSIGHTS_ENABLED": "false",
            }
        )

    assert str(raised.value) == (
        "AZUREML_DEBUG_PORT is not offered by this server: use azmlinfsrv for it; "
        "WORKER_PRELOAD='yes' is not true or false; "
        "SCORING_TIMEOUT_MS='1s' is not a whole number of at least 1; "
        "WORKER_COUNT='0' is not a whole number of at least 1"
    )


def test_a_file_of_settings_stands_behind_the_environment(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"WORKER_COUNT": 3, "SERVICE_NAME": "from the file"}')
    settings = Settings.read({"AML_APP_ROOT": str(tmp_path), "WORKER_COUNT": "2"})

    assert (settings.worker_count, settings.service_name) == (2, "from the file")


@pytest.mark.parametrize("text", ["[]", "{", '"x"'])
def test_a_file_that_holds_no_settings_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(SettingsError, match=re.escape(str(tmp_path / "config.json"))):
        Settings.read({"AML_APP_ROOT": str(tmp_path)})
