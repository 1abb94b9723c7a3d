"""The log of a server and its workers: format and logger names of azmlinfsrv, on standard output.

A logging.json in the folder of the code, or else of the scoring script, takes this one's place, as
it does there (server/config.py).
"""

from __future__ import annotations

import builtins
import json
import logging
import logging.config
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from scorehost.settings import Settings

FORMAT: Final = "%(asctime)s %(levelname).1s [%(process)d] %(name)s - %(message)s"
logger: Final = logging.getLogger("azmlinfsrv")
_printed: Final = logging.getLogger("azmlinfsrv.print")
_print: Final = builtins.print
_MAIN_THREAD: Final = threading.main_thread().ident
_trace = ""
"""What ends each line: the trace of the request in work; empty without telemetry."""
_direct: Callable[[str], object] | None = None
"""How the line of a request is written where the log is this module's own."""


class UtcFormatter(logging.Formatter):
    """Times in UTC."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.converter = time.gmtime
        self._second = (-1, "")

    def format(self, record: logging.LogRecord) -> str:
        """With the trace of the request in work; other threads than the main one have none."""
        text = super().format(record)
        return text + _trace if record.thread == _MAIN_THREAD else text

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """As logging.Formatter writes it; what is above milliseconds, once a second."""
        return f"{self.second(record.created)},{int(record.msecs):03d}"

    def second(self, now: float) -> str:
        """The text of a time, without what is below seconds."""
        second, text = self._second
        if second != int(now):
            second = int(now)
            text = time.strftime(self.default_time_format, time.gmtime(second))
            self._second = (second, text)
        return text


_CONFIGURATION: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"azmlinfsrv": {"()": UtcFormatter, "format": FORMAT}},
    "handlers": {
        "azmlinfsrv": {
            "class": "logging.StreamHandler",
            "level": "INFO",
            "stream": "ext://sys.stdout",
            "formatter": "azmlinfsrv",
        }
    },
    "loggers": {
        "azmlinfsrv": {"level": "INFO", "handlers": ["azmlinfsrv"], "propagate": False},
        # Of the HTTP server; the rest of what it says is about every single connection.
        "uvicorn.error": {"level": "ERROR", "handlers": ["azmlinfsrv"], "propagate": False},
    },
}


def configure(settings: Settings) -> None:
    """Sets the log up; call it once in each process."""
    folders = [settings.app_root]
    if settings.entry_script:
        folders.append(os.path.dirname(os.path.realpath(settings.entry_script)))
    for folder in folders:
        file = Path(folder) / "logging.json"
        if file.is_file():
            logging.config.dictConfig(json.loads(file.read_text(encoding="utf-8")))
            logger.info("Loaded logging config from %s", file)
            return
    logging.config.dictConfig(_CONFIGURATION)
    global _direct
    _direct = _writer()


def log_prints() -> None:
    """Sends what a script prints to standard output to the log instead."""

    def print_to_log(
        *objects: Any,
        sep: str | None = " ",
        end: str | None = "\n",
        file: Any = None,
        flush: bool = False,
    ) -> None:
        if file is None or file is sys.stdout:
            _printed.info((" " if sep is None else sep).join(map(str, objects)))
        else:
            _print(*objects, sep=sep, end=end, file=file, flush=flush)

    builtins.print = print_to_log


def set_trace(traceparent: str) -> None:
    """Ends every line of this process with a request's trace from now on, until it is empty; for a
    process that has one request at a time."""
    global _trace
    _trace = of_trace(traceparent)


def of_trace(traceparent: str) -> str:
    """What a line says about a trace."""
    return f" trace_id={traceparent[3:35]}" if traceparent else ""


def log_request(
    method: str,
    path: str,
    query: bytes,
    status: int,
    seconds: float,
    size: int,
    traceparent: str = "",
) -> None:
    """The line of one request. `traceparent`: where it is not the one of `set_trace`."""
    asked = f"{path}?{query.decode('latin-1')}" if query else path
    line = f"{method} {asked} {status} {seconds * 1000:.3f}ms {size}{of_trace(traceparent)}"
    if _direct is None:
        logger.info(line)
    else:
        _direct(line)


def _writer() -> Callable[[str], object]:
    """Writes a line as the logger does, without a record for it: every request has one."""
    clock = UtcFormatter()
    write = sys.stdout.write

    def direct(line: str) -> None:
        now = time.time()
        milliseconds = int(now % 1 * 1000)
        # A forked worker has this function from another process.
        head = f"{clock.second(now)},{milliseconds:03d} I [{os.getpid()}] azmlinfsrv"
        text = f"{head} - {line}{_trace}\n"
        write(text)
        sys.stdout.flush()

    return direct
