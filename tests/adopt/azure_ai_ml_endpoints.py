"""Makes five endpoints with azure-ai-ml, unchanged, as teams make them. Where the ARM API is comes
from the environment, as `npm run local -- arm` prints it. Prints the endpoints' names.
"""

from __future__ import annotations

import json
import sys

from azure.ai.ml import MLClient
from azure.ai.ml.entities import (
    CodeConfiguration,
    DataCollector,
    DeploymentCollection,
    IdentityConfiguration,
    ManagedIdentityConfiguration,
    ManagedOnlineDeployment,
    ManagedOnlineEndpoint,
    OnlineRequestSettings,
    ProbeSettings,
)
from azure.identity import ManagedIdentityCredential


def endpoints(
    workspace: str, identity: str
) -> list[tuple[ManagedOnlineEndpoint, list, dict, dict]]:
    """Endpoint, its deployments, its traffic and what is mirrored."""
    code = f"{workspace}/codes/7a61a0c5-scoring/versions/1"
    environment = "azureml:sklearn-env:3"

    def deployment(name: str, endpoint: str, **settings: object) -> ManagedOnlineDeployment:
        return ManagedOnlineDeployment(
            name=name,
            endpoint_name=endpoint,
            **{
                "model": "azureml:gauge-model:7",
                "environment": environment,
                "code_configuration": CodeConfiguration(code=code, scoring_script="score.py"),
                "instance_type": "Standard_DS3_v2",
                "instance_count": 1,
                **settings,
            },
        )

    single = ManagedOnlineEndpoint(
        name="single",
        auth_mode="key",
        tags={"owner": "hydrology"},
        description="One deployment: #1",
    )
    split = ManagedOnlineEndpoint(name="split-two", auth_mode="aml_token")
    mirrored = ManagedOnlineEndpoint(name="mirrored", auth_mode="key")
    mlflow = ManagedOnlineEndpoint(name="mlflow-only", auth_mode="aad_token")
    custom = ManagedOnlineEndpoint(
        name="custom-env",
        auth_mode="key",
        public_network_access="disabled",
        identity=IdentityConfiguration(
            type="user_assigned",
            user_assigned_identities=[ManagedIdentityConfiguration(resource_id=identity)],
        ),
    )
    no_code = {"code_configuration": None, "environment": None, "model": "azureml:flood-mlflow:2"}
    return [
        (single, [deployment("blue", "single")], {"blue": 100}, {}),
        (
            split,
            [
                deployment("blue", "split-two", instance_count=3, tags={"stage": "old"}),
                deployment("green", "split-two", model="azureml:gauge-model:8"),
            ],
            {"blue": 90, "green": 10},
            {},
        ),
        (
            mirrored,
            [
                deployment("blue", "mirrored"),
                deployment(
                    "shadow",
                    "mirrored",
                    app_insights_enabled=True,
                    data_collector=DataCollector(
                        collections={"model_inputs": DeploymentCollection(enabled="true")},
                        sampling_rate=0.5,
                    ),
                ),
            ],
            {"blue": 100},
            {"shadow": 20},
        ),
        (mlflow, [deployment("main", "mlflow-only", **no_code)], {"main": 100}, {}),
        (
            custom,
            [
                deployment(
                    "main",
                    "custom-env",
                    environment="azureml://registries/azureml/environments/torch/versions/12",
                    environment_variables={"WORKER_COUNT": "2", "MODE": "yes"},
                    request_settings=OnlineRequestSettings(
                        request_timeout_ms=90_000, max_concurrent_requests_per_instance=2
                    ),
                    liveness_probe=ProbeSettings(initial_delay=600, period=20, timeout=5),
                    readiness_probe=ProbeSettings(initial_delay=30, failure_threshold=3),
                )
            ],
            {"main": 100},
            {},
        ),
    ]


def main(subscription: str, group: str, workspace: str) -> list[str]:
    client = MLClient(ManagedIdentityCredential(), subscription, group, workspace)
    base = f"/subscriptions/{subscription}/resourceGroups/{group}/providers"
    made = endpoints(
        f"{base}/Microsoft.MachineLearningServices/workspaces/{workspace}",
        f"{base}/Microsoft.ManagedIdentity/userAssignedIdentities/id-endpoint",
    )
    for endpoint, deployments, traffic, mirrored in made:
        client.online_endpoints.begin_create_or_update(endpoint).result()
        for deployment in deployments:
            client.online_deployments.begin_create_or_update(deployment).result()
        live = client.online_endpoints.get(endpoint.name)
        live.traffic = traffic
        live.mirror_traffic = mirrored
        client.online_endpoints.begin_create_or_update(live).result()
    return [endpoint.name for endpoint, *_others in made]


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
