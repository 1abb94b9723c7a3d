"""The guard inside a small Flask application; the contract tests prove it in the real server."""

from __future__ import annotations

import json
import sys
from io import BytesIO
from types import ModuleType

import flask
import pytest
from flask.testing import FlaskClient
from gunicorn.http.errors import InvalidChunkSize
from werkzeug.exceptions import RequestEntityTooLarge

from flashflood_azureml import guard

LIMIT = 100


@pytest.fixture
def client() -> FlaskClient:
    app = flask.Flask("test")
    app.before_request(lambda: guard.guard(LIMIT, lambda: None))

    def echo() -> flask.Response:
        body = {"dropped": guard.dropped_arguments(), "body": flask.request.get_data(as_text=True)}
        return flask.jsonify(body)

    for path in ("/", "/score"):
        app.add_url_rule(path, path, echo, methods=["GET", "POST", "PUT", "OPTIONS"])
    app.register_error_handler(RequestEntityTooLarge, lambda error: (str(error), 413))
    return app.test_client()


def test_a_good_request_passes_with_its_body_unread(client: FlaskClient) -> None:
    body = '{"gauges": ["leun"], "date": "2020-02-03"}'
    response = client.post("/score", data=body, content_type="application/json")

    assert response.status_code == 200
    assert response.json == {"dropped": {}, "body": body}


def test_unknown_arguments_are_kept_for_the_script(client: FlaskClient) -> None:
    response = client.post("/score", json={"gauges": 1, "Date": None, "x": [2]})

    assert response.json is not None
    assert response.json["dropped"] == {"Date": None, "x": [2]}


def test_a_deployment_that_is_not_ready_says_why_and_still_answers() -> None:
    app = flask.Flask("test")
    app.before_request(lambda: guard.guard(LIMIT, lambda: "the table is too old"))
    for path in ("/", "/score"):
        app.add_url_rule(path, path, lambda: "answered", methods=["GET", "POST"])
    probe, score = app.test_client().get("/"), app.test_client().post("/score", json={})

    assert (probe.status_code, probe.json) == (503, {"message": "Not ready: the table is too old."})
    assert (score.status_code, score.text) == (200, "answered")


def test_outside_of_a_request_nothing_was_dropped() -> None:
    assert guard.dropped_arguments() == {}


def test_in_a_request_that_the_guard_did_not_see_nothing_was_dropped() -> None:
    with flask.Flask("test").test_request_context("/score"):
        assert guard.dropped_arguments() == {}


def test_a_body_that_is_not_a_json_object_is_refused(client: FlaskClient) -> None:
    response = client.post("/score", data=b"\xff", content_type="application/json")

    assert (response.status_code, response.content_type) == (400, "application/json")
    assert response.json == {
        "message": "The request was refused: 1 problem.",
        "problems": [
            {
                "field": "(body)",
                "value": None,
                "problem": "is not UTF-8 at byte 0",
                "allowed": "one JSON object in UTF-8, every key once",
            }
        ],
    }


def test_another_content_type_is_left_to_the_server(client: FlaskClient) -> None:
    assert client.post("/score", data="x", content_type="text/plain").status_code == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD"])
def test_other_methods_than_post_are_refused(client: FlaskClient, method: str) -> None:
    response = client.open("/score", method=method)

    assert response.status_code == 405
    assert response.headers["Allow"] == "POST, OPTIONS"


def test_options_and_other_paths_pass(client: FlaskClient) -> None:
    assert client.options("/score").status_code == 200
    assert client.get("/?x=1").status_code == 200


def test_a_query_that_is_not_ascii_is_refused(client: FlaskClient) -> None:
    response = client.get("/", environ_overrides={"QUERY_STRING": "\xff"})

    assert response.status_code == 400
    assert response.json == {"message": "The query string holds bytes that are not ASCII."}


@pytest.mark.parametrize(("length", "status"), [(LIMIT, 200), (LIMIT + 1, 413)])
def test_the_length_of_the_body_is_limited(client: FlaskClient, length: int, status: int) -> None:
    body = json.dumps({"x": ""})
    body = body.replace('""', '"' + "a" * (length - len(body)) + '"')
    response = client.post("/score", data=body, content_type="application/json")

    assert (len(body), response.status_code) == (length, status)
    if status == 413:
        assert response.json == {"message": "The body is longer than 100 bytes."}


def test_a_body_without_a_stated_length_is_limited_too(client: FlaskClient) -> None:
    response = client.post(
        "/score",
        input_stream=BytesIO(b'{"x": "' + b"a" * LIMIT + b'"}'),
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True},
    )

    assert response.status_code == 413


def test_a_body_in_broken_chunks_is_refused(client: FlaskClient) -> None:
    class Broken(BytesIO):
        def readinto(self, buffer: object) -> int:
            raise InvalidChunkSize(b"zz")

    response = client.post(
        "/score",
        input_stream=Broken(),
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True},
    )

    assert response.status_code == 400
    assert response.json == {"message": "The body is not chunked as it should be."}


def test_install_puts_the_guard_on_the_servers_blueprint(monkeypatch: pytest.MonkeyPatch) -> None:
    routes = ModuleType("routes")
    blueprint = flask.Blueprint("main", "test")
    blueprint.add_url_rule("/score", "score", lambda: "scored", methods=["GET"])
    vars(routes)["main_blueprint"] = blueprint
    monkeypatch.setitem(sys.modules, "azureml_inference_server_http.server.routes", routes)
    guard.install(LIMIT, lambda: None)
    app = flask.Flask("test")
    app.register_blueprint(blueprint)

    assert app.test_client().get("/score").status_code == 405
