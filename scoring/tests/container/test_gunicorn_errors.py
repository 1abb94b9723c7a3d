"""What the image's server answers before Flask sees a request: its own gunicorn.conf.py, and an
application that only counts bytes.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helpers import SCORING

APPLICATION = """
def app(environ, start_response):
    count = str(len(environ["wsgi.input"].read())).encode()
    start_response("200 OK", [("Content-Length", str(len(count)))])
    return [count]
"""
Ask = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    folder = tmp_path_factory.mktemp("gunicorn")
    (folder / "counting.py").write_text(APPLICATION, encoding="utf-8")
    # It listens already, so that nothing has to be waited for.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = start(listener, folder)
        address = listener.getsockname()

        def answer(request: bytes) -> bytes:
            with socket.create_connection(address) as caller:
                caller.sendall(request)
                return b"".join(iter(lambda: caller.recv(65_536), b""))

        yield answer
        server.terminate()
        server.wait()


def start(listener: socket.socket, folder: Path) -> subprocess.Popen[bytes]:
    fd = listener.fileno()
    return subprocess.Popen(
        [
            *[sys.executable, "-m", "gunicorn"],
            *["--config", str(SCORING / "container" / "gunicorn.conf.py")],
            *["--bind", f"fd://{fd}", "counting:app"],
        ],
        pass_fds=[fd],
        cwd=folder,
        env={
            **os.environ,
            **{"RELEASE_ID": "1", "AML_APP_ROOT": str(folder), "CALLER_SILENCE_SECONDS": "1"},
        },
        stdout=subprocess.DEVNULL,
    )


START = b"POST /score HTTP/1.1\r\n"
HOST = b"Host: scoring\r\n"
LARGE = 30_000_000


@pytest.mark.parametrize(
    ("request_bytes", "status", "message"),
    [
        (
            START + HOST + b"Expect: 200-maybe\r\nContent-Length: 2\r\n\r\n{}",
            "417 Expectation Failed",
            "Unable to comply with expectation: '200-maybe'",
        ),
        (
            START + HOST + b"Expect: x\r\nContent-Length: %d\r\n\r\n" % LARGE + b" " * LARGE,
            "417 Expectation Failed",
            "Unable to comply with expectation: 'x'",
        ),
        (
            START + b"Content-Length: 2\r\n\r\n{}",
            "400 Bad Request",
            "The header Host is missing.",
        ),
        (
            START + b"Content-Length: %d\r\n\r\n" % LARGE + b" " * LARGE,
            "400 Bad Request",
            "The header Host is missing.",
        ),
        (
            START + HOST + b"X-Long: " + b"x" * 9_000 + b"\r\n\r\n",
            "431 Request Header Fields Too Large",
            "Error parsing headers: 'limit request headers fields size'",
        ),
        (
            b'no"thing\r\n\r\n',
            "400 Bad Request",
            "Invalid Request Line 'Invalid HTTP request line: 'no\"thing''",
        ),
    ],
    ids=["expect", "expect-30-MB", "no-host", "no-host-30-MB", "long-header", "no-http"],
)
def test_a_refusal_is_json_and_arrives(
    ask: Ask, request_bytes: bytes, status: str, message: str
) -> None:
    head, _, body = ask(request_bytes).partition(b"\r\n\r\n")
    first, *headers = head.decode().split("\r\n")

    assert first == f"HTTP/1.1 {status}"
    assert "Content-Type: application/json" in headers
    assert f"Content-Length: {len(body)}" in headers
    assert json.loads(body) == {"message": message}


@pytest.mark.parametrize(
    "head",
    [
        START + HOST,
        START + HOST + b"Expect: 100-continue\r\n",
        # RFC 9112 section 3.2 asks for Host from HTTP/1.1 on.
        b"POST /score HTTP/1.0\r\n",
    ],
    ids=["plain", "continue", "http-1.0"],
)
def test_other_requests_reach_the_application(ask: Ask, head: bytes) -> None:
    answer = ask(head + b"Content-Length: 2\r\n\r\n{}")

    assert b" 200 OK\r\n" in answer
    assert answer.endswith(b"\r\n\r\n2")


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
def test_a_silent_caller_does_not_keep_the_worker(ask: Ask, sent: bytes) -> None:
    # The answer ends when the server closes the connection, which this caller never does.
    ask(sent)

    assert ask(START + HOST + b"Content-Length: 2\r\n\r\n{}").endswith(b"\r\n\r\n2")
