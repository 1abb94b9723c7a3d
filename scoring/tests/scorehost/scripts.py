"""Scoring scripts that do what a request asks them for."""

from __future__ import annotations

from typing import Final

_ACT: Final = """
import json
import math
from azureml_inference_server_http.api.aml_response import AMLResponse
from flask import Response

def init():
    print("initialised", 1, sep="-")

def act(asked):
    if not isinstance(asked, dict):
        return asked
    do = asked.get("do")
    if do == "raise":
        raise RuntimeError(asked.get("with"))
    if do == "timeout-error":
        raise TimeoutError("of the script's own")
    if do == "response":
        return AMLResponse(asked.get("with"), asked.get("status", 200), asked.get("headers", {}),
                           json_str=asked.get("json", False))
    if do == "flask":
        return Response(str(asked.get("with")), asked.get("status", 200))
    if do == "value":
        return {"nan": math.nan, "inf": [None, -math.inf], "big": 2**70, "none": None, "set": {1},
                "bytes": b"1", "keys": {1: 2, None: 3}, "tuple": (1, (2,)),
                "text": "\\u20ac \\ud83c", "object": object(),
                "deep": [[[[0.1, 1e16, -0.0, 1e-7]]]], "int": 10**18,
                "empty": "", "false": False}[asked.get("with")]
    return asked
"""

PLAIN: Final = (
    _ACT
    + """
def run(data):
    try:
        return act(json.loads(data))
    except ValueError:
        return {"text": data}
"""
)
"""run() without decorator: gets the body as text."""

WITH_HEADERS: Final = (
    _ACT
    + """
def run(data, request_headers):
    kept = {k: v for k, v in request_headers.items() if k not in ("Connection", "Accept-Encoding")}
    return {"data": data, "headers": dict(sorted(kept.items()))}
"""
)
"""run() that asks for the request's headers."""

DECORATED: Final = (
    _ACT
    + """
import datetime
import numpy as np
from inference_schema.parameter_types.numpy_parameter_type import NumpyParameterType
from inference_schema.parameter_types.standard_py_parameter_type import StandardPythonParameterType
from inference_schema.schema_decorators import input_schema, output_schema

@input_schema("data", NumpyParameterType(np.array([[1.0, 2.0]])))
@input_schema("do", StandardPythonParameterType("echo"), optional=True)
@input_schema("when", StandardPythonParameterType(datetime.datetime(2020, 1, 1)), optional=True)
@output_schema(StandardPythonParameterType({"sum": 1.0}))
def run(data, do="echo", when=None):
    if do != "echo":
        return act({"do": do, "with": "nan"})
    return {"sum": float(data.sum()), "shape": list(data.shape), "when": str(when)}
"""
)
"""run() with inference-schema's decorators, one of which converts."""

RAW: Final = """
from azureml_inference_server_http.api.aml_request import AMLRequest, rawhttp
from azureml_inference_server_http.api.aml_response import AMLResponse
import flask

def init():
    pass

@rawhttp
def run(request):
    if request.args.get("fail"):
        raise RuntimeError("asked for")
    body = request.get_data()
    kept = ("Content-Type", "Content-Length", "Host", "X-Custom")
    about = {"method": request.method, "path": request.path, "args": request.args.to_dict(False),
             "form": request.form.to_dict(False), "length": len(body), "json": request.is_json,
             "headers": {k: request.headers.get(k) for k in kept}, "url": request.url,
             "same": flask.request.path, "id": bool(flask.g.request_id)}
    if request.method == "POST" and body[:1] == b"!":
        return AMLResponse(body, 201, {"Content-Type": "application/octet-stream", "X-Two": "a,b"})
    return about
"""
"""run() that takes and gives Flask's objects."""

OLD_NAMES: Final = """
from azureml.contrib.services.aml_request import *
from azureml.contrib.services.aml_response import AMLResponse

def init():
    pass

@rawhttp
def run(request):
    return AMLResponse(request.get_data(), 200, {"Content-Type": "text/plain"})
"""
"""The names of the API before azureml-inference-server-http."""

SCRIPTS: Final = {
    "plain": PLAIN,
    "headers": WITH_HEADERS,
    "decorated": DECORATED,
    "raw": RAW,
    "old-names": OLD_NAMES,
}
