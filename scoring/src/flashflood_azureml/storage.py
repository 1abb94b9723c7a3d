"""Access to a feature table in Azure storage by identity; keys and passwords are not supported.

delta-rs can ask for tokens itself, but it does not know the token endpoint of Azure ML's managed
endpoints (MSI_ENDPOINT with MSI_SECRET); azure-identity knows that one and AKS workload identity.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

STORAGE_SCOPE: Final = "https://storage.azure.com/.default"

# object_store, delta-rs's storage client, would try for minutes; a read must end by itself before
# many others wait behind it (flashflood/deadline.py), and is repeated by the next request.
_TIMEOUTS: Final = {
    "connect_timeout": "2s",
    "timeout": "5s",
    "max_retries": "2",
    "retry_timeout": "10s",
}

StorageOptions = Callable[[], dict[str, str]]


def bearer_token(of: Any) -> StorageOptions:
    """Storage options for delta-rs with a valid token; the credential caches it until it ages."""

    def options() -> dict[str, str]:
        return {"bearer_token": of.get_token(STORAGE_SCOPE).token, **_TIMEOUTS}

    return options
