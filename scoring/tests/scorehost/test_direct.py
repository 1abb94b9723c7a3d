"""A plain request is answered without a task (direct.py), and as any other."""

from __future__ import annotations

from pathlib import Path

from tests.scorehost.serving import posted, serving

SCRIPT = "def init(): pass\ndef run(data): return [data]"
# Random, or measured.
OTHERWISE = ("date", "x-ms-run-fn-exec-ms")


def test_its_answer_is_that_of_a_request_with_a_task(tmp_path: Path) -> None:
    named = posted(b"text").replace(b"Host: x", b"Host: x\r\nx-request-id: one\r\ntraceid: two")
    with serving(SCRIPT, tmp_path, environment={"AML_CORS_ORIGINS": "*"}) as served:
        served.post(b"text")  # the script has been initialised
        plain = served.ask(named)
        # An expectation is never answered without a task.
        other = served.ask(named.replace(b"Host: x", b"Host: x\r\nExpect: 100-continue"))

    names = [name for name, _ in plain.headers]
    assert names == [
        "date",
        "content-type",
        "x-ms-run-function-failed",
        "x-ms-run-fn-exec-ms",
        "content-length",
        "x-ms-server-version",
        "x-request-id",
        "x-ms-request-id",
        "traceid",
        "access-control-allow-origin",
        "connection",
    ]
    assert [name for name, _ in other.headers] == names
    for (name, value), (_, same) in zip(plain.headers, other.headers, strict=True):
        assert name in OTHERWISE or value == same
    assert (plain.status, plain.body) == (other.status, other.body) == (200, b'["text"]')
