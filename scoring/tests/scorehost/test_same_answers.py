"""The same requests to both servers: the same answers, except for what `DIFFERENCES` lists."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.scorehost.generated import request
from tests.scorehost.scripts import SCRIPTS
from tests.scorehost.serving import Answer, Served, serving

# For each script.
REQUESTS: Final = 1000 if os.environ.get("MLSCORE_TEST_ALL") == "1" else 80
ENVIRONMENT: Final = {
    "AML_CORS_ORIGINS": "https://page.example, https://other.example",
    "SERVICE_NAME": "Service",
    "SERVICE_VERSION": "2.1",
    "SERVICE_PATH_PREFIX": "/prefix/",
}


class Difference(NamedTuple):
    """Something that is not compared as it is, and why."""

    what: str
    reason: str
    level: Callable[[Answer], Answer]
    """Makes the answers of both servers equal in this, and in nothing else."""


def without(*names: str) -> Callable[[Answer], Answer]:
    """Drops headers."""
    return lambda answer: answer._replace(
        headers=[(name, value) for name, value in answer.headers if name not in names]
    )


def blanked(name: str, when: Callable[[str], bool]) -> Callable[[Answer], Answer]:
    """Keeps a header, and not its value."""
    return lambda answer: answer._replace(
        headers=[(k, "…" if k == name and when(v) else v) for k, v in answer.headers]
    )


def is_generated(value: str) -> bool:
    """Whether an id was made up by the server."""
    return len(value) == 36 and value.count("-") == 4


def same_form(answer: Answer) -> Answer:
    """Writes JSON of run() again, in one form."""
    if answer.header("x-ms-run-fn-exec-ms") is None:
        return answer
    try:
        text = json.dumps(json.loads(answer.body)) if answer.body else ""  # HEAD
    except (ValueError, RecursionError):
        return answer  # a script's own response
    headers = [(k, "…" if k == "content-length" else v) for k, v in answer.headers]
    return answer._replace(body=text.encode(), headers=headers)


def allowed_in_order(answer: Answer) -> Answer:
    """Sorts the methods of the header Allow."""
    headers = [
        (k, ", ".join(sorted(v.split(", "))) if k == "allow" else v) for k, v in answer.headers
    ]
    return answer._replace(headers=headers)


DIFFERENCES: Final = (
    Difference("server, x-ms-server-version", "each server names itself",
               without("server", "x-ms-server-version")),
    Difference("date, x-ms-run-fn-exec-ms", "measured",
               lambda answer: without("date")(blanked("x-ms-run-fn-exec-ms", bool)(answer))),
    Difference("ids that a server makes up", "random",
               lambda answer: blanked("x-request-id", is_generated)(
                   blanked("x-ms-request-id", is_generated)(answer))),
    Difference("connection", "gunicorn's sync workers never keep one; here the caller decides",
               without("connection")),
    Difference("spaces and escapes in the JSON of run()", "orjson writes the shortest form",
               same_form),
    Difference("the order of methods in Allow", "Flask writes a set, whose order changes",
               allowed_in_order),
)  # fmt: skip


def level(answer: Answer) -> Answer:
    """The answer without what may differ; headers in one order."""
    for difference in DIFFERENCES:
        answer = difference.level(answer)
    return answer._replace(headers=sorted(answer.headers))


@pytest.fixture(scope="module", params=sorted(SCRIPTS))
def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Served, Served]]:
    folder: Path = tmp_path_factory.mktemp(request.param)
    script = SCRIPTS[request.param]
    with ExitStack() as stack:
        old, new = (
            stack.enter_context(serving(script, folder / server, server, ENVIRONMENT))
            for server in ("azmlinfsrv", "scorehost")
        )
        yield old, new


def test_both_servers_give_the_same_answers(both: tuple[Served, Served]) -> None:
    old, new = both
    unlike = []
    for number in range(REQUESTS):
        asked = request(number)
        answers = [level(served.ask(asked)) for served in (old, new)]
        if answers[0] != answers[1]:
            unlike.append(f"{number}: {asked[:600]!r}\n  {answers[0]}\n  {answers[1]}")

    assert not unlike, f"{len(unlike)} of {REQUESTS}:\n" + "\n".join(unlike[:10])
