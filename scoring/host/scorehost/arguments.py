"""Turns a request into the arguments of run(): server/input_parsers.py of azmlinfsrv 1.5.1."""

from __future__ import annotations

import codecs
import inspect
import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote

from scorehost.request import Request

Arguments = dict[str, Any]
Parser = Callable[[Request], Arguments]


class InputRefused(Exception):
    """The request has no arguments for run(); `status` is the answer's."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def _keep_quoted(error: UnicodeError) -> tuple[str, int]:
    # Bytes that are not UTF-8 stay as they were written, as werkzeug leaves them.
    assert isinstance(error, UnicodeDecodeError)
    return quote(error.object[error.start : error.end], safe=""), error.end


codecs.register_error("scorehost.quoted", _keep_quoted)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _of_query(request: Request) -> Arguments:
    # Every value is JSON where it can be; several of one name are a list.
    found: dict[str, list[Any]] = {}
    pairs = parse_qsl(request.query.decode(), keep_blank_values=True, errors="scorehost.quoted")
    for name, value in pairs:
        found.setdefault(name, []).append(_parsed(value))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _check_method(request: Request) -> None:
    if request.method not in ("GET", "POST"):
        raise InputRefused(405, "Method not allowed")


def json_text(name: str) -> Parser:
    """For a run() without decorator: the body as text."""

    def parse(request: Request) -> Arguments:
        _check_method(request)
        if request.method == "GET":
            return {name: json.dumps(_of_query(request))}
        body = b"" if request.is_form else request.complete_body()
        try:
            return {name: body.decode()}
        except UnicodeDecodeError as error:
            raise InputRefused(400, f"Input cannot be decoded as UTF-8: {error}") from None

    return parse


def json_values(parameters: Sequence[inspect.Parameter]) -> Parser:
    """For a run() that inference-schema has decorated: the values in the body's JSON object."""

    def parse(request: Request) -> Arguments:
        _check_method(request)
        if request.method == "GET":
            return chosen(_of_query(request))
        if not request.is_json:
            raise InputRefused(415, "Expects Content-Type to be application/json")
        body = request.complete_body()
        try:
            document = request.document
        except json.JSONDecodeError as error:
            problem = f"POST body could not be decoded as JSON: {error}"
            empty = "POST body is empty. Expecting a JSON dictionary."
            raise InputRefused(400, problem if body else empty) from None
        if not isinstance(document, dict):
            raise InputRefused(400, "POST body should be a JSON dictionary.")
        return chosen(document)

    def chosen(document: dict[str, Any]) -> Arguments:
        arguments = {}
        for parameter in parameters:
            value = document.get(parameter.name, parameter.default)
            if value is inspect.Parameter.empty:
                problem = f"A value is not provided for the {parameter.name!r} parameter."
                raise InputRefused(400, problem)
            arguments[parameter.name] = value
        return arguments

    return parse
