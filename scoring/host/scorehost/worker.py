"""The process that runs the scoring script: init() once, then run() for one request at a time.

`python -m scorehost.worker FD` serves the socket FD until the server closes it. Exit status 3: the
script could not be loaded or initialised, as of azmlinfsrv's workers.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import gc
import itertools
import os
import signal
import socket
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from scorehost import flask_bridge, logs, script, telemetry
from scorehost.batches import BATCH, SCORE
from scorehost.logs import logger
from scorehost.messages import Job, packed, received
from scorehost.runner import Runner
from scorehost.script import Script
from scorehost.settings import Settings, SettingsError

if TYPE_CHECKING:
    from scoring_telemetry.telemetry import Telemetry

BOOT_FAILED: Final = 3
_LISTED_FILES: Final = 200
_PR_SET_PDEATHSIG: Final = 1


def loaded(settings: Settings) -> Script:
    """Loads and initialises the script; ends the process where that fails."""
    try:
        served = script.load(settings)
    except BaseException:
        logger.error("The scoring script cannot be loaded: %s", traceback.format_exc())
        sys.exit(BOOT_FAILED)
    logger.info("Invoking user's init function")
    try:
        served.init()
    except BaseException:
        logger.error("User's init function failed")
        logger.error("Encountered Exception %s", traceback.format_exc())
        if settings.model_dir and os.path.exists(settings.model_dir):
            logger.info("Model Directory Contents:")
            for line in itertools.islice(_tree(Path(settings.model_dir)), _LISTED_FILES):
                logger.info(line)
        sys.exit(BOOT_FAILED)
    logger.info("Users's init has completed successfully")
    # What init() has left stays: no collection needs to visit it again.
    gc.collect()
    gc.freeze()
    return served


def _tree(place: Path, indent: str = "") -> Iterator[str]:
    if not place.is_dir():
        yield f"{indent}{place.name}"
        return
    yield f"{indent}{place.name}{os.sep}"
    for child in sorted(place.iterdir()):
        yield from _tree(child, indent + "    ")


def serve(connection: socket.socket, runner: Runner, settings: Settings) -> None:
    """Answers the server's messages until it closes the connection."""
    # The server has gone: nobody is left to answer.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        _serve(connection, runner, settings)


def _serve(connection: socket.socket, runner: Runner, settings: Settings) -> None:
    connection.sendall(packed(("ready", tuple(runner.ready(settings)))))
    logger.info("Scoring timeout is set to %d", settings.scoring_timeout_ms)
    logger.info("Worker with pid %d ready for serving traffic", os.getpid())
    for kind, content in received(connection):
        reply: tuple[Any, ...]
        if kind == SCORE:
            reply = ("answer", tuple(runner.answer(Job(*content))))
        elif kind == BATCH:
            found = runner.answers([Job(*one) for one in content])
            reply = ("answer", None if found is None else [tuple(one) for one in found])
        elif kind == "readiness":
            reply = ("readiness", runner.unready())
        else:  # "end", with the seconds that are left
            runner.end(content)
            return
        connection.sendall(packed(reply))


def end_with_parent() -> None:
    """Ends this process when the server is killed: nobody else would end a hung run()."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def prepared() -> Settings:
    """What a process does before it loads the script."""
    end_with_parent()
    # They may reach the whole group: the server lets the requests in work end first. Not SIG_IGN,
    # which the script's own processes would inherit.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, frame: None)
    faulthandler.enable()
    settings = Settings.read(os.environ)
    logs.configure(settings)
    logs.log_prints()
    flask_bridge.alias_old_names()
    return settings


def telemetry_of_process() -> Telemetry | None:
    """Ends the process where its settings are wrong."""
    try:
        return telemetry.started()
    except SettingsError as error:
        logger.error("The settings are wrong: %s", error)
        sys.exit(BOOT_FAILED)


def main() -> None:
    """The program."""
    settings = prepared()
    connection = socket.socket(fileno=int(sys.argv[1]))
    connection.set_inheritable(False)
    observed = telemetry_of_process()
    serve(connection, Runner(loaded(settings), settings, observed), settings)


if __name__ == "__main__":
    main()
