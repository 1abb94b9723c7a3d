"""Starts the server: `python -m scorehost [--host ADDRESS] [--port PORT] [--fd SOCKET]`."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import sys
import time
from types import FrameType
from typing import TYPE_CHECKING, Final

import uvicorn
import uvloop

from scorehost import logs, telemetry
from scorehost.application import Application
from scorehost.direct import Direct
from scorehost.logs import logger
from scorehost.pool import GRACE_SECONDS, Pool
from scorehost.protocol import bounded
from scorehost.settings import Settings, SettingsError
from scorehost.worker import BOOT_FAILED

if TYPE_CHECKING:
    from scoring_telemetry.telemetry import Telemetry

BACKLOG: Final = 2048


class _Server(uvicorn.Server):
    """Says which signal ends it, and ends with its status instead of that signal."""

    signalled_at: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.signalled_at = self.signalled_at or time.monotonic()
        logger.info("Handling signal: %s", signal.Signals(sig).name.removeprefix("SIG").lower())
        super().handle_exit(sig, frame)

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        with self.capture_signals():
            await self._serve(sockets)
            self._captured_signals.clear()


async def serve(listener: socket.socket, settings: Settings, observed: Telemetry | None) -> int:
    """Serves until a signal or a script that cannot be started ends it; gives the exit status."""
    failures: list[None] = []

    def failed() -> None:
        failures.append(None)
        server.should_exit = True

    pool = Pool(settings, failed)
    own = Application(pool, settings)
    measured = None if observed is None else telemetry.Observed(own, observed)
    configuration = uvicorn.Config(
        measured or own,
        http=bounded(settings.caller_silence_seconds, Direct(own, pool, measured)),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=settings.drain_seconds,
        backlog=BACKLOG,
    )
    server = _Server(configuration)
    pool.start()
    try:
        await server.serve(sockets=[listener])
    finally:
        left = GRACE_SECONDS
        if observed is not None and server.signalled_at is not None:
            # What was measured is sent in what is left of the time to drain, or in a moment.
            left = max(left, server.signalled_at + settings.drain_seconds - time.monotonic())
        ending = [pool.end(left)]
        if observed is not None:
            ending.append(asyncio.to_thread(observed.flush, left))
        await asyncio.gather(*ending)
    return BOOT_FAILED if failures else 0


def main() -> None:
    """The program."""
    parser = argparse.ArgumentParser("scorehost", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--port", type=int, default=5001)
    parser.add_argument("--fd", type=int, help="a socket that already listens, instead of both")
    arguments = parser.parse_args()
    try:
        settings = Settings.read(os.environ)
    except SettingsError as error:
        sys.exit(f"The settings are wrong: {error}")
    logs.configure(settings)
    try:
        observed = telemetry.started()
    except SettingsError as error:
        sys.exit(f"The settings are wrong: {error}")
    if arguments.fd is not None:
        listener = socket.socket(fileno=arguments.fd)
    else:
        listener = socket.create_server((arguments.host, arguments.port), backlog=BACKLOG)
    logger.info("Listening at %s", listener.getsockname())
    sys.exit(uvloop.run(serve(listener, settings, observed)))


if __name__ == "__main__":
    main()
