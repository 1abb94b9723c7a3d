"""The identity that this process has towards Azure; keys and passwords are not supported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def credential(environment: Mapping[str, str]) -> Any:
    """Workload identity where the cluster offers it, else the managed identity.

    AZURE_CLIENT_ID picks a user-assigned identity.
    """
    # Imported here: a table on disk needs no identity, and the import takes some 0.3 s.
    from azure.identity import ManagedIdentityCredential, WorkloadIdentityCredential

    if environment.get("AZURE_FEDERATED_TOKEN_FILE"):
        return WorkloadIdentityCredential()
    return ManagedIdentityCredential(client_id=environment.get("AZURE_CLIENT_ID"))
