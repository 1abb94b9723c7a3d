"""Says which request it was sent, and refuses some without reading them."""

import os
from typing import Any

from azureml_inference_server_http.api.aml_request import rawhttp
from azureml_inference_server_http.api.aml_response import AMLResponse


def init() -> None:
    print("the script of the soak is ready")


@rawhttp
def run(request: Any) -> AMLResponse:
    if request.content_type == "text/plain":
        return AMLResponse({"message": "send JSON"}, 415, json_str=True)
    body = request.get_data()
    if request.headers.get("x-raise"):
        raise ValueError("the script was asked to raise")
    answer = {
        "label": os.environ.get("LABEL"),
        "id": request.headers.get("x-id"),
        "bytes": len(body),
    }
    return AMLResponse(answer, 200, json_str=True)
