"""Does with azure-ai-ml, unchanged, what somebody who operates an endpoint does, and says what it
saw as one line of JSON. Where the ARM API is comes from the environment, as `npm run local -- arm`
prints it.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from azure.ai.ml import MLClient
from azure.core.exceptions import HttpResponseError
from azure.identity import ManagedIdentityCredential

if TYPE_CHECKING:
    from azure.ai.ml.entities import OnlineEndpoint


def seen(endpoint: OnlineEndpoint) -> dict[str, Any]:
    """What of the endpoint a test can compare."""
    return {
        "name": endpoint.name,
        "traffic": endpoint.traffic,
        "mirrorTraffic": endpoint.mirror_traffic,
        "tags": endpoint.tags,
        "state": endpoint.provisioning_state,
        "scoringUri": endpoint.scoring_uri,
        "authMode": endpoint.auth_mode,
        "location": endpoint.location,
    }


def main(subscription: str, group: str, workspace: str, name: str, request: str) -> dict[str, Any]:
    """The whole session; the keys are its steps in their order."""
    client = MLClient(ManagedIdentityCredential(), subscription, group, workspace)
    endpoints = client.online_endpoints
    deployments = client.online_deployments

    def invoke(deployment: str | None = None) -> str:
        answer = endpoints.invoke(name, request_file=request, deployment_name=deployment)
        return str(json.loads(answer)["label"])

    def write(**changes: dict[str, int] | dict[str, str]) -> dict[str, Any]:
        endpoint = endpoints.get(name)
        for key, value in changes.items():
            setattr(endpoint, key, value)
        return seen(endpoints.begin_create_or_update(endpoint).result())

    def refusal() -> dict[str, Any]:
        try:
            write(traffic={"blue": 90})
        except HttpResponseError as error:
            return {"status": error.status_code, "message": error.message}
        return {}

    steps: dict[str, Any] = {
        "listed": [each.name for each in endpoints.list()],
        "first": seen(endpoints.get(name)),
        "deployments": sorted(
            (each.name, each.provisioning_state, each.instance_count)
            for each in deployments.list(name)
        ),
        "toGreen": write(traffic={"blue": 0, "green": 100}),
        "answersOfGreen": [invoke(), invoke(), invoke()],
        "mirrored": write(traffic={"blue": 100}, mirror_traffic={"green": 50}),
        "answersOfBlue": [invoke(), invoke(), invoke()],
        "tagged": write(tags={"purpose": "sdk"}),
        "refused": refusal(),
        "afterRefusal": seen(endpoints.get(name)),
        # Last: the client keeps the name of the deployment for calls that name none (1.35.2 fills
        # EndpointInvokeFields.DEFAULT_HEADER, which all calls share).
        "named": [invoke("green"), invoke("blue")],
    }
    keys = endpoints.get_keys(name)
    steps["keys"] = [keys.primary_key, keys.secondary_key]
    steps["logs"] = deployments.get_logs("blue", name, lines=200)
    return steps


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
