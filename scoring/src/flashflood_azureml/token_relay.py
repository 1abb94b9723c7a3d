"""Gives Hadoop the tokens of a credential of azure-identity, at an address that it understands.

Hadoop's MsiTokenProvider asks an HTTP address for a token as a virtual machine would ask its
metadata service (AzureADAuthenticator.getTokenFromMsi, hadoop-azure 3.5.0). This is such an
address, on the loopback interface of this process; without the secret in its path it is 404.
"""

from __future__ import annotations

import functools
import json
import logging
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from flashflood_azureml.storage import STORAGE_SCOPE

logger = logging.getLogger(__name__)


class _Relay(BaseHTTPRequestHandler):
    def __init__(self, credential: Any, path: str, *arguments: Any) -> None:
        self._credential = credential
        self._path = path
        super().__init__(*arguments)

    def do_GET(self) -> None:
        if not secrets.compare_digest(self.path.partition("?")[0], self._path):
            self._answer(404, {"error": "not found"})
            return
        try:
            token = self._credential.get_token(STORAGE_SCOPE)
        except Exception:  # azure-identity's errors; Hadoop tries again, then fails the read
            logger.exception("there is no token for the feature table's storage")
            self._answer(503, {"error": "no token"})
            return
        # As the metadata service writes them. Hadoop renews five minutes before the token ends.
        body = {"access_token": token.token, "token_type": "Bearer"}
        self._answer(200, {**body, "expires_on": str(token.expires_on)})

    def _answer(self, status: int, body: dict[str, str]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the path is a secret."""


@functools.cache
def start(credential: Any) -> str:
    """Starts a relay for the rest of the process; gives its URL, which is a secret."""
    path = f"/{secrets.token_urlsafe(32)}"
    handler = functools.partial(_Relay, credential, path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="token-relay", daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}{path}"
